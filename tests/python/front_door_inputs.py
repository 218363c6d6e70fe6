"""Inputs for tests of the front door: their columns, and a door that reads a folder of them."""

import contextlib

import duckdb
import pandas as pd

from benefit_segments.front_door import InputError, load_inputs

# Column -> (kind, whether it is required, aliases); the key comes first.
CONTRACT = {
    "customers": {
        "customer_id": ("key", True, ["CUST_ID"]),
        "joined_on": ("date", False, None),
        "birth_date": ("date", False, None),
        "region": ("text", False, None),
        "marketing_consent": ("boolean", False, None),
        "remarks": ("long_text", False, ["notes"]),
    },
    "credit_card_usage": {
        "customer_id": ("key", True, ["CUST_ID"]),
        "balance": ("amount", False, None),
        "tenure": ("whole_number", False, None),
    },
    "benefit_accounts": {
        "account_id": ("key", True, None),
        "customer_id": ("key", True, ["CUST_ID"]),
        "benefit": ("term", True, None),
        "opened_on": ("date", False, None),
        "balance": ("amount", False, None),
    },
    "benefit_transactions": {
        "transaction_id": ("key", True, None),
        "account_id": ("key", True, None),
        "occurred_at": ("date", True, None),
        "transaction_type": ("term", True, None),
        "amount": ("amount", True, None),
    },
}
# Stands in every row of the broken files: no message may show it.
PLANTED = "Rosenquist"


def contract(relations=None) -> pd.DataFrame:
    """Return the rows of the model input_columns."""
    relations = relations or {}
    return pd.DataFrame(
        [
            (input_, name, position, kind, is_required, aliases, relations.get(input_))
            for input_, columns in CONTRACT.items()
            for position, (name, (kind, is_required, aliases)) in enumerate(columns.items(), 1)
        ],
        columns=[
            *("input", "column_name", "position", "kind", "is_required", "aliases", "relation"),
        ],
    )


class Door:
    """A folder of inputs and a database into which they are read."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self.con = duckdb.connect(config={"threads": 2})
        self.files = None

    def write(self, name, content) -> "Door":
        """Write a file: text, bytes, or a query whose rows become a Parquet file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content.startswith("select "):
            quoted = str(path).replace("'", "''")
            duckdb.execute(f"copy ({content}) to '{quoted}'")
        else:
            path.write_text(content, newline="")
        return self

    def load(self, relations=None) -> "Door":
        """Read the folder."""
        self.files = load_inputs(self.con, contract(relations), self.folder)
        return self

    def refusal(self, relations=None) -> str:
        """Return the message with which the folder is refused."""
        try:
            self.load(relations)
        except InputError as error:
            with contextlib.suppress(duckdb.CatalogException):
                self.con.execute("from raw_inputs.unreadable_lines")
                raise AssertionError("raw_inputs is left after an error") from error
            message = str(error)
            assert message.count("\n") <= 1
            assert len(message.replace(str(self.folder), "")) < 900
            return message
        raise AssertionError(f"was read: {self.files}")

    def rows(self, input_, columns="* exclude (row_number)"):
        """Return the rows of an input in order."""
        query = f"select {columns} from raw_inputs.{input_} order by row_number"
        return self.con.execute(query).fetchall()

    def unreadable(self, columns="line_number"):
        """Return the unreadable lines in order."""
        query = f"select {columns} from raw_inputs.unreadable_lines order by file, line_number"
        return self.con.execute(query).fetchall()

    def counts(self):
        """Return the number of rows to be accounted for, by input."""
        return self.files.dropna(subset="input").groupby("input").row_count.sum().to_dict()

    def passed_over(self):
        """Return why files were passed over, by name."""
        skipped = self.files[self.files.input.isna()]
        names = skipped.file.str.removeprefix(f"{self.folder}/")
        return dict(zip(names, skipped.reason_passed_over, strict=True))
