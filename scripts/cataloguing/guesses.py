"""Guess the catalogue entry of every column of a wide table, with the reason for each guess.

The rules are documented in docs/wide_table.md.
"""

import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from benefit_segments.front_door.contract import normalise
from cataloguing.measures import MOSTLY, NEARLY_ALL, Column
from cataloguing.names import (
    group_benefits,
    name_features,
    split_words,
    write_label,
)

# Names of the key of a customer, compared as headers are; the first comes first.
KEY_NAMES = [
    "customerid",
    "custid",
    "customer",
    "customerno",
    "customernr",
    "customernumber",
    "customerkey",
    "clientid",
    "client",
    "clientno",
    "clientnumber",
    "policyholderid",
    "policyholder",
    "policyholderno",
    "policyholdernumber",
    "memberid",
    "insuredid",
    "partyid",
    "personid",
    "userid",
    "subscriberid",
    "householdid",
    "id",
    "key",
]
# As the front door finds the key without being told.
USUAL_KEYS = {"customerid", "custid"}

MAX_CATEGORIES = 20
# A number is log-transformed when it is more skewed than this, and less so after it.
SKEWED = 2
COLLINEAR = 0.95
NEAR_CONSTANT = 0.995
MOSTLY_UNKNOWN = 0.5
NEARLY_UNIQUE = 0.9
# Unknown values say "no activity" where at most this share of the known values is 0 ...
HARDLY_ANY_ZEROS = 0.01
# ... or where this share of them is unknown together with another column of the benefit.
UNKNOWN_TOGETHER = 0.95
SOME_UNKNOWN = 0.01


def _words(text: str) -> set[str]:
    return set(text.split())


ID = _words(
    "code email guid iban id ids key mail no nr number phone plz postcode ref reference uuid zip"
)
DATE = _words("date dob day on at since timestamp birthday")
PERSON = _words(
    "age birth children country dependents education employment ethnicity female gender income kids"
    " language male marital married nationality occupation partner race region religion salary"
    " senior sex state town city wage"
)
SENSITIVE = _words("ethnicity female gender male nationality race religion sex")
OUTCOME = _words(
    "attrition cancelled churn churned converted exited fraud label lapsed response target uplift"
)
CLASSES = _words(
    "area band branch category channel class cluster code country grade group level method region"
    " segment state status tariff type zone"
)
AMOUNT = _words(
    "advance advances amount amt asset assets bal balance bill cash charge charges chf clv"
    " contribution contributions cost costs debt deposit deposits eur expense expenses fee fees gbp"
    " income insured limit loss monetary net paid payment payments premium premiums price profit"
    " purchase purchases repayment repayments revenue salary sales savings spend spending spent sum"
    " turnover usd value wage withdrawal withdrawals worth"
)
COUNTING = _words("cnt count counts n num number qty quantity")
COUNT = COUNTING | _words(
    "accounts calls claims clicks complaints contacts contracts devices emails holdings kids"
    " children dependents logins members messages orders persons policies products sessions tickets"
    " times trades transactions trx txn txns visits"
)
PERCENT = _words("pct percent percentage prc")
SHARE = PERCENT | _words(
    "frequency probability proportion rate ratio share utilisation utilization"
)
RATIO = _words("factor index multiple ratio score")
HOLDINGS = _words("accounts contracts has held holder holdings holds policies")
BALANCE = _words("balance bal value assets")
DURATIONS = {
    "days": _words("day days recency"),
    "months": _words("month months mths tenure"),
    "years": _words("year years yrs"),
}
# Words that tell of a measure, a time or nothing at all, and never of a benefit.
GENERIC = (
    AMOUNT
    | COUNT
    | SHARE
    | RATIO
    | ID
    | DATE
    | CLASSES
    | PERSON
    | OUTCOME
    | HOLDINGS
    | BALANCE
    | set().union(*DURATIONS.values())
    | _words(
        "all annual average avg client current customer daily feature first flag for from has high"
        " highest installments is last latest low lowest max mean median min monthly new old oneoff"
        " open own past per pct previous quarterly recent service since std the time to total user"
        " usage var weekly with yearly account plan product insurance bank"
    )
)
# A number of months is a window when it follows one of these or a digit: last_12_months.
WINDOW = re.compile(r"(^|_)(last|past|previous|prior|per|in|over|every|[0-9]+)_([0-9]+_)?$")


class UnclearKeyError(Exception):
    """No column is clearly the key; the message names candidates and how to choose one."""


