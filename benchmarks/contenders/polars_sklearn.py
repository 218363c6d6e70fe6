"""Polars and scikit-learn on one machine, written to be fast.

Polars scans the files lazily and aggregates them in its streaming engine; the features
become one float32 matrix. scikit-learn reads all rows of it. Each number of segments is
fitted once, with ten starts, and the fit at the knee is the answer.
"""

import polars as pl
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

TRANSACTION_TYPES = (
    *("deposit", "withdrawal", "repayment", "missed_repayment"),
    *("purchase", "sale", "fee"),
)


def make_features(raw):
    """Return one row per customer: customer_id and 39 features as float32.

    Activity counts over the MONTHS months that end on the day of the last transaction.
    No activity is zero; null is unknown.
    """
    transactions = pl.scan_parquet(raw / "benefit_transactions.parquet")
    as_of = transactions.select(pl.col("occurred_at").max()).collect(engine="streaming").item()
    start = pl.select(pl.lit(as_of).dt.offset_by(f"-{MONTHS}mo")).item()

    customers = pl.scan_parquet(raw / "customers.parquet").select("customer_id")
    accounts = pl.scan_parquet(raw / "benefit_accounts.parquet").select(
        "account_id",
        "customer_id",
        "benefit",
        pl.col("balance").cast(pl.Float64),
        # A missing date means open.
        is_open=pl.col("opened_on").le(as_of).fill_null(True)
        & pl.col("closed_on").gt(as_of).fill_null(True),
        tenure_months=months_before("opened_on", as_of),
    )
    activity = sum_activity(transactions, start, as_of)
    # Customers without an account stay, with one row of nulls, so that sums are zero.
    per_customer = (
        customers.join(
            accounts.join(activity, on="account_id", how="left"), on="customer_id", how="left"
        )
        .group_by("customer_id")
        .agg(
            **savings_plan_features(as_of, (as_of - start).days),
            **loan_features(),
            **wealth_management_features(as_of, (as_of - start).days),
        )
    )
    cards = pl.scan_parquet(raw / "credit_card_usage.parquet").select(
        customer_id="CUST_ID",
        credit_card_holdings=pl.lit(1.0),
        **{feature: pl.col(column) for column, feature in CARD_FEATURES.items()},
    )
    has_card = pl.col("credit_card_holdings").is_not_null()
    holdings = ("savings_plan_holdings", "loan_holdings", "wealth_management_holdings")
    return (
        per_customer.join(cards, on="customer_id", how="left")
        .with_columns(
            pl.when(has_card).then(pl.col(name)).otherwise(0.0)
            for name in ("credit_card_holdings", *CARD_FEATURES.values())
        )
        .with_columns(
            benefits_held=pl.sum_horizontal(
                pl.col(name) > 0 for name in (*holdings, "credit_card_holdings")
            )
        )
        .with_columns(pl.exclude("customer_id").cast(pl.Float32))
        .collect(engine="streaming")
    )


def sum_activity(transactions, start, as_of):
    """Return one row per account with its activity after `start`.

    Months are bits, so that the months of a customer's accounts can be combined.
    """
    kind = pl.col("transaction_type")
    is_trade = kind.is_in(["purchase", "sale"])
    is_movement = kind.is_in(["deposit", "withdrawal"])

    def amount_of(word):
        return pl.when(kind == word).then("amount").sum()

    def months_with(condition):
        return pl.when(condition).then("month_bit").bitwise_or()

    return (
        transactions.filter(pl.col("occurred_at") > start)
        .with_columns(
            # Comparing numbers is faster than comparing words.
            pl.col("transaction_type").cast(pl.Enum(TRANSACTION_TYPES)),
            pl.col("amount").cast(pl.Float64),
            month_bit=pl.lit(2, pl.Int32).pow(months_before("occurred_at", as_of)),
        )
        .group_by("account_id")
        .agg(
            deposits=amount_of("deposit"),
            withdrawals=amount_of("withdrawal"),
            repayments=amount_of("repayment"),
            net_inflow=amount_of("purchase") - amount_of("sale"),
            repaid=(kind == "repayment").sum(),
            missed=(kind == "missed_repayment").sum(),
            trades=is_trade.sum(),
            deposit_months=months_with(kind == "deposit"),
            repayment_months=months_with(kind == "repayment"),
            trade_months=months_with(is_trade),
            last_movement=pl.when(is_movement).then("occurred_at").max(),
            last_trade=pl.when(is_trade).then("occurred_at").max(),
        )
    )


