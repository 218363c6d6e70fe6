"""A company with a table of features in place of the other inputs, and with its own catalogue."""

from pathlib import Path

# How every catalogue begins; an entry per feature follows.
CATALOG_HEAD = """
models:
  - name: customer_features
    description: One row per customer.
    config: {contract: {enforced: true}}
    columns:
      - {name: customer_id, data_type: varchar, description: Key.}
"""

CATALOG = (
    CATALOG_HEAD
    + """\
      - name: visits
        description: Visits.
        data_type: double
        config: {meta: {benefit: branch, label: branch visits, unit: count,
          transform: log1p, null_policy: zero, role: clustering, input: wide}}
      - name: deposits
        description: Deposits.
        data_type: double
        config: {meta: {benefit: savings, label: deposits, unit: amount,
          transform: identity, null_policy: median, role: clustering, measure: balance,
          input: wide}}
      - name: plans
        description: Plans held.
        data_type: double
        config: {meta: {benefit: savings, label: plans held, unit: count,
          transform: identity, null_policy: zero, role: clustering, measure: holdings, input: wide}}
      - name: age
        description: Age.
        data_type: double
        config: {meta: {benefit: all, label: age, unit: years, role: profiling, input: wide}}
      - name: town
        description: Town.
        data_type: varchar
        config: {meta: {benefit: all, label: town, unit: category, role: profiling, input: wide}}
"""
)

# Two groups beyond doubt; every seventh value is unknown.
CUSTOMERS = """
    create schema crm;
    create table crm.wide as
    select
        i as customer_id,
        case when i % 7 != 0 then case when i % 2 = 0 then 40 + i % 3 else i % 3 end end as visits,
        case when i % 5 != 0 then case when i % 2 = 0 then 10 else 900 + i % 11 end end as deposits,
        i % 2 as plans,
        case when i != 3 then 20 + i % 50 end as age,
        case when i % 3 != 0 then ' ' || ['north', 'south'][1 + i % 2] else ' ' end as town
    from range(1, 301) as t (i)
"""

BENEFITS = """benefit,label,singular,plural,is_owed,weight
branch,branch,visit,visits,false,1
savings,savings,plan,plans,false,1
"""


def declare(folder: Path, catalog: str = CATALOG, benefits: str = BENEFITS) -> Path:
    """Write what the company declares, and return the folder: a COMPANY_DIR."""
    folder.mkdir()
    (folder / "customer_features.yml").write_text(catalog)
    (folder / "benefits.csv").write_text(benefits)
    return folder
