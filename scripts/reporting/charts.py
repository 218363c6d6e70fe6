"""Charts as SVG, drawn by Altair and vl-convert.

Each function draws one chart at a width in pixels. A page shows the wide one on desktops and paper
and the narrow one on phones, so that text has the same size on both. Bars and cells have explicit
positions: so a chart has the requested width with any names, and needs no room for axes.
"""

import io
import math
import textwrap

import altair as alt

from reporting import palette, words
from reporting.facts import Row

WIDE, NARROW = 760, 328
SIZE, SMALL = 13, 12

# Features per benefit on the heatmap, and its maximum of lines if there are many benefits.
FEATURES_PER_BENEFIT, LINES = 6, 30

# The scale of the heatmap ends at a quarter and at four times the average.
CAP = 2


def to_svg(chart: alt.LayerChart | alt.Chart) -> str:
    """Return a chart as SVG; the page describes in words what it shows."""
    chart = (
        chart.configure(font="Liberation Sans", background="white", padding=0)
        .configure_view(stroke=None)
        .configure_mark(aria=False)
        .configure_text(color=palette.INK, fontSize=SIZE)
        .configure_axis(
            aria=False,
            domainColor=palette.QUIET,
            gridColor="#EAEEF2",
            labelColor=palette.INK,
            labelFontSize=SMALL,
            tickColor=palette.QUIET,
            titleColor=palette.INK,
            titleFontSize=SIZE,
            titleFontWeight="normal",
            titlePadding=10,
        )
    )
    svg = io.StringIO()
    chart.save(svg, format="svg")
    return svg.getvalue()


def marks(rows: list[Row]) -> alt.Chart:
    """Return a chart of rows whose positions are pixels."""
    chart = alt.Chart(alt.Data(values=rows))
    return chart.encode(
        x=alt.X("x:Q", scale=None, axis=None), y=alt.Y("y:Q", scale=None, axis=None)
    )


def texts(rows: list[Row], **look) -> alt.Chart:
    """Write the text of each row at its place."""
    return (
        marks(rows)
        .mark_text(**{"align": "left", "baseline": "middle"} | look)
        .encode(text="text:N")
    )


def bars(rows: list[Row], **look) -> alt.Chart:
    """Draw a box in the colour of each row."""
    return (
        marks(rows)
        .mark_rect(**look)
        .encode(x2="x2:Q", y2="y2:Q", color=alt.Color("color:N", scale=None))
    )


def lines(rows: list[Row], **look) -> alt.Chart:
    """Draw a line from corner to corner of each row."""
    return marks(rows).mark_rule(**look).encode(x2="x2:Q", y2="y2:Q")


def numbered(row: Row) -> str:
    """Return the number and the name of a segment."""
    return f"{row['segment_id']}  {row['segment_name']}"


def draw_curve(counts: list[Row], width: int) -> str | None:
    """Draw the share of the WCSS that is left by number of segments; None if nothing is left."""
    rows = [row for row in counts if row["remaining_share"] is not None]
    if len(rows) < 2:
        return None
    chosen = [row for row in rows if row["is_chosen"]]
    across = alt.X(
        "segment_count:O", title="Number of segments", axis=alt.Axis(labelAngle=0, grid=False)
    )
    down = alt.Y(
        "remaining_share:Q",
        title="Differences left within segments",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", tickCount=5, domain=False, ticks=False),
    )
    curve = alt.Chart(alt.Data(values=rows)).encode(x=across, y=down)
    point = alt.Chart(alt.Data(values=chosen)).encode(x=across, y=down)
    label = chosen[0]["segment_count_in_words"]
    is_last = rows.index(chosen[0]) > 0.7 * len(rows)
    chart = alt.layer(
        curve.mark_line(color=palette.QUIET, strokeWidth=2),
        curve.mark_point(color=palette.QUIET, filled=True, size=50, opacity=1),
        point.mark_rule(color=palette.ACCENT, strokeDash=[4, 4]).encode(y2=alt.datum(0)),
        point.mark_point(color=palette.ACCENT, filled=True, size=200, opacity=1),
        point.mark_text(
            align="right" if is_last else "left",
            dx=12 if is_last else 10,
            dy=-18,
            fontSize=SIZE + 2,
            fontWeight="bold",
            color=palette.ACCENT,
            text=label,
        ),
    )
    fit = alt.AutoSizeParams(type="fit", contains="padding")
    return to_svg(chart.properties(width=width, height=300, autosize=fit))


