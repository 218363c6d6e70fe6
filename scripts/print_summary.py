"""Print the segments of the last build.

Reads the warehouse file that dbt built (WAREHOUSE_PATH, default as in profiles.yml), and prints
where it was published (PUBLISHED_DIR, default as in publish.py).
"""

import os
import sys
import textwrap
from pathlib import Path

import duckdb

import next_commands

PROJECT = Path(__file__).parents[1]
DEFAULT_WAREHOUSE = PROJECT / "warehouse" / "benefit_segments.duckdb"

# Characters of a line of prose.
WIDTH = 100

RUN = "select run_id from marts.build_info"

TABLES = "select table_name from duckdb_tables() where schema_name = 'marts'"

REASON = """
    select
        reason,
        (select wording.count_in_words(count(*), 'customer') from marts.customer_segments)
    from marts.wcss_curve
    where is_chosen
"""

# From the dossier, if the warehouse has one.
VERDICT = """
    select scores.verdict_reason
    from marts.segment_count_scores as scores
    inner join marts.wcss_curve as curve
        on scores.segment_count = curve.segment_count
    where scores.is_chosen and curve.is_chosen
"""

# Small segments, each with its likely cause and the remedy.
SMALL_SEGMENTS = """
    select
        segment_id,
        segment_name,
        sentence
    from marts.segment_cards
    where topic = 'small' and evidence_number = 1
    order by segment_id
"""

SEGMENTS = """
    select
        segment_id,
        segment_name,
        wording.whole_number(customers),
        wording.share_in_words(customer_share),
        wording.similarity_in_words(jaccard_stability),
        wording.whole_number(borderline_customers)
    from marts.segment_profiles
    order by segment_id
"""

# The three strongest differences of each segment, with their numbers. Where the means do not show
# the direction that the model sees, neither sign is right.
DIFFERENCES = """
    select
        segment_id,
        case
            when shows_means = false then '~'
            when coalesce(smd_vs_rest, mean - average) > 0 then '+'
            else '-'
        end,
        label,
        coalesce(wording.number_in_words(mean, unit), 'unknown'),
        coalesce(wording.number_in_words(average, unit), 'unknown')
        || case
            when shows_means = false
                then '; the means do not show the difference that the model sees'
            else ''
        end
    from marts.segment_feature_profiles
    where role = 'clustering' and (smd_vs_rest is not null or is_beyond_measure)
    qualify row_number() over (partition by segment_id order by rank_in_segment) <= 3
    order by segment_id, rank_in_segment
"""

INPUTS = """
    select
        input,
        location,
        wording.whole_number(read_rows),
        wording.whole_number(rejected_rows),
        most_frequent_reason,
        nullif(wording.whole_number(left_out_rows), '0'),
        suggestion,
        ignored_columns
    from marts.input_row_counts
    order by input
"""

# What was not read: files of no input, and columns that a file should have.
FILES = """
    select
        file,
        case
            when input is null then 'passed over, ' || reason_passed_over
            else 'no column ' || missing_columns || ', taken as unknown'
        end
    from marts.input_files
    where input is null or missing_columns is not null
    order by input nulls last, file
    limit 10
"""

FINDINGS = """
    select
        wording.count_in_words(count(*), 'rule'),
        wording.count_in_words(sum(row_count), 'odd but usable value')
    from marts.data_quality_findings
    where row_count > 0
    having count(*) > 0
"""

EXTREME_VALUES = """
    select
        string_agg(
            label || ' (' || wording.count_in_words(extreme_customers, 'customer') || ')',
            ', ' order by extreme_customers desc, feature
        )
    from marts.extreme_values
    where extreme_customers > 0
    having count(*) > 0
"""

LEFT_OUT = """
    select reason_left_out, wording.count_in_words(count(*), 'feature')
    from marts.feature_scalers
    where not is_used
    group by reason_left_out
    order by reason_left_out
"""


# Playbook names that are not shown, each with its first claim that is not true.
NOT_SHOWN = """
    select
        claims.segment_id,
        claims.segment_name,
        claims.feature,
        claims.statistic,
        replace(claims.comparison, '_', ' '),
        wording.all_digits(claims.threshold),
        coalesce(wording.all_digits(round(claims.value, 4)), 'unknown'),
        claims.feature in (select feature from features.feature_catalog)
    from profiles.int_playbook_claims as claims
    inner join marts.segment_profiles as segments
        on claims.segment_id = segments.segment_id
    where not claims.is_confirmed and not claims.is_true
    qualify row_number() over (partition by claims.segment_id order by claims.feature) = 1
    order by claims.segment_id
"""


def tabulate(segments: list[tuple]) -> list[str]:
    """Return the rows of SEGMENTS as lines of a table."""
    width = max(len("segment"), *(len(row[1]) for row in segments))
    lines = [f"     {'segment':{width}}  customers   share  stability  borderline"]
    for number, name, customers, share, stability, borderline in segments:
        lines.append(
            f"{number:>3}  {name:{width}}  {customers:>9}  {share:>6}  {stability:>9}"
            f"  {borderline:>10}"
        )
    return lines


