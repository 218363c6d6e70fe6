"""Write the table of vars in docs/settings.md from their declarations and defaults."""

import itertools
import json
from pathlib import Path

import jinja2
import yaml

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "settings.md"
START, END = "<!-- vars, written by `make settings` -->\n", "<!-- end of vars -->\n"


def declared_vars() -> dict[str, dict]:
    """Return the entry of every var in _build_info.yml, by name."""
    described = yaml.safe_load((PROJECT / "models/marts/_build_info.yml").read_text())
    columns = {column["name"]: column for column in described["models"][0]["columns"]}
    return columns["vars"]["config"]["meta"]


def default_vars() -> dict[str, object]:
    """Return the value of every var in dbt_project.yml, by name."""
    return yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]


def describe_vars() -> str:
    """Return a heading per group of vars, each with a table of its vars."""
    macro = (PROJECT / "macros/settings/allowed_values.sql").read_text()
    allowed_values = jinja2.Environment().from_string(macro).module.allowed_values
    defaults = default_vars()
    lines = []
    groups = itertools.groupby(declared_vars().items(), lambda entry: entry[1]["group"])
    for group, entries in groups:
        lines += [
            "",
            f"### {group}",
            "",
            "| var | default | values | meaning |",
            "|---|---|---|---|",
        ]
        for name, declared in entries:
            default = defaults[name]
            shown = default if isinstance(default, str) and default else json.dumps(default)
            cells = name, f"`{shown}`", allowed_values(declared), declared["meaning"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", ""])


def write_settings(page: str) -> str:
    """Return the page with the current description of the vars between its two marks."""
    before, described = page.split(START)
    _, after = described.split(END)
    return before + START + describe_vars() + END + after


if __name__ == "__main__":
    PAGE.write_text(write_settings(PAGE.read_text()))
