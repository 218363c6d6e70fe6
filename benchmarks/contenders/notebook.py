"""The usual k-means notebook: pandas and scikit-learn, cell after cell.

Every step is the one that textbooks show: read the tables, merge, group by customer,
fill gaps with the median, StandardScaler, PCA, k-means with ten starts for every number
of segments, then once more at the knee. Columns are read as Arrow types, so that pandas needs no
Python object per date and amount.
"""

import pandas as pd
from common import (
    CARD_FEATURES,
    MONTHS,
    RESTARTS,
    SEED,
    SEGMENT_COUNTS,
    VARIANCE_KEPT,
    Stages,
    choose_segment_count,
    parse_arguments,
    write_curve,
)
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler


def read_tables(raw):
    """Return customers, accounts, transactions and card usage as data frames."""

    def read(name, columns):
        return pd.read_parquet(raw / f"{name}.parquet", columns=columns, dtype_backend="pyarrow")

    customers = read("customers", ["customer_id"])
    accounts = read(
        "benefit_accounts",
        ["account_id", "customer_id", "benefit", "opened_on", "closed_on", "balance"],
    ).astype({"opened_on": "datetime64[s]", "closed_on": "datetime64[s]", "balance": "float64"})
    transactions = read(
        "benefit_transactions", ["account_id", "occurred_at", "transaction_type", "amount"]
    ).astype({"occurred_at": "datetime64[s]", "amount": "float64"})
    cards = read("credit_card_usage", ["CUST_ID", *CARD_FEATURES])
    cards = cards.astype(dict.fromkeys(CARD_FEATURES, "float64"))
    return customers, accounts, transactions, cards


def make_features(customers, accounts, transactions, cards):
    """Return one row per customer, indexed by customer_id, and 39 features.

    Activity counts over the MONTHS months that end on the day of the last transaction.
    No activity is zero; NaN is unknown.
    """
    as_of = transactions["occurred_at"].max()
    start = as_of - pd.DateOffset(months=MONTHS)
    recent = transactions[transactions["occurred_at"] > start].merge(
        accounts[["account_id", "customer_id", "benefit"]], on="account_id"
    )
    recent["month"] = months_before(recent["occurred_at"], as_of)
    kinds = recent["transaction_type"]
    features = customers.set_index("customer_id")

    def add(name, per_customer, otherwise=0):
        features[name] = per_customer.reindex(features.index).fillna(otherwise)

    def add_recency(name, movements):
        last = movements.groupby("customer_id")["occurred_at"].max()
        add(name, (as_of - last).dt.days, otherwise=(as_of - start).days)

    def add_frequency(name, movements):
        add(name, movements.groupby("customer_id")["month"].nunique() / MONTHS)

    def add_amount(name, movements):
        add(name, movements.groupby("customer_id")["amount"].sum())

    # Savings plans
    add_holdings(features, "savings_plan", accounts, as_of)
    savings = recent["benefit"] == "savings_plan"
    deposits = recent[savings & (kinds == "deposit")]
    withdrawals = recent[savings & (kinds == "withdrawal")]
    add_amount("savings_plan_deposits", deposits)
    add_frequency("savings_plan_deposit_frequency", deposits)
    add_amount("savings_plan_withdrawals", withdrawals)
    add_recency("savings_plan_recency_days", pd.concat([deposits, withdrawals]))

    # Loans
    add_holdings(features, "loan", accounts, as_of)
    loans = recent["benefit"] == "loan"
    repaid = recent[loans & (kinds == "repayment")]
    missed = recent[loans & (kinds == "missed_repayment")]
    add_amount("loan_repayments", repaid)
    add_frequency("loan_repayment_frequency", repaid)
    due = pd.concat([repaid, missed]).groupby("customer_id").size()
    add("loan_missed_share", missed.groupby("customer_id").size() / due)

    # Wealth management
    add_holdings(features, "wealth_management", accounts, as_of)
    wealth = recent["benefit"] == "wealth_management"
    trades = recent[wealth & kinds.isin(["purchase", "sale"])].copy()
    trades["amount"] = trades["amount"].where(
        trades["transaction_type"] == "purchase", -trades["amount"]
    )
    add_amount("wealth_management_net_inflow", trades)
    add("wealth_management_trades", trades.groupby("customer_id").size())
    add_frequency("wealth_management_trade_frequency", trades)
    add_recency("wealth_management_recency_days", trades)

    # Credit cards: zeros for customers without a card; customers with one can have unknown values.
    cards = cards.set_index("CUST_ID").rename(columns=CARD_FEATURES)
    features["credit_card_holdings"] = features.index.isin(cards.index).astype("float64")
    cards = cards.reindex(features.index)
    cards[features["credit_card_holdings"] == 0] = 0
    features = features.join(cards)

    holdings = features[[name for name in features if name.endswith("_holdings")]]
    features["benefits_held"] = (holdings > 0).sum(axis=1)
    return features.astype("float64")


