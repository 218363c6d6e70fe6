"""Write the folder of a company: the proposed catalogue and the csv files beside it."""

import csv
import io
import json
from pathlib import Path

import yaml

from benefit_segments.front_door.contract import normalise
from cataloguing.guesses import USUAL_KEYS, Proposal
from cataloguing.measures import Column
from cataloguing.names import OWED, split_words

CATALOGUE = "customer_features.yml"
# The name of an input whose file has a name that cannot be one.
UNNAMED_INPUT = "customer_numbers"
HEADERS = {
    "benefits.csv": ["benefit", "label", "singular", "plural", "is_owed", "weight"],
    "transaction_types.csv": ["benefit", "transaction_type", "counts_as"],
    "input_formats.csv": ["input", "date_format", "decimal_sign"],
    "segment_playbook.csv": ["segment_id", "segment_name", "description", "message"],
    "segment_playbook_claims.csv": [
        "segment_id",
        "feature",
        "statistic",
        "comparison",
        "threshold",
    ],
}
# Columns that a reader looks up in customer tables, by the file that describes them.
DESCRIBED_TABLES = (
    "models/features/_features__models.yml",
    "models/marts/_marts__models.yml",
    "models/model/_model__models.yml",
    "models/profiles/_profiles__models.yml",
    "models/scoring/_scoring__models.yml",
)

INTRODUCTION = """\
# The feature catalogue of your table, proposed by `make catalog`. Correct it: docs/wide_table.md
# tells what each word means. The comment above a feature gives the reason for each guess.
"""


def names_of_others(project: Path) -> set[str]:
    """Return the names that no feature may have: columns of the models, and words of SQL."""
    import duckdb

    words = duckdb.sql("""
        select keyword_name from duckdb_keywords()
        where keyword_category in ('reserved', 'type_function')
    """).fetchall()
    names = {"customer", "customer_id"} | {word for (word,) in words}
    for file in DESCRIBED_TABLES:
        described = yaml.safe_load((project / file).read_text())
        for model in described["models"]:
            names |= {column["name"] for column in model.get("columns", [])}
    return names


def name_input(stem: str, inputs: set[str]) -> str:
    """Return the name of the input for a file of this name.

    It is the words of the file's name, unless that is one of `inputs`, which have columns of their
    own, or begins with no letter: then it is customer_numbers.
    """
    name = "_".join(split_words(stem))
    return name if name[:1].isalpha() and name not in inputs else UNNAMED_INPUT


def name_benefit(input_name: str) -> str:
    """Return the benefit of columns whose names tell of none: what the input is called."""
    return "general" if input_name == UNNAMED_INPUT else input_name


def write_catalogue(proposals: list[Proposal], key: Column, input_name: str) -> str:
    """Return the text of customer_features.yml."""
    lines = [INTRODUCTION + "models:", "  - name: customer_features"]
    lines += [f"    description: One row per customer of the input {input_name}."]
    lines += ["    config:", "      contract: {enforced: true}", "    columns:"]
    lines += ["      - name: customer_id", "        description: Key of the customer."]
    lines += ["        data_type: varchar", "        constraints: [{type: not_null}]"]
    if normalise(key.header) not in USUAL_KEYS:
        lines += [f"        config: {{meta: {{aliases: [{_quoted(key.header)}]}}}}"]
    for each in proposals:
        if each.feature:
            lines += _write_feature(each, input_name)
    if ignored := [each for each in proposals if not each.feature]:
        lines += ["      # Not read:"]
        lines += [f"      # {_quoted(each.column.header)}: {_tell(each)}" for each in ignored]
    return "\n".join(lines) + "\n"


def _write_feature(each: Proposal, input_name: str) -> list[str]:
    header = each.column.header
    meta = {
        "benefit": each.benefit,
        "label": _quoted(each.label),
        "unit": each.unit,
        "transform": each.transform,
        "null_policy": each.null_policy,
        "role": each.role,
        "measure": each.measure,
        "input": input_name,
        "column": _quoted(header) if header != each.feature else None,
    }
    written = ", ".join(f"{name}: {value}" for name, value in meta.items() if value)
    return [
        f"      # {_tell(each)}",
        f"      - name: {each.feature}",
        f"        description: {_quoted(_sentence(each.label))}",
        f"        data_type: {'varchar' if each.unit == 'category' else 'double'}",
        f"        config: {{meta: {{{written}}}}}",
    ]


def write_seeds(proposals: list[Proposal], input_name: str, sign: str) -> dict[str, str]:
    """Return the text of every csv file by its name; some have only a header."""
    rows = {name: [] for name in HEADERS}
    for benefit in list_benefits(proposals):
        words = benefit.replace("_", " ")
        is_owed = bool(OWED & set(words.split()))
        owed = str(is_owed).lower()
        # The table does not tell what one of it is called.
        rows["benefits.csv"].append([benefit, words, "", words, owed, "1"])
    if sign != ".":
        rows["input_formats.csv"].append([input_name, "", sign])
    return {name: _csv([header, *rows[name]]) for name, header in HEADERS.items()}


def list_benefits(proposals: list[Proposal]) -> list[str]:
    """Return the benefits of the features in the order of the table, without 'all'."""
    named = dict.fromkeys(each.benefit for each in proposals if each.feature)
    return [benefit for benefit in named if benefit != "all"]


def is_taken(folder: Path) -> bool:
    """Tell whether a folder, or a file of that name, already holds something."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def write_folder(folder: Path, texts: dict[str, str]) -> None:
    """Write the files, by name, into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text)


def _tell(each: Proposal) -> str:
    told = "; ".join(each.reasons)
    warned = "".join(f" WARNING: {warning}." for warning in each.warnings)
    return f"{told}.{warned}"


def _sentence(label: str) -> str:
    return f"{label[0].upper()}{label[1:]}."


def _quoted(text: str) -> str:
    """Return a text in double quotes, as YAML reads it in one line."""
    return json.dumps(text, ensure_ascii=False)


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
