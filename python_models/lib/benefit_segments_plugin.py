"""dbt-duckdb plugin: prepares the process before DuckDB opens the warehouse file.

- DuckDB creates a missing database file but not a missing folder, so a first build with
  `WAREHOUSE_PATH=new/folder/file.duckdb` would fail with a bare "cannot open file".
- dbt-duckdb appends `module_paths` to the places where Python looks for modules. Here the folder of
  this file becomes the first one, so that the Python models import the package `benefit_segments`
  beside it, also when there is one of the same name in the working directory or on PYTHONPATH.
"""

import sys
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

LIBRARY = str(Path(__file__).parent)


class Plugin(BasePlugin):
    """Named in profiles.yml under `plugins`; dbt-duckdb looks for this class name."""

    def initialize(self, plugin_config: dict) -> None:
        """Put our modules first; create the parent folders of `path`, unless it is in memory."""
        if sys.path[0] != LIBRARY:
            sys.path.insert(0, LIBRARY)
        if self.creds.path == ":memory:":
            return
        path = Path(self.creds.path)
        # DuckDB keeps these two names for itself.
        if path.stem.lower() in ("temp", "system"):
            raise DbtRuntimeError(
                f"WAREHOUSE_PATH names the database {path.stem}, which is also the name of a"
                " database of DuckDB. Give the file another name."
            )
        if {"'", '"'} & set(path.stem):
            raise DbtRuntimeError(
                f"WAREHOUSE_PATH names the database {path.stem}, which dbt-duckdb cannot quote."
                " Give the file a name without quotation marks. Its folders may have them."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
