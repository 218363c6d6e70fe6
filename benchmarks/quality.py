"""Compare the segments of several programs.

Run with the product's environment; --warehouse is what dbt built:

    agreement  adjusted Rand index (Hubert and Arabie 1985) between the segments of each
               program and those of the first one named, where both have the same number
    wcss       within-cluster sum of squares over all customers in one common space: of
               the segments in the warehouse, of all programs with as many of them, and of
               a scikit-learn fit on all customers

The other programs are given as NAME=FILE, a Parquet file with customer_id and segment_id.
Prints JSON.
"""

import argparse
import json
from math import comb
from pathlib import Path

import duckdb
import numpy as np
from sklearn.cluster import KMeans

ROWS_PER_CHUNK = 200_000
SHARE_OF_VARIANCE = 0.8


def relations_of(files: dict[str, Path]) -> dict[str, str]:
    """Return where each program's customer_id and segment_id are, the product's last."""
    parquet = {name: f"read_parquet('{file}')" for name, file in files.items()}
    return parquet | {"ours": "marts.customer_segments"}


def count_segments(connection: duckdb.DuckDBPyConnection, segments: str) -> int:
    """Return how many segments there are."""
    query = f"select count(distinct segment_id) from {segments}"
    return connection.execute(query).fetchall()[0][0]


def adjusted_rand_index(pairs: list[tuple]) -> float:
    """Return the index from rows of (one segment, other segment, customers in both)."""
    one, other = {}, {}
    for first, second, customers in pairs:
        one[first] = one.get(first, 0) + customers
        other[second] = other.get(second, 0) + customers
    together = sum(comb(customers, 2) for *_, customers in pairs)
    in_one = sum(comb(customers, 2) for customers in one.values())
    in_other = sum(comb(customers, 2) for customers in other.values())
    expected = in_one * in_other / comb(sum(one.values()), 2)
    most = (in_one + in_other) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def compare(connection: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> dict:
    """Return each program's number of segments and its agreement with the first one.

    The agreement is None where the numbers differ. Raises ValueError when a program does
    not have exactly one segment for each of the first one's customers.
    """
    relations = relations_of(files)
    counts = {name: count_segments(connection, segments) for name, segments in relations.items()}
    reference, *others = relations
    indices = {}
    for name in others:
        pairs = connection.execute(f"""
            select reference.segment_id, other.segment_id, count(*)
            from {relations[reference]} as reference
            full join {relations[name]} as other
                on reference.customer_id = other.customer_id
            group by all
        """).fetchall()
        distinct = connection.execute(
            f"select count(*), count(distinct customer_id) from {relations[name]}"
        ).fetchall()[0]
        joined = sum(customers for *_, customers in pairs)
        if any(None in pair for pair in pairs) or {*distinct} != {joined}:
            raise ValueError(f"{name} does not segment the same customers as {reference}")
        same_number = counts[name] == counts[reference]
        indices[name] = adjusted_rand_index(pairs) if same_number else None
    return {"reference": reference, "segment_counts": counts, "adjusted_rand_index": indices}


def scaled_features(connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    """Return all customers x all clustering features that vary, as z-scores in float32.

    Filled and transformed as the feature catalogue says, but with medians, means and
    standard deviations of all customers, where the product takes those of its sample.
    """
    catalog = connection.execute("""
        select feature, transform, null_policy
        from features.feature_catalog
        where role = 'clustering'
        order by position
    """).fetchall()
    columns = []
    for feature, transform, null_policy in catalog:
        read = connection.execute(f"select {feature} from features.customer_features")
        values = np.ma.filled(read.fetchnumpy()[feature].astype(float), np.nan)
        fill_value = np.nanmedian(values) if null_policy == "median" else 0.0
        values[np.isnan(values)] = fill_value
        if transform == "log1p":
            values = np.log1p(values)
        spread = values.std()
        if spread > 1e-12 * np.abs(values).max():
            columns.append(((values - values.mean()) / spread).astype(np.float32))
    return np.column_stack(columns)


def project(scaled: np.ndarray) -> np.ndarray:
    """Return the customers' coordinates in as few components as hold 80 % of the variance."""
    chunks = range(0, len(scaled), ROWS_PER_CHUNK)
    covariance = np.zeros((scaled.shape[1], scaled.shape[1]))
    for start in chunks:
        chunk = scaled[start : start + ROWS_PER_CHUNK].astype(float)
        covariance += chunk.T @ chunk / len(scaled)
    eigenvalues, vectors = np.linalg.eigh(covariance)
    shares = eigenvalues[::-1].cumsum() / eigenvalues.sum()
    kept = int(np.argmax(shares >= SHARE_OF_VARIANCE)) + 1
    weights = vectors[:, ::-1][:, :kept]
    return np.vstack(
        [(scaled[start : start + ROWS_PER_CHUNK] @ weights).astype(np.float32) for start in chunks]
    )


def within_sum_of_squares(points: np.ndarray, labels: np.ndarray) -> float:
    """Return the summed squared distances of points to the mean of their label."""
    sizes = np.bincount(labels)
    total = 0.0
    for column in points.T:
        values = column.astype(float)
        sums = np.bincount(labels, weights=values)
        means = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
        total += ((values - means[labels]) ** 2).sum()
    return total


def measure_wcss(connection: duckdb.DuckDBPyConnection, files: dict[str, Path], seed: int) -> dict:
    """Return the WCSS of the product, of every program with as many segments, and of scikit-learn.

    The latter is KMeans with n_init = 10, fitted here on all customers.
    """
    relations = relations_of(files)
    counts = {name: count_segments(connection, segments) for name, segments in relations.items()}
    count = counts["ours"]
    points = project(scaled_features(connection))
    wcss = {}
    for name, segments in relations.items():
        if counts[name] != count:
            continue
        # Without an order, a table returns its rows as written.
        labels = connection.execute(f"""
            select segments.segment_id
            from features.customer_features
            inner join {segments} as segments
                on customer_features.customer_id = segments.customer_id
            order by customer_features.rowid
        """).fetchnumpy()["segment_id"]
        wcss[name] = within_sum_of_squares(points, labels)
    fit = KMeans(count, n_init=10, random_state=seed).fit(points)
    wcss["scikit-learn, n_init = 10"] = within_sum_of_squares(points, fit.labels_)
    return {"segment_count": count, "components": points.shape[1], "wcss": wcss}


def main() -> None:
    """Read the arguments and print the answer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("question", choices=("agreement", "wcss"))
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--segments", nargs="*", default=[], metavar="NAME=FILE")
    parser.add_argument("--seed", type=int, default=42)
    arguments = parser.parse_args()
    named = (segments.split("=", 1) for segments in arguments.segments)
    files = {name: Path(file) for name, file in named}
    with duckdb.connect(str(arguments.warehouse), read_only=True) as connection:
        if arguments.question == "agreement":
            answer = compare(connection, files)
        else:
            answer = measure_wcss(connection, files, arguments.seed)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
