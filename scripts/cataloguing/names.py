"""Turn the headers of a table into words, names of features, labels and names of benefits."""

import re
import unicodedata
from collections import Counter

# Letters that Unicode does not split into a letter and an accent.
SPELLED_OUT = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d"})

# Short forms, as a label writes them.
IN_FULL = {
    "amt": "amount",
    "avg": "average",
    "bal": "balance",
    "cnt": "count",
    "max": "highest",
    "min": "lowest",
    "num": "number",
    "pct": "percent",
    "prc": "percent",
    "qty": "quantity",
    "trx": "transactions",
    "txn": "transactions",
    "txns": "transactions",
}

# Benefits of insurers, banks and others, by the words that stand for them.
BENEFITS = {
    ("credit", "card"): "credit_card",
    ("debit", "card"): "debit_card",
    ("current", "account"): "current_account",
    ("checking", "account"): "current_account",
    ("savings", "plan"): "savings_plan",
    ("savings", "account"): "savings_account",
    ("term", "deposit"): "term_deposit",
    ("wealth", "management"): "wealth_management",
    **{
        (word,): word
        for word in [
            "accident",
            "annuity",
            "auto",
            "brokerage",
            "car",
            "card",
            "checking",
            "contents",
            "dental",
            "disability",
            "funds",
            "health",
            "home",
            "household",
            "internet",
            "investment",
            "legal",
            "liability",
            "life",
            "loan",
            "medical",
            "mobile",
            "mortgage",
            "motor",
            "pension",
            "pet",
            "phone",
            "property",
            "savings",
            "streaming",
            "travel",
            "tv",
            "vehicle",
            "wealth",
            "work",
        ]
    },
    ("cards",): "card",
    ("investments",): "investment",
    ("loans",): "loan",
    ("mortgages",): "mortgage",
    ("pensions",): "pension",
}
OWED = {"card", "credit", "debt", "loan", "mortgage", "overdraft"}


def split_words(header: str) -> list[str]:
    """Return the words of a header in lower case letters a-z and digits.

    `MonthlyCharges` and `monthly charges` have the same words, `Größe` has the word `grosse`.
    """
    spelled = unicodedata.normalize("NFKD", header.translate(SPELLED_OUT))
    plain = "".join(letter for letter in spelled if not unicodedata.combining(letter))
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return re.findall(r"[a-z0-9]+", parted.lower())


def name_features(headers: list[str], taken: set[str]) -> list[str]:
    """Return a valid name for each header: unique, and none of `taken`.

    Names are lower case letters, digits and underscores and begin with a letter. A name that is
    taken gets the suffix _value, one that repeats gets a number.
    """
    names = []
    used = set(taken)
    for position, header in enumerate(headers, start=1):
        name = "_".join(split_words(header)) or f"column_{position}"
        if name[0].isdigit():
            name = f"feature_{name}"
        if name in taken:
            name = f"{name}_value"
        unique, number = name, 2
        while unique in used:
            unique, number = f"{name}_{number}", number + 1
        used.add(unique)
        names.append(unique)
    return names


def write_label(words: list[str], unit: str) -> str:
    """Return readable words for a feature, without the unit that follows its numbers anyway."""
    if len(words) > 1 and words[-1] == unit:
        words = words[:-1]
    if len(words) > 1 and words[0] in ("n", "no", "nr", "num", "number") and words[1] != "of":
        words = ["number", "of", *words[1:]]
    return " ".join(IN_FULL.get(word, word) for word in words)


def group_benefits(
    columns: list[list[str]], generic: set[str], fallback: str
) -> list[tuple[str, str]]:
    """Return the benefit of each column, given its words, and the reason in words.

    A benefit is a known word (motor, loan, credit card ...), otherwise a word that several columns
    share and that is not `generic`, otherwise `fallback`.
    """
    known = [_known_benefit(words) for words in columns]
    counts = Counter(
        word
        for words, benefit in zip(columns, known, strict=True)
        if benefit is None
        for word in dict.fromkeys(words)
        if _can_be_benefit(word, generic)
    )
    chosen = []
    for words, benefit in zip(columns, known, strict=True):
        shared = [word for word in words if counts[word] > 1 and benefit is None]
        # Of equally frequent words, the first.
        chosen.append(benefit or max(shared, key=lambda word: counts[word], default=None))
    sizes = Counter(chosen)
    grouped = []
    for benefit, is_known in zip(chosen, known, strict=True):
        if is_known:
            grouped.append((benefit, f"benefit {benefit} by its name"))
        elif benefit and sizes[benefit] > 1:
            grouped.append((benefit, f"benefit {benefit}, a word of {sizes[benefit]} columns"))
        else:
            grouped.append((fallback, "no benefit in its name"))
    return grouped


def _known_benefit(words: list[str]) -> str | None:
    for size in (2, 1):
        for start in range(len(words) - size + 1):
            if benefit := BENEFITS.get(tuple(words[start : start + size])):
                return benefit
    return None


def _can_be_benefit(word: str, generic: set[str]) -> bool:
    return len(word) > 2 and word.isalpha() and word not in generic