def savings_plan_features(as_of, observation_days):
    """Return the expressions of the savings plan features, by name."""
    return {
        **holding_features("savings_plan"),
        "savings_plan_deposits": of_benefit("savings_plan", "deposits").sum(),
        "savings_plan_deposit_frequency": share_of_months("savings_plan", "deposit_months"),
        "savings_plan_withdrawals": of_benefit("savings_plan", "withdrawals").sum(),
        "savings_plan_recency_days": days_since(
            of_benefit("savings_plan", "last_movement").max(), as_of, observation_days
        ),
    }


def loan_features():
    """Return the expressions of the loan features, by name."""
    missed = of_benefit("loan", "missed").sum()
    due = missed + of_benefit("loan", "repaid").sum()
    return {
        **holding_features("loan"),
        "loan_repayments": of_benefit("loan", "repayments").sum(),
        "loan_repayment_frequency": share_of_months("loan", "repayment_months"),
        "loan_missed_share": pl.when(due > 0).then(missed / due).otherwise(0.0),
    }


def wealth_management_features(as_of, observation_days):
    """Return the expressions of the wealth management features, by name."""
    benefit = "wealth_management"
    return {
        **holding_features(benefit),
        "wealth_management_net_inflow": of_benefit(benefit, "net_inflow").sum(),
        "wealth_management_trades": of_benefit(benefit, "trades").sum(),
        "wealth_management_trade_frequency": share_of_months(benefit, "trade_months"),
        "wealth_management_recency_days": days_since(
            of_benefit(benefit, "last_trade").max(), as_of, observation_days
        ),
    }


def holding_features(benefit):
    """Return number, balance and oldest age in months of a customer's open accounts.

    All are zero when no account is open, and null when nothing is known of the open accounts.
    """
    is_open = (pl.col("benefit") == benefit) & pl.col("is_open")
    balance = pl.when(is_open).then("balance")
    tenure = pl.when(is_open).then("tenure_months")
    is_unknown = (is_open.sum() > 0) & (balance.count() == 0)
    return {
        f"{benefit}_holdings": is_open.sum(),
        f"{benefit}_balance": pl.when(~is_unknown).then(balance.sum()),
        f"{benefit}_tenure_months": pl.when(is_open.sum() > 0).then(tenure.max()).otherwise(0),
    }


def of_benefit(benefit, column):
    """Return the column of the accounts of one benefit, null for the others."""
    return pl.when(pl.col("benefit") == benefit).then(column)


def share_of_months(benefit, month_bits):
    """Return the share of the observed months that are set on any account."""
    months = of_benefit(benefit, month_bits).bitwise_or().bitwise_count_ones()
    return months.fill_null(0) / MONTHS


def days_since(last, as_of, observation_days):
    """Return the days since `last`; without activity, the length of the window."""
    return (pl.lit(as_of) - last).dt.total_days().fill_null(observation_days)


def months_before(column, as_of):
    """Return how many whole months lie between the dates of a column and `as_of`."""
    date = pl.col(column).dt
    months = (as_of.year - date.year()) * 12 + as_of.month - date.month()
    return months - (date.day() > as_of.day)


def profile_segments(features, labels):
    """Return one row per segment and feature: customers, mean, median, share not zero."""
    segmented = features.drop("customer_id").with_columns(segment_id=labels).lazy()
    return pl.concat(
        segmented.group_by("segment_id").agg(
            feature=pl.lit(name),
            customers=pl.len(),
            mean=pl.col(name).mean(),
            median=pl.col(name).median(),
            share_non_zero=(pl.col(name) != 0).mean(),
        )
        for name in features.columns
        if name != "customer_id"
    ).collect(engine="streaming")


def main():
    """Write the segments and their profiles."""
    arguments = parse_arguments(__doc__)
    stages = Stages()

    with stages.stage("features"):
        features = make_features(arguments.raw)

    with stages.stage("components"):
        filled = features.drop("customer_id").with_columns(pl.all().fill_null(pl.all().median()))
        scaled = StandardScaler(copy=False).fit_transform(filled.to_numpy())
        points = PCA(VARIANCE_KEPT, random_state=SEED).fit_transform(scaled)
        del filled, scaled

    with stages.stage("curve"):
        fits = {
            count: KMeans(count, n_init=RESTARTS, random_state=SEED, copy_x=False).fit(points)
            for count in SEGMENT_COUNTS
        }
        wcss = {count: float(fit.inertia_) for count, fit in fits.items()}
        segment_count = choose_segment_count(wcss, arguments.segment_count)
        write_curve(arguments.output, wcss, segment_count)

    with stages.stage("segments"):
        labels = pl.Series("segment_id", fits[segment_count].labels_)
        segments = features.select("customer_id", labels)
        segments.write_parquet(arguments.output / "segments.parquet")

    with stages.stage("profiles"):
        profiles = profile_segments(features, labels)
        profiles.write_parquet(arguments.output / "profiles.parquet")

    stages.write(arguments.output)


if __name__ == "__main__":
    main()
