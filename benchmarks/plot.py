"""Draw time and peak memory of the whole job against the number of customers.

python benchmarks/plot.py benchmarks/results/full.json
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter

from report import CONTENDERS, GIBIBYTE, SIZES, Results, job

# Okabe and Ito's colours, and the markers, differ for every kind of colour vision.
STYLES = {
    "notebook": ("#D55E00", "s"),
    "polars_sklearn": ("#E69F00", "D"),
    "spark_mllib": ("#CC79A7", "^"),
    "ours_build": ("#0072B2", "o"),
    "ours_run": ("#56B4E9", "v"),
}
PANELS = {
    "seconds": ("Time of the whole job", "seconds, wall clock", 1),
    "peak_bytes": ("Peak memory of the whole job", "GiB, all processes", GIBIBYTE),
}


def draw(results: Results, axes, field: str) -> None:
    """Draw one line per contender; an arrow upwards marks a lower bound."""
    title, unit, divisor = PANELS[field]
    for contender, label in CONTENDERS.items():
        colour, marker = STYLES[contender]
        estimates = {size: results.estimate(job(contender, size, field)) for size in results.sizes}
        known = {size: estimate for size, estimate in estimates.items() if estimate}
        values = {size: estimate.value / divisor for size, estimate in known.items()}
        exact = {size: values[size] for size in values if not known[size].bound}
        look = {"color": colour, "marker": marker}
        axes.plot(list(values), list(values.values()), **look, linestyle=":", fillstyle="none")
        axes.plot(list(exact), list(exact.values()), **look, label=label.replace("`", ""))
        for size in values.keys() - exact.keys():
            axes.annotate(
                "",
                xy=(size, values[size] * 1.7),
                xytext=(size, values[size]),
                arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2},
            )
    axes.set(title=title, xlabel="customers", ylabel=unit, xscale="log", yscale="log")
    axes.set_xticks(results.sizes, [SIZES[size] for size in results.sizes])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.margins(y=0.12)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Write the picture beside the JSON file of a run."""
    file = Path(sys.argv[1])
    results = Results(json.loads(file.read_text()))
    # The same measurements give the same file.
    plt.rcParams |= {"svg.hashsalt": "benchmark", "font.size": 10}
    figure, panels = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for axes, field in zip(panels, PANELS, strict=True):
        draw(results, axes, field)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    figure.suptitle("Raw Parquet to a segment for every customer (an arrow: at least)")
    figure.savefig(file.with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
