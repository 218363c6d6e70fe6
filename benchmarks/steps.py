"""Read from dbt's records how long the steps of its last run took."""

import json
from datetime import datetime
from pathlib import Path


def seconds_of_steps(target: Path) -> dict[str, float]:
    """Return the seconds of features, fit and scoring from dbt's target folder.

    features  from the first hook, over the reading of the inputs, to the end of
              customer_features; whatever runs in between counts
    fit       while at least one of the models fit_* is under way
    scoring   the model that writes the nearest segment of every customer
    """
    results = json.loads((target / "run_results.json").read_text())["results"]
    manifest = json.loads((target / "manifest.json").read_text())
    periods = {result["unique_id"]: period(result["timing"]) for result in results}
    models = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }

    def unique_id(model: str) -> str:
        return models[model]["unique_id"]

    hooks = {name for name in periods if "-on-run-start-" in name}
    made_of = hooks | ancestors(unique_id("customer_features"), manifest["parent_map"])
    python = {unique_id(name) for name in models if name.startswith("fit_")}
    return {
        "features": span([periods[name] for name in made_of & periods.keys()]),
        "fit": covered([periods[name] for name in python & periods.keys()]),
        "scoring": span([periods[unique_id("int_customer_assignments")]]),
    }


def period(timing: list[dict]) -> tuple[datetime, datetime]:
    """Return when dbt began to compile a node and when it finished executing it."""
    compiled, executed = timing
    return (
        datetime.fromisoformat(compiled["started_at"]),
        datetime.fromisoformat(executed["completed_at"]),
    )


def ancestors(node: str, parents: dict[str, list[str]]) -> set[str]:
    """Return a node and all its ancestors."""
    found, waiting = set(), [node]
    while waiting:
        found.add(name := waiting.pop())
        waiting += [parent for parent in parents[name] if parent not in found]
    return found


def span(periods: list[tuple]) -> float:
    """Return the seconds from the first start to the last end."""
    return (max(end for _, end in periods) - min(start for start, _ in periods)).total_seconds()


def covered(periods: list[tuple]) -> float:
    """Return the seconds in which at least one of the periods was under way."""
    total, latest = 0.0, min(start for start, _ in periods)
    for start, end in sorted(periods):
        if end > latest:
            total += (end - max(start, latest)).total_seconds()
            latest = end
    return total
