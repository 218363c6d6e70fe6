"""One sentence per figure about what it shows, written from its rows."""

import math

from reporting import words
from reporting.facts import Facts, Row

# The sentence mentions a segment whose share of the volume is this many times its share of
# customers.
NOTABLE_VOLUME = 1.5

# More names than this do not fit into one sentence.
NAMES_IN_ANSWER = 6

VERDICTS = {
    "natural": "they lie apart and are found again in other samples of the customers",
    "reproducible": "they are found again in other samples of the customers, but without gaps"
    " between them",
    "constructive": "another sample of the customers would be divided differently, so they are our"
    " own division of a crowd",
}


def benefits_asked(facts: Facts) -> list[str]:
    """Return the benefits that the features describe, in words."""
    rows = [row for row in facts["features"] if row["role"] == "clustering"]
    # When nobody is known to use any benefit, name all of them.
    rows = [row for row in rows if row["is_telling"]] or rows
    names = {row["benefit"] for row in rows} - {"all"}
    return [words.benefit(name) for name in sorted(names)]


def what_sizes_show(facts: Facts) -> str:
    """Name the largest and the smallest segment, and the one that holds most for its size."""
    segments = facts["segments"]
    if len(segments) == 1:
        return "One segment is everybody."
    by_size = sorted(segments, key=lambda row: (-row["customers"], row["segment_id"]))
    largest, smallest = by_size[0], by_size[-1]
    said = (
        f"{words.quoted(largest['segment_name'])} is the largest segment with"
        f" {largest['customer_share_in_words']} of the customers,"
        f" {words.quoted(smallest['segment_name'])} the smallest with"
        f" {smallest['customer_share_in_words']}"
    )
    if largest["customers"] == smallest["customers"]:
        share = largest["customer_share_in_words"]
        said = f"The segments are equally large, with {share} of the customers each"
    richest = max(
        segments, key=lambda row: (row["balance_share"] or 0) / (row["customer_share"] or 1)
    )
    if (richest["balance_share"] or 0) < NOTABLE_VOLUME * richest["customer_share"]:
        return said + "."
    who, share = words.quoted(richest["segment_name"]), richest["balance_share_in_words"]
    return f"{said}; {who} alone stands for {share} of the business volume."


def what_the_curve_shows(facts: Facts) -> str:
    """Give the reason of the choice."""
    return next(row["reason"] for row in facts["segment_counts"] if row["is_chosen"])


def what_one_more_would_give(facts: Facts) -> str | None:
    """Tell how much the chosen number explains and what the next one would add."""
    counts = facts["segment_counts"]
    place = next(number for number, row in enumerate(counts) if row["is_chosen"])
    chosen = counts[place]
    if chosen["explained_share"] is None or len(facts["segments"]) == 1:
        return None
    said = f"{chosen['explained_share_in_words']} of these differences lie between the segments"
    if place + 1 == len(counts):
        return said + "; more segments were not tried."
    more = chosen["percentage_points_of_one_more"]
    return f"{said}; one segment more would add {more} percentage points."


def what_the_heatmap_shows(facts: Facts) -> str:
    """Name the clearest difference of all."""
    # No number of standard deviations is as clear as no overlap.
    clearness = {
        number: math.inf if row["is_beyond_measure"] else abs(row["smd_vs_rest"])
        for number, row in enumerate(facts["features"])
        if row["role"] == "clustering"
        and row["average"] is not None
        and (row["is_beyond_measure"] or row["smd_vs_rest"])
    }
    if not clearness:
        return "There is nothing to compare: no segment differs from the rest."
    clearest = facts["features"][max(clearness, key=clearness.get)]
    hidden = "; these means do not show what the model sees"
    return (
        f"The clearest difference is in {clearest['label']}:"
        f" {clearest['mean_in_words']} on average in"
        f" {words.quoted(clearest['segment_name'])},"
        f" {clearest['average_in_words']} among all customers"
        f"{hidden if clearest['shows_means'] is False else ''}."
    )


def what_the_means_hide(facts: Facts, noteworthy_smd: float) -> str | None:
    """Name the features in which means do not show a noteworthy difference that the model sees."""
    labels = [
        row["label"]
        for row in facts["features"]
        if row["role"] == "clustering"
        and row["shows_means"] is False
        and (row["is_beyond_measure"] or abs(row["smd_vs_rest"]) >= noteworthy_smd)
    ]
    if not labels:
        return None
    named = words.enumerated(list(dict.fromkeys(labels)))
    return (
        "The model reads logarithms of some features, cuts off extremes or fills unknown values, as"
        " the catalogue says. So means do not show the direction of some differences that the model"
        f" sees, in {named}. Names and cards then say different, not high or low."
    )


def small_segments(facts: Facts) -> list[str]:
    """Return a sentence per small segment, with its likely cause and the remedy."""
    names = {row["segment_id"]: row["segment_name"] for row in facts["segments"]}
    return [
        f"{words.quoted(names[row['segment_id']])}: {row['sentence']}"
        for row in facts["cards"]
        if row["topic"] == "small"
    ]


def what_penetration_shows(facts: Facts) -> str | None:
    """Name the benefit that is held most unevenly; None if nobody is known to hold any."""
    benefits = [row for row in facts["benefits"] if row["all_holders"]]
    if not benefits:
        return None
    if len(facts["segments"]) == 1:
        most = max(benefits, key=lambda row: row["penetration"])
        name, share = words.benefit(most["benefit"]), most["penetration_in_words"]
        return f"{name} is the benefit held most often: {share} of all customers have {held(most)}."
    ranges = []
    for name in dict.fromkeys(row["benefit"] for row in benefits):
        rows = [row for row in benefits if row["benefit"] == name]
        most = max(rows, key=lambda row: row["penetration"])
        least = min(rows, key=lambda row: row["penetration"])
        ranges.append((most, least))
    most, least = max(ranges, key=lambda pair: pair[0]["penetration"] - pair[1]["penetration"])
    if most["penetration"] == least["penetration"]:
        return "Every segment holds the benefits as often as the others."
    return (
        f"{words.benefit(most['benefit'])} is held most unevenly:"
        f" {most['penetration_in_words']} of {words.quoted(most['segment_name'])} and"
        f" {least['penetration_in_words']} of {words.quoted(least['segment_name'])}"
        f" have {held(most)}."
    )