def tell_inputs(inputs: list[tuple]) -> list[str]:
    """Return how many rows of each input were not used, and what to do about it."""
    lines = []
    for name, location, read, rejected, most_frequent, left_out, suggestion, ignored in inputs:
        if location is None:
            lines.append(f"{name}: no file or table of this name, treated as empty")
            continue
        most = f" (most often: {most_frequent})" if most_frequent else ""
        lines.append(f"{name}: {rejected} of {read} rows rejected{most}")
        if left_out:
            lines.append(
                f"{name}: {left_out} of {read} rows left out: their customers joined, or opened"
                " their first account, after as_of_date"
            )
        if suggestion:
            lines.append(f"{name}: {suggestion}")
        if ignored:
            lines.append(f"{name}: ignored columns: {ignored}")
    return lines


def tell_not_shown(
    segment_id: int,
    name: str,
    feature: str,
    statistic: str,
    comparison: str,
    threshold: str,
    value: str,
    is_known: bool,
) -> str:
    """Tell why a name of the playbook is not shown."""
    why = f"{feature} {statistic} is {value}, claimed {comparison} {threshold}"
    if not is_known:
        why = f"there is no feature {feature}"
    return f'playbook name "{name}" of segment {segment_id} not shown: {why}'


def summarise(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the lines of the summary."""
    tables = {name for (name,) in connection.execute(TABLES).fetchall()}
    reason, customers = connection.execute(REASON).fetchall()[0]
    differences = connection.execute(DIFFERENCES).fetchall()

    lines = [""]
    for segment_id, name, sentence in connection.execute(SMALL_SEGMENTS).fetchall():
        lines += [*textwrap.wrap(f"Segment {segment_id}, {name}: {sentence}", WIDTH), ""]
    lines += textwrap.wrap(f"{customers}. {reason}", WIDTH)
    if "segment_count_scores" in tables:
        for (verdict,) in connection.execute(VERDICT).fetchall():
            lines += textwrap.wrap(verdict, WIDTH)
    segments = connection.execute(SEGMENTS).fetchall()
    for segment_id, name, *_ in segments:
        lines += ["", f"Segment {segment_id}: {name}"]
        lines += [
            f"    {sign} {label}: {mean} (all customers {average})"
            for segment, sign, label, mean, average in differences
            if segment == segment_id
        ]

    lines += ["", *tell_inputs(connection.execute(INPUTS).fetchall())]
    lines += [f"{file}: {why}" for file, why in connection.execute(FILES).fetchall()]
    for rules, values in connection.execute(FINDINGS).fetchall():
        lines.append(f"{rules} found {values}: marts.data_quality_findings")
    for (extreme,) in connection.execute(EXTREME_VALUES).fetchall():
        said = f"Values far from all others: {extreme}: marts.extreme_values"
        lines += textwrap.wrap(said, WIDTH)
    for left_out, features in connection.execute(LEFT_OUT).fetchall():
        lines.append(f"{features} left out of the fit: {left_out}")
    lines += [tell_not_shown(*row) for row in connection.execute(NOT_SHOWN).fetchall()]
    return [*lines, "", *tabulate(segments)]


def find_publication(run: str) -> Path | None:
    """Return the published file, when it holds this run."""
    published = Path(os.environ.get("PUBLISHED_DIR") or PROJECT / "published")
    path = published / "current" / "segments.duckdb"
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return path if connection.execute(RUN).fetchall() == [(run,)] else None
    except duckdb.Error as error:
        sys.exit(f"{path} cannot be read: {error}. Publish again with: {next_commands.publish()}")


def main() -> None:
    """Print the summary of the warehouse, where to read more, and what to try next."""
    path = Path(os.environ.get("WAREHOUSE_PATH") or DEFAULT_WAREHOUSE)
    again = next_commands.make("segments")
    if not path.exists():
        sys.exit(f"There is no warehouse at {path}. Build it with: {again}")
    with duckdb.connect(str(path), read_only=True) as connection:
        try:
            lines = summarise(connection)
            run = connection.execute(RUN).fetchall()[0][0]
        except duckdb.CatalogException:
            sys.exit(f"{path} holds no finished build. Build it with: {again}")
    print("\n".join(lines))
    publication = find_publication(run)
    if publication:
        print(f"\nPublished for every DuckDB client, to be opened read-only: {publication}")
        print("\nTry next the report for managers, or the app in a browser:")
        for target in ("report", "app"):
            print(f"    {next_commands.make(target)}")
    else:
        print(f"\nNot published yet, only in {path}. Try next:\n    {next_commands.publish()}")


if __name__ == "__main__":
    main()