@dataclass(frozen=True)
class Proposal:
    """One column and what is proposed for it.

    `feature` is None for a column that is ignored, and then so is all that follows, except for the
    reasons. `transform` and `null_policy` are None for features that only describe segments.
    """

    column: Column
    feature: str | None = None
    label: str | None = None
    benefit: str | None = None
    unit: str | None = None
    role: str | None = None
    transform: str | None = None
    null_policy: str | None = None
    measure: str | None = None
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_key(columns: list[Column], named: str | None = None) -> tuple[Column, str]:
    """Return the column that identifies a customer, and the reason.

    `named` is the user's choice. Otherwise it is a column whose name says so and that is nearly
    unique, otherwise the first unique column of text or whole numbers. Raises UnclearKeyError.
    """
    if not columns or not columns[0].rows:
        raise UnclearKeyError("The table has no rows.")
    if named:
        wanted = normalise(named)
        exact = [each for each in columns if each.header == named]
        alike = [each for each in columns if normalise(each.header) == wanted]
        if not (exact or alike):
            raise UnclearKeyError(f'There is no column "{named}". {_candidates(columns)}')
        key = (exact or alike)[0]
        if key.distinct_share < NEARLY_UNIQUE:
            raise UnclearKeyError(
                f'KEY="{named}" has {key.distinct:,} different values in {key.rows:,} rows. A wide'
                " table has one row per customer: add the rows up first, or name another column."
            )
        return key, "named by KEY"
    for name in KEY_NAMES:
        for each in columns:
            if normalise(each.header) == name and each.distinct_share >= NEARLY_UNIQUE:
                return each, "by its name"
    for each in columns:
        is_code = (each.type == "text" and not each.is_numeric) or (each.is_whole)
        if each.is_unique and is_code and each.type not in ("date", "flag", "other"):
            return each, "the first column in which every row has a value of its own"
    raise UnclearKeyError(f"No column has a value of its own in every row. {_candidates(columns)}")


def _candidates(columns: list[Column]) -> str:
    nearest = sorted(columns, key=lambda each: -each.distinct_share)[:3]
    told = ", ".join(f'"{each.header}" ({each.distinct:,} values)' for each in nearest)
    return (
        f"Nearest to it, in {columns[0].rows:,} rows: {told}. Choose the column that identifies a"
        " customer: KEY=<column>. If customers have several rows, add these up first."
    )


def propose(
    columns: list[Column],
    sample: pd.DataFrame,
    key: Column,
    *,
    other_benefit: str,
    taken_names: set[str],
) -> list[Proposal]:
    """Return a proposal for every column but the key, in the order of the table.

    `sample` has one column per column of numbers, named by its position, NaN where unknown.
    `taken_names` are names that no feature may have. `other_benefit` is the benefit of columns
    whose names tell of none.
    """
    others = [each for each in columns if each is not key]
    guesses = [guess_unit(each) for each in others]
    kept = [index for index, guess in enumerate(guesses) if guess.unit]
    names = name_features([others[index].header for index in kept], taken_names)
    words = [split_words(others[index].header) for index in kept]
    benefits = group_benefits(words, GENERIC, other_benefit)
    for index, name, own_words, (benefit, reason) in zip(kept, names, words, benefits, strict=True):
        guess = guesses[index]
        is_of_person = bool(PERSON & set(own_words)) and benefit == other_benefit
        if is_of_person or (guess.role == "profiling" and benefit == other_benefit):
            benefit, reason = "all", "about the customer, so benefit all"
        if is_of_person and guess.role == "clustering":
            guess = replace(
                guess, role="profiling", reasons=[*guess.reasons, "tells who, not what"]
            )
        guesses[index] = replace(
            guess,
            feature=name,
            label=write_label(own_words or name.split("_"), guess.unit),
            benefit=benefit,
            reasons=[*guess.reasons, reason],
        )
    guesses = _distinguish_labels(guesses)
    guesses = _choose_measures(guesses)
    guesses = [_choose_preparation(guess, guesses, sample) for guess in guesses]
    return _set_collinear_aside(guesses, sample)


