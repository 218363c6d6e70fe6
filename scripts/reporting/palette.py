"""One colour per segment, the same in every chart."""

# Okabe and Ito's colours without black, which is for text, and two of Paul Tol's. Simulated for
# protanopia and deuteranopia, all pairs stay at least 17 apart (CIE 1976), as do those of the
# eight alone. Yellow comes last, since it is pale on white.
COLOURS = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # green
    "#D55E00",  # vermilion
    "#CC79A7",  # purple
    "#56B4E9",  # sky blue
    "#332288",  # indigo
    "#661100",  # wine
    "#4D4D4D",  # grey
    "#F0E442",  # yellow
)

INK = "#1B1F24"
QUIET = "#57606A"
RULE = "#D0D7DE"
ACCENT = "#0B3C5D"

# Index below and above average: two hues that no kind of colour vision confuses, light enough
# for dark numbers on them.
BELOW, AVERAGE, ABOVE = "#B2ABD2", "#FFFFFF", "#FDB863"


def segment_colours(segment_ids: list[int]) -> dict[int, str]:
    """Return a colour for each segment.

    A segment has the colour of its number, which it keeps when the model is fitted again. If two
    numbers differ by ten, the later one takes the next free colour.
    """
    colours, free = {}, []
    for segment_id in sorted(segment_ids):
        free = free or list(COLOURS)
        wished = COLOURS[(segment_id - 1) % len(COLOURS)]
        colours[segment_id] = wished if wished in free else free[0]
        free.remove(colours[segment_id])
    return colours


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def text_on(colour: str) -> str:
    """Return the text colour that is easiest to read on a colour: white or ink."""
    on_white = 1.05 / (luminance(colour) + 0.05)
    on_ink = (luminance(colour) + 0.05) / (luminance(INK) + 0.05)
    return "#FFFFFF" if on_white > on_ink else INK
