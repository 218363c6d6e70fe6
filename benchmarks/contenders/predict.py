"""Scoring alone: scikit-learn's pipeline gives every customer a segment.

    python benchmarks/contenders/predict.py --features customer_features.parquet \
        --output DIR --segment-count 5

reads the product's customer_features, one row per customer, and writes segments.parquet.
The model is fitted beforehand, on the first rows of the file. In stages.json "fit" is
not part of scoring; "score" is: read, fill, scale, rotate, find the nearest centroid and
write, in batches that keep memory small, in float32.
"""

import argparse
from pathlib import Path

import numpy as np
import pyarrow as arrow
from common import SEED, VARIANCE_KEPT, Stages
from pyarrow import parquet
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROWS_PER_BATCH = 100_000


def read_batches(file):
    """Yield the customer_ids of a batch and its features, customers x features, float32."""
    for batch in parquet.ParquetFile(file).iter_batches(ROWS_PER_BATCH):
        features = batch.drop_columns("customer_id").columns
        features = [column.to_numpy(zero_copy_only=False) for column in features]
        yield batch["customer_id"], np.array(features, dtype=np.float32).T


def main():
    """Read the arguments, fit, score and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--features", type=Path, required=True, help="customer_features, Parquet")
    parser.add_argument("--output", type=Path, required=True, help="folder of the answer")
    parser.add_argument("--segment-count", type=int, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    stages = Stages()

    with stages.stage("fit"):
        _, sample = next(read_batches(arguments.features))
        model = make_pipeline(
            SimpleImputer(strategy="median"),
            StandardScaler(),
            PCA(VARIANCE_KEPT, random_state=SEED),
            KMeans(arguments.segment_count, n_init=1, random_state=SEED),
        ).fit(sample)

    with stages.stage("score"):
        schema = arrow.schema({"customer_id": arrow.string(), "segment_id": arrow.int32()})
        with parquet.ParquetWriter(arguments.output / "segments.parquet", schema) as segments:
            for customer_ids, features in read_batches(arguments.features):
                labels = model.predict(features)
                segments.write(arrow.table([customer_ids, labels], schema=schema))

    stages.write(arguments.output)


if __name__ == "__main__":
    main()