def guess_unit(column: Column) -> Proposal:
    """Return unit and role of a column, or neither when it is ignored, with the reasons."""
    words = split_words(column.header)
    guess = Proposal(column)
    if column.known == 0:
        return replace(guess, reasons=["ignored: it has no values"])
    if column.type == "other":
        return replace(guess, reasons=["ignored: neither a number nor a text"])
    if re.search("[{}]|[\x00-\x1f]", column.header):
        return replace(
            guess, reasons=["ignored: braces or control characters in its name; rename it"]
        )
    if column.distinct == 1:
        unknown = f" or unknown ({_share(1 - column.known / column.rows)})"
        value = "the same value in every row"
        return replace(
            guess,
            reasons=[f"ignored: {value}{unknown if column.known < column.rows else ''}"],
        )
    if reason := _is_date(column, words):
        return replace(
            guess, reasons=[f"ignored: {reason}; turn it into months or years up to now"]
        )
    if column.type == "flag":
        return _with_role(guess, words, "flag", "true or false")
    if column.is_yes_or_no and not column.is_numeric:
        return _with_role(guess, words, "flag", "words for yes and no")
    if not column.is_numeric:
        return _guess_text(guess, words)
    if reason := _is_id(column, words):
        return replace(guess, reasons=[f"ignored: {reason}"])
    unit, reason, warnings = _unit_of_numbers(column, words)
    return _with_role(replace(guess, warnings=warnings), words, unit, reason)


