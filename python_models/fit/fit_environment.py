import platform
from importlib.metadata import version

import pandas as pd


def model(dbt, session):
    return pd.DataFrame(
        {
            "python_version": [platform.python_version()],
            "numpy_version": [version("numpy")],
            "scikit_learn_version": [version("scikit-learn")],
        }
    )
