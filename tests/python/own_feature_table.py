"""A feature table that a user brings in place of the four inputs, with its catalogue."""

CATALOG = """
models:
  - name: customer_features
    description: One row per customer.
    config: {contract: {enforced: true}}
    columns:
      - {name: customer_id, data_type: varchar, description: Key.}
      - name: visits
        description: Visits.
        data_type: double
        config: {meta: {benefit: branch, label: branch visits, unit: count,
          transform: log1p, null_policy: zero, role: clustering}}
      - name: deposits
        description: Deposits.
        data_type: double
        config: {meta: {benefit: savings, label: deposits, unit: amount,
          transform: identity, null_policy: median, role: clustering, measure: balance}}
      - name: plans
        description: Plans held.
        data_type: double
        config: {meta: {benefit: savings, label: plans held, unit: count,
          transform: identity, null_policy: zero, role: clustering, measure: holdings}}
      - name: age
        description: Age.
        data_type: double
        config: {meta: {benefit: all, label: age, unit: years, role: profiling}}
      - name: town
        description: Town.
        data_type: varchar
        config: {meta: {benefit: all, label: town, unit: category, role: profiling}}
"""

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