def add_holdings(features, benefit, accounts, as_of):
    """Add number, balance and oldest age in months of the accounts open on `as_of`.

    All three are zero when no account is open. A missing date means open.
    """
    is_open = ~(accounts["opened_on"] > as_of) & ~(accounts["closed_on"] <= as_of)
    held = accounts[is_open & (accounts["benefit"] == benefit)]
    held = held.assign(tenure=months_before(held["opened_on"], as_of)).groupby("customer_id")
    count = held.size().reindex(features.index, fill_value=0)
    features[f"{benefit}_holdings"] = count
    balance = held["balance"].sum(min_count=1).reindex(features.index)
    features[f"{benefit}_balance"] = balance.where(count > 0, 0)
    tenure = held["tenure"].max().reindex(features.index)
    features[f"{benefit}_tenure_months"] = tenure.where(count > 0, 0)


def months_before(dates, as_of):
    """Return how many whole months lie between each date and `as_of`."""
    months = (as_of.year - dates.dt.year) * 12 + as_of.month - dates.dt.month
    return months - (dates.dt.day > as_of.day)


def main():
    """Run the cells one after the other."""
    arguments = parse_arguments(__doc__)
    stages = Stages()

    with stages.stage("read"):
        tables = read_tables(arguments.raw)

    with stages.stage("features"):
        features = make_features(*tables)

    with stages.stage("components"):
        filled = features.fillna(features.median())
        scaled = StandardScaler().fit_transform(filled)
        points = PCA(VARIANCE_KEPT, random_state=SEED).fit_transform(scaled)

    with stages.stage("curve"):
        wcss = {}
        for count in SEGMENT_COUNTS:
            model = KMeans(count, n_init=RESTARTS, random_state=SEED).fit(points)
            wcss[count] = model.inertia_
        segment_count = choose_segment_count(wcss, arguments.segment_count)
        write_curve(arguments.output, wcss, segment_count)

    with stages.stage("segments"):
        model = KMeans(segment_count, n_init=RESTARTS, random_state=SEED).fit(points)
        segments = pd.Series(model.predict(points), features.index, name="segment_id")
        segments.reset_index().to_parquet(arguments.output / "segments.parquet", index=False)

    with stages.stage("profiles"):
        by_segment = features.groupby(segments)
        profiles = pd.DataFrame(
            {
                "mean": by_segment.mean().stack(),
                "median": by_segment.median().stack(),
                "share_non_zero": (features != 0)
                .where(features.notna())
                .groupby(segments)
                .mean()
                .stack(),
            }
        )
        profiles = profiles.rename_axis(["segment_id", "feature"]).reset_index()
        profiles["customers"] = profiles["segment_id"].map(segments.value_counts())
        profiles.to_parquet(arguments.output / "profiles.parquet", index=False)

    stages.write(arguments.output)


if __name__ == "__main__":
    main()