def held(row: Row) -> str:
    """Name what the holders of a benefit have."""
    return f"at least one {row['one_of_it']}" if row["one_of_it"] else "it"


def what_the_map_shows(facts: Facts) -> str:
    """Tell how much of the differences a map of two components can show."""
    components = facts["components"]
    last = components[min(1, len(components) - 1)]
    shown = last["cumulative_explained_variance_ratio_in_words"]
    if not last["cumulative_explained_variance_ratio"]:
        return "All customers are in the same place."
    if len(components) == 1:
        return f"One component shows {shown} of all differences."
    said = f"Two of the {len(components)} components" if len(components) > 2 else "Two components"
    overlap = (
        " Segments that overlap here may be apart in the others." if len(components) > 2 else ""
    )
    return f"{said} show {shown} of all differences.{overlap}"


def benefits_nobody_holds(facts: Facts) -> list[str]:
    """Return the benefits that no customer holds, in words."""
    names = dict.fromkeys(row["benefit"] for row in facts["benefits"] if not row["all_holders"])
    return [words.benefit(name).lower() for name in names]


def what_a_component_means(facts: Facts, number: int) -> str:
    """Name the features in which customers differ along a component."""
    return words.enumerated(
        [row["direction"] for row in facts["loadings"] if row["component"] == number]
    )


def how_stable(facts: Facts) -> str:
    """Name the least stable segment when customers are drawn again."""
    segments = facts["segments"]
    if len(segments) == 1:
        return "With one segment there is nothing that could come out differently."
    worst = min(segments, key=lambda row: (row["jaccard_stability"], row["segment_id"]))
    return (
        "When customers are drawn anew and the model is fitted again, the segments come back with a"
        f" mean Jaccard similarity of at least {worst['jaccard_stability_in_words']},"
        f" the lowest being that of {words.quoted(worst['segment_name'])}."
    )


def what_separates(facts: Facts) -> str:
    """Name the benefits that separate the segments or, without benefits, the features."""
    if len(facts["segments"]) == 1:
        return what_the_curve_shows(facts)
    of_benefit = {row["benefit"]: row for row in facts["benefits"] if row["bcss_share"]}
    ranked = sorted(of_benefit.values(), key=lambda row: (-row["bcss_share"], row["benefit"]))
    if len(ranked) > 1:
        first, *others = ranked
        parts = [
            f"{words.benefit(row['benefit']).lower()} ({row['bcss_share_in_words']})"
            for row in others
        ]
        return (
            f"{words.benefit(first['benefit'])} sets them apart most, with"
            f" {first['bcss_share_in_words']} of all that separates them, before"
            f" {words.enumerated(parts)}."
        )
    parts = [f"{row['label']} ({row['bcss_share_in_words']})" for row in facts["importance"]]
    return f"What sets them apart most is {words.enumerated(parts)}."


def who_they_are(facts: Facts) -> str:
    """Name the segments by size, or the largest ones if there are many."""
    segments = sorted(facts["segments"], key=lambda row: (-row["customers"], row["segment_id"]))
    totals = facts["totals"][0]
    verb = "is" if totals["customers"] == 1 else "form"
    said = f"The {totals['customer_count_in_words']} {verb} {totals['segment_count_in_words']}"
    if any(row["is_chosen"] and row["is_override"] for row in facts["segment_counts"]):
        said += ", a number that was set by hand"
    if len(segments) == 1:
        return said + "."
    named = [
        f"{words.quoted(row['segment_name'])} ({row['customer_share_in_words']})"
        for row in segments
    ]
    if len(segments) > NAMES_IN_ANSWER:
        return f"{said}, the largest being {words.enumerated(named[:3])}."
    return f"{said}: {words.enumerated(named)}."


def how_far_to_trust(facts: Facts) -> str:
    """Give the verdict and the votes or, without the dossier, the stability."""
    if not facts["verdict"]:
        return how_stable(facts)
    verdict, totals = facts["verdict"][0], facts["totals"][0]
    votes = [row for row in facts["votes"] if row["segment_count"] is not None]
    if len(facts["segments"]) == 1:
        return verdict["verdict_reason"]
    return (
        f"They are {verdict['verdict']}: {VERDICTS[verdict['verdict']]};"
        f" {verdict['votes']} of {len(votes)} votes are for {totals['segment_count_in_words']}."
    )


def the_answer(facts: Facts) -> list[str]:
    """Return the answer in three sentences: who, what separates them, how far to trust it."""
    return [who_they_are(facts), what_separates(facts), how_far_to_trust(facts)]


def how_others_would_choose(facts: Facts) -> str | None:
    """Tell how far other sensible choices agree; None without the dossier or with one segment."""
    variants = facts["variants"]
    if not variants:
        return None
    best, worst = (variants[place]["mean_agreement_in_words"] for place in (0, -1))
    return (
        f"{len(variants)} sensible ways to do the analysis were compared, this one among them, each"
        " from two random starts. Their segments agree with"
        f" these by an adjusted Rand index from {worst} to {best} (1 would be"
        " the same segments, 0 agreement by chance)."
    )