def draw_sizes(segments: list[Row], colours: dict[int, str], width: int) -> str:
    """Draw the share of the customers and, where known, of the business volume."""
    measures = [("customer_share", "of customers", 1.0)]
    if all(row["balance_share"] is not None for row in segments):
        measures.append(("balance_share", "of business volume", 0.45))
    longest = max(row[measure] for row in segments for measure, _, _ in measures)
    scale = (width - 190) / longest
    bar, top = 18, 0
    names, boxes, values = [], [], []
    for row in segments:
        for line in textwrap.wrap(numbered(row), int(width / 7)):
            names.append({"x": 0, "y": top + 9, "text": line})
            top += 18
        for place, (measure, what, opacity) in enumerate(measures):
            y, end = top + 2 + 20 * place, row[measure] * scale
            colour = colours[row["segment_id"]]
            boxes.append(
                {"x": 0, "x2": end, "y": y, "y2": y + bar} | {"color": colour, "o": opacity}
            )
            text = f"{row[f'{measure}_in_words']} {what}"
            values.append({"x": end + 8, "y": y + bar / 2, "text": text})
        top += 20 * len(measures) + 16
    chart = alt.layer(
        texts(names, fontWeight="bold"),
        bars(boxes).encode(opacity=alt.Opacity("o:Q", scale=None)),
        texts(values),
    )
    return to_svg(chart.properties(width=width, height=top - 16))


