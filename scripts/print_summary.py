"""Print the segments of the last build, for the person who started it.

Reads the warehouse file that dbt built (WAREHOUSE_PATH, default as in profiles.yml).
"""

import os
import sys
from pathlib import Path

import duckdb

DEFAULT_WAREHOUSE = Path(__file__).parents[1] / "warehouse" / "benefit_segments.duckdb"

TABLES = "select table_name from duckdb_tables() where schema_name = 'marts'"

REASON = """
    select reason, (select count(*) from marts.customer_segments)
    from marts.wcss_curve
    where is_chosen
"""

# Of the dossier, if it was built for these segments.
VERDICT = """
    select scores.verdict_reason
    from marts.segment_count_scores as scores
    inner join marts.wcss_curve as curve
        on scores.segment_count = curve.segment_count and scores.wcss = curve.wcss
    where scores.is_chosen and curve.is_chosen
"""

SEGMENTS = """
    select segment_id, segment_name, customers, customer_share
    from marts.segment_profiles
    order by segment_id
"""

# Three strongest differences of each segment, with the numbers that show them.
DIFFERENCES = """
    select segment_id, label, unit, mean, average, coalesce(smd_vs_rest, mean - average)
    from marts.segment_feature_profiles
    where role = 'clustering' and (smd_vs_rest is not null or is_beyond_measure)
    qualify row_number() over (partition by segment_id order by rank_in_segment) <= 3
    order by segment_id, rank_in_segment
"""

INPUTS = """
    select input, read_rows, rejected_rows, most_frequent_reason
    from marts.input_row_counts
    where location is not null
    order by input
"""

FINDINGS = """
    select count(*), sum(row_count) from marts.data_quality_findings where row_count > 0
"""

LEFT_OUT = """
    select reason_left_out, count(*)
    from marts.feature_scalers
    where not is_used
    group by reason_left_out
    order by reason_left_out
"""


def describe(label: str, unit: str, mean: float, average: float, difference: float) -> str:
    """Say one difference in words, with the segment's mean and the average of all."""
    sign = "+" if difference > 0 else "-"
    form = ".2f" if unit == "share" else ",.1f" if unit == "count" else ",.0f"
    return f"{sign} {label}: {mean:{form}} (all customers {average:{form}})"


def summarise(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the lines of the summary."""
    tables = {name for (name,) in connection.execute(TABLES).fetchall()}
    reason, customers = connection.execute(REASON).fetchall()[0]
    differences = connection.execute(DIFFERENCES).fetchall()
    inputs = connection.execute(INPUTS).fetchall()

    lines = ["", f"{customers:,} customers. {reason}"]
    if "segment_count_scores" in tables:
        lines += [verdict for (verdict,) in connection.execute(VERDICT).fetchall()]
    for segment_id, name, size, share in connection.execute(SEGMENTS).fetchall():
        lines += ["", f"Segment {segment_id}: {name}  {size:,} customers ({share:.1%})"]
        lines += [f"    {describe(*row[1:])}" for row in differences if row[0] == segment_id]

    lines.append("")
    if not inputs:
        lines.append("Features come from a table of your own; no input was read.")
    for name, read, rejected, most_frequent in inputs:
        most = f" (most often: {most_frequent})" if rejected else ""
        lines.append(f"{name}: {rejected:,} of {read:,} rows rejected{most}")
    rules, rows = connection.execute(FINDINGS).fetchall()[0]
    if rules:
        lines.append(f"{rules} rules found {rows:,} odd but usable values")
    for left_out, count in connection.execute(LEFT_OUT).fetchall():
        lines.append(f"{count} features left out of the fit: {left_out}")
    return lines


def main() -> None:
    """Print the summary of the warehouse and where its tables are."""
    path = Path(os.environ.get("WAREHOUSE_PATH", DEFAULT_WAREHOUSE))
    if not path.exists():
        sys.exit(f"There is no warehouse at {path}. Build it with: make segments")
    with duckdb.connect(str(path), read_only=True) as connection:
        try:
            print("\n".join(summarise(connection)))
        except duckdb.CatalogException:
            sys.exit(f"{path} holds no finished build. Build it with: make segments")
    print(f"\nTables: schema marts in {path}")
    print("    marts.customer_segments      one row per customer")
    print("    marts.segment_profiles       one row per segment")
    print("    marts.rejected_rows          one row per rejected source row")


if __name__ == "__main__":
    main()
