"""Count the honest values that the mart extreme_values reports: false alarms.

Of each kind of honest values below, ten columns are drawn with fixed seeds and put into one table.
The project builds it with dbt, up to extreme_values. Printed per kind: values that are not 0, the
columns with an alarm, and the values beyond a limit.

    python benchmarks/false_alarms.py --customers 100000
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parents[1]
COLUMNS = 10

Draw = Callable[[np.random.Generator, int], np.ndarray]


def lognormal(sigma: float, zeros: float = 0) -> Draw:
    """Amounts around 3,000; `zeros` is the share of customers who have none."""

    def draw(random: np.random.Generator, size: int) -> np.ndarray:
        amounts = 3000 * np.exp(sigma * random.standard_normal(size))
        return np.where(random.random(size) < zeros, 0, amounts)

    return draw


# Kind -> unit in the catalogue, values.
KINDS: dict[str, tuple[str, Draw]] = {
    "log-normal amounts, spread 0.5": ("amount", lognormal(0.5)),
    "log-normal amounts, spread 1.5": ("amount", lognormal(1.5)),
    "log-normal amounts, spread 1.5, 95 % zeros": ("amount", lognormal(1.5, zeros=0.95)),
    "normal amounts": ("amount", lambda random, size: random.normal(35_000, 3_000, size)),
    "counts, Poisson 0.1": ("count", lambda random, size: random.poisson(0.1, size)),
    "counts, Poisson 20": ("count", lambda random, size: random.poisson(20, size)),
    "counts, negative binomial": (
        "count",
        lambda random, size: random.negative_binomial(0.3, 0.05, size),
    ),
    "shares, beta": ("share", lambda random, size: random.beta(0.3, 0.6, size)),
    "shares near 1, beta": ("share", lambda random, size: random.beta(50, 1, size)),
    "Pareto wealth, exponent 1.5": (
        "amount",
        lambda random, size: 1000 * (1 + random.pareto(1.5, size)),
    ),
    "flows in and out, t with 3 degrees": (
        "amount",
        lambda random, size: 500 * random.standard_t(3, size),
    ),
}


def name_of(kind: int, number: int) -> str:
    """Return the name of a column."""
    return f"kind_{kind}_column_{number}"


def draw_table(customers: int) -> pd.DataFrame:
    """Return one row per customer: two features for the model, and the columns of every kind."""
    random = np.random.default_rng(1)
    columns = {f"fitted_{n}": random.standard_normal(customers) for n in (1, 2)}
    for kind, (_, draw) in enumerate(KINDS.values()):
        for number in range(COLUMNS):
            columns[name_of(kind, number)] = draw(np.random.default_rng([kind, number]), customers)
    return pd.DataFrame({"customer_id": range(customers)} | columns)


def write_company(folder: Path) -> Path:
    """Declare the columns: two cluster, the others only describe, which costs no fit."""
    entry = """
      - name: {name}
        description: Generated.
        data_type: double
        config: {{meta: {{benefit: all, label: {name}, unit: {unit}, input: wide, {role}}}}}
"""
    clusters = "role: clustering, transform: identity, null_policy: median"
    catalogue = """
models:
  - name: customer_features
    description: One row per customer.
    config: {contract: {enforced: true}}
    columns:
      - {name: customer_id, data_type: varchar, description: Key.}
"""
    for number in (1, 2):
        catalogue += entry.format(name=f"fitted_{number}", unit="amount", role=clusters)
    for kind, (unit, _) in enumerate(KINDS.values()):
        for number in range(COLUMNS):
            name = name_of(kind, number)
            catalogue += entry.format(name=name, unit=unit, role="role: profiling")
    folder.mkdir()
    (folder / "customer_features.yml").write_text(catalogue)
    return folder


def build(customers: int, folder: Path) -> Path:
    """Build the table up to extreme_values; return the warehouse."""
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.register("drawn", draw_table(customers))
        connection.execute("create table drawn_values as from drawn")
    subprocess.run(
        [
            *(
                Path(sys.executable).with_name("dbt"),
                "--quiet",
                "run",
                "--select",
                "+extreme_values",
            ),
            *("--vars", "{input_relations: {wide: drawn_values}, segment_count: 2}"),
            *("--project-dir", PROJECT, "--profiles-dir", PROJECT),
            *("--target-path", folder / "target", "--log-path", folder / "logs"),
        ],
        env=os.environ
        | {"WAREHOUSE_PATH": str(warehouse), "COMPANY_DIR": str(write_company(folder / "company"))},
        check=True,
    )
    return warehouse


def count_alarms(warehouse: Path) -> list[tuple[str, int, int, int]]:
    """Return per kind: values that are not 0, columns with an alarm, values beyond a limit."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        extreme = dict(
            connection.execute(
                "select feature, extreme_customers from marts.extreme_values"
            ).fetchall()
        )
        rows = []
        for kind, description in enumerate(KINDS):
            names = [name_of(kind, number) for number in range(COLUMNS)]
            counted = " + ".join(f"count(nullif({name}, 0))" for name in names)
            ((values,),) = connection.execute(
                f"select {counted} from features.customer_features"
            ).fetchall()
            found = [extreme[name] for name in names]
            rows.append((description, values, sum(map(bool, found)), sum(found)))
    return rows


def main() -> None:
    """Build, and print one line per kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = count_alarms(build(arguments.customers, Path(folder)))
    print(f"{'kind of honest values':44} {'values':>10} {'columns':>8} {'alarms':>7}")
    for description, values, columns, alarms in rows:
        print(f"{description:44} {values:>10,} {columns:>5}/{COLUMNS} {alarms:>7,}")


if __name__ == "__main__":
    main()