def choose_features(features: list[Row]) -> list[Row]:
    """Return the features of each benefit that differ most, in each segment."""
    telling = [row for row in features if row["is_telling"]]
    groups = {(row["role"], row["benefit"]) for row in telling}
    most = max(1, min(FEATURES_PER_BENEFIT, LINES // max(1, len(groups))))
    return [row for row in telling if row["rank_in_benefit"] <= most]


def group_name(row: Row) -> str:
    """Return the heading of a feature."""
    return "Not read by the model" if row["role"] == "profiling" else words.benefit(row["benefit"])


def draw_heatmap(
    features: list[Row], segments: list[Row], colours: dict[int, str], width: int
) -> str | None:
    """Draw the index of each feature in each segment; None if there is nothing to compare.

    On a narrow chart the label of a feature is above its cells instead of beside them.
    """
    if not features or len(segments) < 2:
        return None
    narrow = width < WIDE
    left = 0 if narrow else 290
    cell = min((width - left) / len(segments), 110)
    places = {row["segment_id"]: left + cell * number for number, row in enumerate(segments)}
    # Names that do not fit are in the legend of the page.
    letters = int(cell / 6.5)
    wrapped = {
        row["segment_id"]: textwrap.wrap(row["segment_name"], letters, break_long_words=False)
        for row in segments
    }
    fits = all(
        len(parts) <= 3 and all(len(part) <= letters for part in parts)
        for parts in wrapped.values()
    )
    heads, names, bands = [], [], []
    depth = 1
    for row in segments:
        x = places[row["segment_id"]]
        bands.append({"x": x + 1, "x2": x + cell - 1, "y": 0, "y2": 6})
        bands[-1]["color"] = colours[row["segment_id"]]
        heads.append({"x": x + cell / 2, "y": 18, "text": str(row["segment_id"])})
        for number, line in enumerate(wrapped[row["segment_id"]] if fits else []):
            names.append({"x": x + cell / 2, "y": 34 + 15 * number, "text": line})
            depth = max(depth, number + 2)
    y = 18 + 15 * depth
    groups, labels, boxes, numbers, group = [], [], [], [], None
    for row in features:
        if row["segment_id"] == segments[0]["segment_id"]:
            if group_name(row) != group:
                group = group_name(row)
                groups.append({"x": 0, "y": y + 16, "text": group})
                y += 28
            labels.append({"x": 0, "y": y + (14 if narrow else 12)})
            labels[-1]["text"] = words.sentence(row["label"])
            y += 22 if narrow else 0
            y += 24
        x, index = places[row["segment_id"]], row["index_vs_average"]
        level = None if index is None else math.log2(index / 100) if index > 0 else -CAP
        boxes.append({"x": x + 1, "x2": x + cell - 1, "y": y - 23, "y2": y - 1})
        boxes[-1]["level"] = 0 if level is None else max(-CAP, min(CAP, level))
        numbers.append({"x": x + cell / 2, "y": y - 11.5, "text": row["index_in_words"]})
    shade = alt.Scale(
        domain=[-CAP, 0, CAP],
        range=[palette.BELOW, palette.AVERAGE, palette.ABOVE],
        clamp=True,
        interpolate="rgb",
    )
    middle = {"align": "center"}
    size = SMALL if cell >= 40 else 10
    chart = alt.layer(
        bars(bands),
        texts(heads, fontWeight="bold", **middle),
        *([texts(names, fontSize=SMALL, **middle)] if names else []),
        texts(groups, fontWeight="bold"),
        texts(labels, limit=width if narrow else left - 16),
        marks(boxes)
        .mark_rect(stroke="#EAEEF2", strokeWidth=1)
        .encode(x2="x2:Q", y2="y2:Q", fill=alt.Fill("level:Q", scale=shade, legend=None)),
        texts(numbers, fontSize=size, **middle),
    )
    return to_svg(chart.properties(width=width, height=y + 2))


def draw_penetration(benefits: list[Row], colours: dict[int, str], width: int) -> str | None:
    """Draw the penetration of each benefit; None if nobody is known to hold any."""
    benefits = [row for row in benefits if row["all_holders"]]
    if not benefits:
        return None
    columns, gap = (1, 0) if width < WIDE else (2, 32)
    panel = (width - gap * (columns - 1)) / columns
    named = list(dict.fromkeys(row["benefit"] for row in benefits))
    members = {name: [row for row in benefits if row["benefit"] == name] for name in named}
    left, bar, step = 132, 16, 22
    scale = panel - left - 54
    depth = 40 + step * len(members[named[0]]) + 16
    titles, averages, names, boxes, values, rules = [], [], [], [], [], []
    for number, name in enumerate(named):
        x, y = (panel + gap) * (number % columns), depth * (number // columns)
        first = members[name][0]
        mark = x + left + first["average_penetration"] * scale
        titles.append({"x": x, "y": y + 9, "text": words.benefit(name)})
        averages.append({"x": x + panel, "y": y + 9})
        averages[-1]["text"] = f"all customers {first['average_penetration_in_words']}"
        rules.append({"x": mark, "x2": mark, "y": y + 24, "y2": y + depth - 18})
        for place, row in enumerate(members[name]):
            top, end = y + 28 + step * place, x + left + row["penetration"] * scale
            names.append({"x": x, "y": top + bar / 2, "text": numbered(row)})
            boxes.append({"x": x + left, "x2": end, "y": top, "y2": top + bar})
            boxes[-1]["color"] = colours[row["segment_id"]]
            values.append({"x": end + 6, "y": top + bar / 2, "text": row["penetration_in_words"]})
    chart = alt.layer(
        texts(titles, fontWeight="bold", fontSize=SIZE + 1),
        texts(averages, align="right", fontSize=SMALL),
        texts(names, limit=left - 8, fontSize=SMALL),
        lines(rules, color=palette.INK, opacity=0.5),
        bars(boxes),
        # Keeps numbers readable on the line.
        texts(values, fontSize=SMALL, stroke="#FFFFFF", strokeWidth=5, strokeJoin="round"),
        texts(values, fontSize=SMALL),
    )
    height = depth * math.ceil(len(named) / columns) - 16
    return to_svg(chart.properties(width=width, height=height))


def share_of_component(components: list[Row], number: int) -> str:
    """Return the title of an axis of the map."""
    share = next(
        row["explained_variance_ratio_in_words"] for row in components if row["component"] == number
    )
    return f"Component {number} ({share} of all differences)"


def draw_map(
    points: list[Row],
    centroids: list[Row],
    components: list[Row],
    colours: dict[int, str],
    width: int,
) -> str | None:
    """Draw customers on the first two components; None if all have the same position.

    A unit is as long on both axes, so distances can be compared by eye. With a single component,
    each segment has a line.
    """
    if len({(row["component_1"], row["component_2"]) for row in points}) < 2:
        return None
    is_flat = any(row["component_2"] is not None for row in points)
    # No customer ids here, and no more digits than the eye can use.
    customers = [
        {
            "x": round(row["component_1"], 2),
            "y": round(row["component_2"], 2) if is_flat else row["segment_id"],
            "color": colours[row["segment_id"]],
        }
        for row in points
    ]
    centres = [
        {
            "x": row["component_1"],
            "y": row["component_2"] if is_flat else row["segment_id"],
            "color": colours[row["segment_id"]],
            "text": str(row["segment_id"]),
        }
        for row in centroids
    ]
    plot = width - 56
    height = plot * 0.62 if width >= WIDE else plot
    everyone = customers + centres
    ends = {
        axis: (min(row[axis] for row in everyone), max(row[axis] for row in everyone))
        for axis in ("x", "y")
    }
    # Pixels per unit, with a margin of a twentieth.
    unit = 0.95 * min(
        plot / ((ends["x"][1] - ends["x"][0]) or 1), height / ((ends["y"][1] - ends["y"][0]) or 1)
    )

    def domain(axis: str, pixels: float) -> list[float]:
        middle = sum(ends[axis]) / 2
        return [middle - pixels / unit / 2, middle + pixels / unit / 2]

    quiet = {"tickCount": 6, "domain": False, "ticks": False}
    if is_flat:
        across = alt.Scale(domain=domain("x", plot), nice=False)
        down = alt.Y(
            "y:Q",
            title=share_of_component(components, 2),
            scale=alt.Scale(domain=domain("y", height), nice=False),
            axis=alt.Axis(**quiet),
        )
    else:
        height = 44 * len(centroids)
        across = alt.Scale(nice=False, zero=False)
        down = alt.Y("y:O", title="Segment", axis=alt.Axis(**quiet))
    across = alt.X(
        "x:Q", title=share_of_component(components, 1), scale=across, axis=alt.Axis(**quiet)
    )
    colour = alt.Color("color:N", scale=None)
    cloud = alt.Chart(alt.Data(values=customers)).encode(x=across, y=down, color=colour)
    centre = alt.Chart(alt.Data(values=centres)).encode(x=across, y=down)
    chart = alt.layer(
        cloud.mark_circle(size=22, opacity=0.5),
        centre.mark_circle(size=460, opacity=1, fill="#FFFFFF", strokeWidth=3).encode(
            stroke=alt.Stroke("color:N", scale=None)
        ),
        centre.mark_text(fontWeight="bold").encode(text="text:N"),
    )
    return to_svg(chart.properties(width=plot, height=height))
