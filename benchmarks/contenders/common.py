"""What all contenders share: arguments, timings and the form of the answer.

A contender is run as

    python benchmarks/contenders/<name>.py --raw DIR --output DIR [--segment-count N]

It reads the four raw Parquet files from DIR and writes into the output folder

    segments.parquet   customer_id (text) and segment_id (from 0), a row per customer
    profiles.parquet   segment_id, feature, customers, mean, median and share_non_zero
                       of the known values, a row per segment and feature
    curve.json         {"wcss": {"1": ..., "10": ...}, "segment_count": ...}
    stages.json        seconds of wall time per stage

Its exit code is not 0 when it fails.
"""

import argparse
import json
import time
from contextlib import contextmanager
from pathlib import Path

from kneed import KneeLocator

SEGMENT_COUNTS = range(1, 11)
RESTARTS = 10
SEED = 42
VARIANCE_KEPT = 0.8
MONTHS = 12  # over which activity is counted
CARD_FEATURES = {
    "BALANCE": "credit_card_balance",
    "BALANCE_FREQUENCY": "credit_card_balance_frequency",
    "PURCHASES": "credit_card_purchases",
    "ONEOFF_PURCHASES": "credit_card_one_off_purchases",
    "INSTALLMENTS_PURCHASES": "credit_card_installment_purchases",
    "CASH_ADVANCE": "credit_card_cash_advances",
    "PURCHASES_FREQUENCY": "credit_card_purchase_frequency",
    "ONEOFF_PURCHASES_FREQUENCY": "credit_card_one_off_purchase_frequency",
    "PURCHASES_INSTALLMENTS_FREQUENCY": "credit_card_installment_purchase_frequency",
    "CASH_ADVANCE_FREQUENCY": "credit_card_cash_advance_frequency",
    "CASH_ADVANCE_TRX": "credit_card_cash_advance_transactions",
    "PURCHASES_TRX": "credit_card_purchase_transactions",
    "CREDIT_LIMIT": "credit_card_limit",
    "PAYMENTS": "credit_card_payments",
    "MINIMUM_PAYMENTS": "credit_card_minimum_payments",
    "PRC_FULL_PAYMENT": "credit_card_full_payment_share",
    "TENURE": "credit_card_tenure_months",
}


def parse_arguments(description):
    """Return the arguments; the output folder exists afterwards."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--raw", type=Path, required=True, help="folder of the raw files")
    parser.add_argument("--output", type=Path, required=True, help="folder of the answer")
    parser.add_argument(
        "--segment-count",
        type=int,
        choices=SEGMENT_COUNTS,
        help="number of segments; default: the knee of the WCSS curve",
    )
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    return arguments


def choose_segment_count(wcss, wished):
    """Return the requested number of segments, or the knee of the WCSS curve.

    `wcss` gives the within-cluster sum of squares per number of segments. A curve
    without a knee means one segment.
    """
    if wished:
        return wished
    curve = KneeLocator(list(wcss), list(wcss.values()), curve="convex", direction="decreasing")
    return int(curve.knee or 1)


def write_curve(output, wcss, segment_count):
    """Write the WCSS per number of segments, and the number chosen, to curve.json."""
    curve = {"wcss": wcss, "segment_count": segment_count}
    (output / "curve.json").write_text(json.dumps(curve, indent=2) + "\n")


class Stages:
    """Wall time per stage, written to stages.json when the last stage is over."""

    def __init__(self):
        self.seconds = {}

    @contextmanager
    def stage(self, name):
        """Time the block under `name` and print the time."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
        print(f"{name}: {self.seconds[name]:.1f} s", flush=True)

    def write(self, output):
        """Write the seconds to stages.json."""
        (output / "stages.json").write_text(json.dumps(self.seconds, indent=2) + "\n")
