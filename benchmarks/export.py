"""Write the inputs of the fit alone and the scoring alone, from a warehouse that dbt built.

Run with the product's environment. Writes into the folder --output

    points.npy                 the training sample, scaled and projected, customers x components
    customer_features.parquet  the clustering features of all customers
"""

import argparse
import sys
from pathlib import Path

import duckdb
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python_models" / "lib"))
from benefit_segments.feature_scalers import scale_features
from benefit_segments.principal_components import project


def main() -> None:
    """Read the arguments and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(arguments.warehouse), read_only=True) as connection:
        sample, scalers, components = (
            connection.execute(query).df()
            for query in (
                "from features.training_sample order by customer_id",
                "from marts.feature_scalers order by feature",
                "from marts.component_weights order by component, feature",
            )
        )
        points = project(scale_features(sample, scalers), components)
        np.save(arguments.output / "points.npy", points)
        clustering = "select feature from features.feature_catalog where role = 'clustering'"
        features = connection.execute(f"{clustering} order by position").fetchall()
        columns = ", ".join(["customer_id", *(feature for (feature,) in features)])
        connection.execute(f"""
            copy (select {columns} from features.customer_features)
            to '{arguments.output}/customer_features.parquet'
        """)


if __name__ == "__main__":
    main()