def _guess_text(guess: Proposal, words: list[str]) -> Proposal:
    column = guess.column
    if column.numbers > 0.5 * column.known:
        return replace(
            guess,
            reasons=["ignored: numbers and texts are mixed"],
            warnings=[
                f"{column.known - column.numbers:,} of {column.known:,} values are no numbers;"
                " correct them at their source to use the column"
            ],
        )
    if column.distinct <= min(MAX_CATEGORIES, max(2, column.known // 2)):
        return _with_role(guess, words, "category", f"text with {column.distinct} values")
    if column.distinct >= NEARLY_UNIQUE * column.known:
        kind = "an id or free text: nearly every row has a value of its own"
    else:
        kind = f"text with more than {MAX_CATEGORIES} values"
    return replace(guess, reasons=[f"ignored: {kind}"])


def _is_date(column: Column, words: list[str]) -> str | None:
    if column.type == "date":
        return "a date"
    if column.dates >= MOSTLY * column.known:
        return "a date, as text"
    looks_like_days = (
        column.is_numeric
        and column.is_whole
        and 19000101 <= column.minimum <= column.maximum <= 21001231
    )
    if looks_like_days and set(words) & DATE:
        return "a date, as a number YYYYMMDD"
    return None


def _is_id(column: Column, words: list[str]) -> str | None:
    """Return why a column of numbers identifies rather than measures; None when it does not."""
    if not column.is_whole or column.negatives:
        return None
    is_count = bool(words) and words[0] in COUNTING | {"no", "nr"} and len(words) > 1
    is_named = bool(words) and words[-1] in ID and not is_count
    if is_named and column.distinct > MAX_CATEGORIES:
        return "an id or a code by its name"
    is_dense = column.maximum - column.minimum < 2 * column.numbers
    has_equal_lengths = column.minimum >= 10_000 and len(f"{column.minimum:.0f}") == len(
        f"{column.maximum:.0f}"
    )
    is_measured = set(words) & (AMOUNT | COUNT)
    if column.distinct == column.numbers > MAX_CATEGORIES and not is_measured:
        if is_dense:
            return "an id: running whole numbers, each once"
        if has_equal_lengths:
            return "an id: whole numbers of the same length, each once"
    return None


def _unit_of_numbers(column: Column, words: list[str]) -> tuple[str, str, list[str]]:
    """Return unit, reason and warnings for a column of numbers that measures something."""
    said = set(words)
    is_positive = not column.negatives
    is_share = column.in_unit_interval == column.numbers
    is_whole = column.is_whole
    if is_share and is_whole:
        return "flag", "only 0 and 1", []
    if is_whole and 1900 <= column.minimum <= column.maximum <= 2100:
        return "year", "whole numbers from 1900 to 2100", []
    if is_whole and column.distinct <= MAX_CATEGORIES and said & CLASSES and not said & COUNTING:
        return "category", f"{column.distinct} numbers that stand for kinds, by its name", []
    if "age" in said and is_positive and column.maximum <= 130:
        return "years", "an age by its name", []
    if is_share:
        named = _first(words, SHARE)
        return (
            "share",
            f'by "{named}" and values from 0 to 1' if named else "values from 0 to 1",
            [],
        )
    if said & SHARE and is_positive and column.in_unit_interval >= NEARLY_ALL * column.numbers:
        beyond = column.numbers - column.in_unit_interval
        return (
            "ratio",
            f'by "{_first(words, SHARE)}" in its name',
            [f"{beyond:,} of the values lie above 1; a share cannot. Correct them to make it one"],
        )
    if is_positive and (unit := _duration(words)):
        return unit, f'by "{_first(words, DURATIONS[unit])}" in its name', []
    is_count = is_whole and is_positive and column.maximum < 1e9  # as far as the build counts
    if said & COUNTING and is_count:
        return "count", f'by "{_first(words, COUNTING)}" in its name', []
    if is_count and column.distinct <= MAX_CATEGORIES and column.maximum <= 50:
        return "count", "few small whole numbers", []
    if said & COUNT and is_count:
        return "count", f'by "{_first(words, COUNT)}" in its name', []
    if said & PERCENT and is_positive and column.maximum <= 100:
        return (
            "ratio",
            f'by "{_first(words, PERCENT)}" in its name',
            ["percent from 0 to 100; divide it by 100 at its source to read it as a share"],
        )
    if said & RATIO and is_positive:
        return "ratio", f'by "{_first(words, RATIO)}" in its name', []
    if said & AMOUNT:
        return "amount", f'by "{_first(words, AMOUNT)}" in its name', []
    if is_count and column.maximum <= 1000:
        return "count", "whole numbers up to 1,000", []
    if not is_whole and column.minimum > 0 and column.high <= 20 and column.high <= 20 * column.low:
        return "ratio", "decimals above 0 within a small range", []
    return "amount", "numbers of no other kind", []


def _duration(words: list[str]) -> str | None:
    """Return days, months or years when a name says that it counts these."""
    for position, word in enumerate(words):
        before = "".join(f"{each}_" for each in words[:position])
        for unit, names in DURATIONS.items():
            if word in names and not WINDOW.search(before):
                return unit
    return None


def _with_role(guess: Proposal, words: list[str], unit: str, reason: str) -> Proposal:
    said = set(words)
    reasons = [f"{unit}: {reason}"]
    warnings = list(guess.warnings)
    role = "clustering"
    column = guess.column
    if unit in ("category", "year") or (unit == "years" and "age" in said):
        role = "profiling"
    elif said & OUTCOME:
        role = "profiling"
        reasons.append("an outcome should not make the segments it is compared in")
    elif said & SENSITIVE:
        role = "profiling"
        reasons.append("a personal trait should not make segments")
    if unit != "category" and (unreadable := column.unreadable):
        thing = "yes or no" if column.is_yes_or_no else "number"
        verb = "value is" if unreadable == 1 else "values are"
        warnings.append(f"{unreadable:,} {verb} no {thing}: the build will reject these rows")
    if role == "clustering" and column.top_share >= NEAR_CONSTANT:
        role = "profiling"
        warnings.append(
            f"nearly constant: {_share(column.top_share)} of the known values are the same;"
            " scaled, the few others would make a segment of their own"
        )
    return replace(guess, unit=unit, role=role, reasons=reasons, warnings=warnings)


def _distinguish_labels(guesses: list[Proposal]) -> list[Proposal]:
    labels = [guess.label for guess in guesses if guess.label]
    return [
        replace(guess, label=guess.feature.replace("_", " "))
        if guess.label and labels.count(guess.label) > 1
        else guess
        for guess in guesses
    ]


def _choose_measures(guesses: list[Proposal]) -> list[Proposal]:
    """Mark one feature per benefit that counts what is held, and one that says how much."""
    marked = set()
    chosen = []
    for guess in guesses:
        said = set(split_words(guess.column.header)) if guess.feature else set()
        for measure, words, units in (
            ("holdings", HOLDINGS, ("count", "flag")),
            ("balance", BALANCE, ("amount",)),
        ):
            place = (guess.benefit, measure)
            if guess.benefit != "all" and said & words and guess.unit in units:
                if place not in marked:
                    marked.add(place)
                    guess = replace(guess, measure=measure)
                break
        chosen.append(guess)
    return chosen


def _choose_preparation(guess: Proposal, guesses: list[Proposal], sample: pd.DataFrame) -> Proposal:
    """Return a clustering feature with transform and null_policy, any other one as it is."""
    if guess.role != "clustering":
        return guess
    transform, why_transform = choose_transform(guess.column, guess.unit)
    policy, why_policy = _choose_null_policy(guess, guesses, sample)
    column = guess.column
    if column.known < MOSTLY_UNKNOWN * column.rows and policy == "median":
        warning = f"{_share(1 - column.known / column.rows)} unknown, so it only describes"
        return replace(guess, role="profiling", warnings=[*guess.warnings, warning])
    return replace(
        guess,
        transform=transform,
        null_policy=policy,
        reasons=[*guess.reasons, *filter(None, [why_transform, why_policy])],
    )


def choose_transform(column: Column, unit: str) -> tuple[str, str | None]:
    """Return identity or log1p, and the reason for the latter or against it.

    It is log1p for amounts, counts, ratios and durations that are never negative, more skewed than
    SKEWED and less skewed as logarithms.
    """
    if unit in ("share", "flag") or column.skewness is None or column.skewness <= SKEWED:
        return "identity", None
    if column.negatives:
        return "identity", f"skewness {column.skewness:.1f}, but negative values have no logarithm"
    if column.log_skewness is None or abs(column.log_skewness) >= column.skewness:
        return "identity", f"skewness {column.skewness:.1f}, as log1p no less"
    return "log1p", f"skewness {column.skewness:.1f}, as log1p {column.log_skewness:.1f}"


def _choose_null_policy(
    guess: Proposal, guesses: list[Proposal], sample: pd.DataFrame
) -> tuple[str, str]:
    column = guess.column
    unknown = column.rows - column.known
    if not unknown:
        return "median", ""
    share = _share(unknown / column.rows)
    if "since" in split_words(column.header) or "recency" in split_words(column.header):
        return "median", f"{share} unknown; 0 would mean today, so the median"
    partner = _unknown_together(guess, guesses, sample)
    if partner:
        return "zero", f"{share} unknown, always together with {partner}: no such benefit"
    may_be_none = guess.unit in ("amount", "count", "share")
    has_hardly_zeros = column.zeros <= HARDLY_ANY_ZEROS * column.numbers
    if may_be_none and has_hardly_zeros and unknown >= SOME_UNKNOWN * column.rows:
        return "zero", f"{share} unknown and hardly any 0: unknown seems to mean none"
    return "median", f"{share} unknown, and 0 means something else" if may_be_none else (
        f"{share} unknown"
    )


def _unknown_together(guess: Proposal, guesses: list[Proposal], sample: pd.DataFrame) -> str | None:
    """Return another feature of the benefit that is unknown for the same customers."""
    unknown = _is_unknown(guess, sample)
    if guess.benefit == "all" or unknown is None or unknown.mean() < SOME_UNKNOWN:
        return None
    for other in guesses:
        if other is guess or other.benefit != guess.benefit:
            continue
        others = _is_unknown(other, sample)
        if others is None:
            continue
        if (unknown & others).sum() >= UNKNOWN_TOGETHER * (unknown | others).sum():
            return other.feature
    return None


def _is_unknown(guess: Proposal, sample: pd.DataFrame) -> np.ndarray | None:
    values = sample.get(str(guess.column.position))
    return None if values is None or not guess.feature else values.isna().to_numpy()


def _set_collinear_aside(guesses: list[Proposal], sample: pd.DataFrame) -> list[Proposal]:
    """Let only the first of several collinear features take part in clustering.

    The correlation is the one of the values as the model reads them: filled and transformed.
    """
    places = [index for index, guess in enumerate(guesses) if guess.role == "clustering"]
    prepared = [_prepare(guesses[index], sample) for index in places]
    if len(places) < 2 or len(sample) < 3:
        return guesses
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = np.corrcoef(np.array(prepared))
    result = list(guesses)
    for later, place in enumerate(places):
        for earlier in range(later):
            first = result[places[earlier]]
            correlation = correlations[earlier, later]
            if first.role == "clustering" and abs(correlation) >= COLLINEAR:
                result[place] = replace(
                    result[place],
                    role="profiling",
                    transform=None,
                    null_policy=None,
                    reasons=[*result[place].reasons, f"set aside for {first.feature}"],
                    warnings=[
                        *result[place].warnings,
                        f"collinear with {first.feature} (correlation {correlation:.3f}):"
                        " together they would count twice, so this one only describes",
                    ],
                )
                break
    return result


def _prepare(guess: Proposal, sample: pd.DataFrame) -> np.ndarray:
    values = sample.get(str(guess.column.position))
    fill = 0.0 if guess.null_policy == "zero" else values.median()
    filled = values.fillna(fill).to_numpy()
    return np.log1p(filled) if guess.transform == "log1p" else filled


def _first(words: list[str], among: set[str]) -> str | None:
    return next((word for word in words if word in among), None)


def _share(share: float) -> str:
    return f"{100 * share:.1f}%"
