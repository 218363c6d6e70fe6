"""dbt-duckdb plugin: create the folder of the warehouse file before DuckDB opens it.

DuckDB creates a missing database file but not a missing folder, so a first build with
`WAREHOUSE_PATH=new/folder/file.duckdb` would fail with a bare "cannot open file".
"""

from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError


class Plugin(BasePlugin):
    """Named in profiles.yml under `plugins`; dbt-duckdb looks for this class name."""

    def initialize(self, plugin_config: dict) -> None:
        """Create the parent folders of `path`, unless the database is in memory."""
        if self.creds.path == ":memory:":
            return
        path = Path(self.creds.path)
        # DuckDB keeps these two names for itself.
        if path.stem.lower() in ("temp", "system"):
            raise DbtRuntimeError(
                f"WAREHOUSE_PATH names the database {path.stem}, which is also the name of a"
                " database of DuckDB. Give the file another name."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
