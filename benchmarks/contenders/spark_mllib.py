"""Spark MLlib on the cores of one machine: DataFrames, then a pipeline of estimators.

Settings are Spark's own but for memory, partitions and the web page. So three things are
cheaper here than in the other contenders. MLlib has no restarts, and a single k-means||
start often misses the segments of the others, so there are four seeds, where the others
make ten starts. A fit ends after 20 iterations, converged or not. And medians, of the gaps
and of the profiles, are approximate.
"""

import os

from common import (
    CARD_FEATURES,
    MONTHS,
    SEED,
    SEGMENT_COUNTS,
    VARIANCE_KEPT,
    Stages,
    choose_segment_count,
    parse_arguments,
    write_curve,
)
from pyspark.ml import Pipeline
from pyspark.ml.clustering import KMeans
from pyspark.ml.feature import PCA, Imputer, StandardScaler, VectorAssembler, VectorSlicer
from pyspark.ml.stat import Summarizer
from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

STARTS = 4


def start_spark():
    """Return a session on all cores that leaves a third of 24 GiB to the system.

    Cached tables keep the partitions of the shuffle they came from. With the default of
    200 every iteration of k-means would be 200 tasks.
    """
    return (
        SparkSession.builder.master("local[*]")
        .config("spark.driver.memory", "16g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 4 * os.cpu_count())
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )


def make_features(spark, raw):
    """Return one row per customer: customer_id and 39 features.

    Activity counts over the MONTHS months that end on the day of the last transaction.
    No activity is zero; null is unknown.
    """

    def read(name):
        return spark.read.parquet(str(raw / f"{name}.parquet"))

    transactions = read("benefit_transactions")
    (as_of,) = transactions.agg(sql.max("occurred_at")).first()
    as_of = sql.lit(as_of)
    start = sql.add_months(as_of, -MONTHS)

    accounts = read("benefit_accounts").select(
        "account_id",
        "customer_id",
        "benefit",
        sql.col("balance").cast("double").alias("balance"),
        # A missing date means open.
        (
            sql.coalesce(sql.col("opened_on") <= as_of, sql.lit(True))
            & sql.coalesce(sql.col("closed_on") > as_of, sql.lit(True))
        ).alias("is_open"),
        months_before("opened_on", as_of).alias("tenure_months"),
    )
    activity = sum_activity(transactions, start, as_of)
    # Customers without an account stay, with one row of nulls, so that sums are zero.
    per_customer = (
        read("customers")
        .select("customer_id")
        .join(accounts.join(activity, "account_id", "left"), "customer_id", "left")
        .groupBy("customer_id")
        .agg(
            *savings_plan_features(as_of, start),
            *loan_features(),
            *wealth_management_features(as_of, start),
        )
    )
    cards = read("credit_card_usage").select(
        sql.col("CUST_ID").alias("customer_id"),
        sql.lit(1.0).alias("credit_card_holdings"),
        *(sql.col(column).cast("double").alias(name) for column, name in CARD_FEATURES.items()),
    )
    has_card = sql.col("credit_card_holdings").isNotNull()
    card_features = ("credit_card_holdings", *CARD_FEATURES.values())
    holdings = ("savings_plan_holdings", "loan_holdings", "wealth_management_holdings")
    return (
        per_customer.join(cards, "customer_id", "left")
        .withColumns(
            {name: sql.when(has_card, sql.col(name)).otherwise(0) for name in card_features}
        )
        .withColumn(
            "benefits_held",
            sum((sql.col(name) > 0).cast("double") for name in (*holdings, "credit_card_holdings")),
        )
    )


def sum_activity(transactions, start, as_of):
    """Return one row per account with its activity after `start`.

    Months are bits, so that the months of a customer's accounts can be combined.
    """
    kind = sql.col("transaction_type")
    is_trade = kind.isin("purchase", "sale")
    is_movement = kind.isin("deposit", "withdrawal")
    amount = sql.col("amount").cast("double")
    month_bit = sql.expr("shiftleft(1, months_ago)")

    def amount_of(word):
        return sql.coalesce(sql.sum(sql.when(kind == word, amount)), sql.lit(0))

    def months_with(condition):
        return sql.bit_or(sql.when(condition, month_bit))

    return (
        transactions.filter(sql.col("occurred_at") > start)
        .withColumn("months_ago", months_before("occurred_at", as_of))
        .groupBy("account_id")
        .agg(
            amount_of("deposit").alias("deposits"),
            amount_of("withdrawal").alias("withdrawals"),
            amount_of("repayment").alias("repayments"),
            (amount_of("purchase") - amount_of("sale")).alias("net_inflow"),
            sql.count_if(kind == "repayment").alias("repaid"),
            sql.count_if(kind == "missed_repayment").alias("missed"),
            sql.count_if(is_trade).alias("trades"),
            months_with(kind == "deposit").alias("deposit_months"),
            months_with(kind == "repayment").alias("repayment_months"),
            months_with(is_trade).alias("trade_months"),
            sql.max(sql.when(is_movement, sql.col("occurred_at"))).alias("last_movement"),
            sql.max(sql.when(is_trade, sql.col("occurred_at"))).alias("last_trade"),
        )
    )


def savings_plan_features(as_of, start):
    """Return the aggregates that are the savings plan features."""
    benefit = "savings_plan"
    return [
        *holding_features(benefit),
        sum_of(benefit, "deposits").alias("savings_plan_deposits"),
        share_of_months(benefit, "deposit_months").alias("savings_plan_deposit_frequency"),
        sum_of(benefit, "withdrawals").alias("savings_plan_withdrawals"),
        days_since(benefit, "last_movement", as_of, start).alias("savings_plan_recency_days"),
    ]


def loan_features():
    """Return the aggregates that are the loan features."""
    benefit = "loan"
    missed = sum_of(benefit, "missed")
    due = missed + sum_of(benefit, "repaid")
    return [
        *holding_features(benefit),
        sum_of(benefit, "repayments").alias("loan_repayments"),
        share_of_months(benefit, "repayment_months").alias("loan_repayment_frequency"),
        sql.when(due > 0, missed / due).otherwise(0).alias("loan_missed_share"),
    ]


def wealth_management_features(as_of, start):
    """Return the aggregates that are the wealth management features."""
    benefit = "wealth_management"
    recency = days_since(benefit, "last_trade", as_of, start)
    return [
        *holding_features(benefit),
        sum_of(benefit, "net_inflow").alias("wealth_management_net_inflow"),
        sum_of(benefit, "trades").alias("wealth_management_trades"),
        share_of_months(benefit, "trade_months").alias("wealth_management_trade_frequency"),
        recency.alias("wealth_management_recency_days"),
    ]


def holding_features(benefit):
    """Return number, balance and oldest age in months of a customer's open accounts.

    All are zero when no account is open, and null when nothing is known of the open accounts.
    """
    is_open = (sql.col("benefit") == benefit) & sql.col("is_open")
    count = sql.count_if(is_open)
    balance = sql.sum(sql.when(is_open, sql.col("balance")))
    tenure = sql.max(sql.when(is_open, sql.col("tenure_months")))
    return [
        count.cast("double").alias(f"{benefit}_holdings"),
        sql.when(count > 0, balance).otherwise(0).alias(f"{benefit}_balance"),
        sql.when(count > 0, tenure).otherwise(0).alias(f"{benefit}_tenure_months"),
    ]


def of_benefit(benefit, column):
    """Return the column of the accounts of one benefit, null for the others."""
    return sql.when(sql.col("benefit") == benefit, sql.col(column))


def sum_of(benefit, column):
    """Return the sum over the accounts of one benefit, zero when there is none."""
    return sql.coalesce(sql.sum(of_benefit(benefit, column)), sql.lit(0))


def share_of_months(benefit, month_bits):
    """Return the share of the observed months that are set on any account."""
    months = sql.bit_count(sql.bit_or(of_benefit(benefit, month_bits)))
    return sql.coalesce(months, sql.lit(0)) / MONTHS


def days_since(benefit, column, as_of, start):
    """Return the days since the last date; without activity, the length of the window."""
    last = sql.max(of_benefit(benefit, column))
    return sql.date_diff(as_of, sql.coalesce(last, start))


def months_before(column, as_of):
    """Return how many whole months lie between the dates of a column and `as_of`."""
    date = sql.col(column)
    months = (sql.year(as_of) - sql.year(date)) * 12 + sql.month(as_of) - sql.month(date)
    return months - (sql.day(date) > sql.day(as_of)).cast("int")


def add_points(features, names):
    """Return the features with the column `points`: filled, scaled, as few components.

    MLlib keeps a number of components, not a share of the variance. So all are computed, and those
    that reach the share are kept.
    """
    filled = [f"{name}_filled" for name in names]
    pipeline = Pipeline(
        stages=[
            Imputer(strategy="median", inputCols=names, outputCols=filled),
            VectorAssembler(inputCols=filled, outputCol="raw_values"),
            StandardScaler(withMean=True, inputCol="raw_values", outputCol="scaled"),
            PCA(k=len(names), inputCol="scaled", outputCol="components"),
        ]
    ).fit(features)
    shares = pipeline.stages[-1].explainedVariance.toArray().cumsum()
    kept = int((shares < VARIANCE_KEPT).sum()) + 1
    slicer = VectorSlicer(inputCol="components", outputCol="points", indices=list(range(kept)))
    return slicer.transform(pipeline.transform(features)).select("customer_id", *names, "points")


def total_sum_of_squares(points):
    """Return the WCSS of a single segment, which MLlib does not fit."""
    summary = Summarizer.metrics("count", "variance").summary(sql.col("points"))
    count, variance = points.select(summary.alias("of")).select("of.count", "of.variance").first()
    return float((count - 1) * variance.toArray().sum())


def profile_segments(segmented, names):
    """Return one row per segment and feature: customers, mean, median, share not zero."""
    wide = segmented.groupBy("segment_id").agg(
        sql.count("*").alias("customers"),
        *(
            sql.struct(
                sql.mean(name).alias("mean"),
                sql.percentile_approx(name, 0.5).alias("median"),
                sql.mean((sql.col(name) != 0).cast("double")).alias("share_non_zero"),
            ).alias(name)
            for name in names
        ),
    )
    long = wide.unpivot(["segment_id", "customers"], names, "feature", "statistics")
    return long.select("segment_id", "feature", "customers", "statistics.*")


def main():
    """Write the segments and their profiles."""
    arguments = parse_arguments(__doc__)
    stages = Stages()

    with stages.stage("start"):
        spark = start_spark()

    with stages.stage("features"):
        features = make_features(spark, arguments.raw)
        names = [name for name in features.columns if name != "customer_id"]
        features = features.select("customer_id", *(sql.col(name).cast("double") for name in names))
        features.cache().count()

    with stages.stage("components"):
        customers = add_points(features, names).cache()
        customers.count()
        features.unpersist()

    with stages.stage("curve"):
        wcss, models = {1: total_sum_of_squares(customers)}, {}
        for count in SEGMENT_COUNTS[1:]:
            fits = [
                KMeans(featuresCol="points", k=count, seed=SEED + start).fit(customers)
                for start in range(STARTS)
            ]
            models[count] = min(fits, key=lambda fit: fit.summary.trainingCost)
            wcss[count] = models[count].summary.trainingCost
        segment_count = choose_segment_count(wcss, arguments.segment_count)
        write_curve(arguments.output, wcss, segment_count)

    with stages.stage("segments"):
        model = models[segment_count].setPredictionCol("segment_id")
        segmented = model.transform(customers)
        segments = segmented.select("customer_id", "segment_id")
        segments.write.mode("overwrite").parquet(str(arguments.output / "segments.parquet"))

    with stages.stage("profiles"):
        profiles = profile_segments(segmented, names)
        profiles.write.mode("overwrite").parquet(str(arguments.output / "profiles.parquet"))

    stages.write(arguments.output)
    spark.stop()


if __name__ == "__main__":
    main()
