"""Names as people write them, and as Markdown shows them. Numbers come in words from queries."""

import re


def benefit_name(name: str) -> str:
    """Write the name of a benefit; features of no single one stand under "all"."""
    return "relationship as a whole" if name == "all" else name.replace("_", " ")


def plain(text: str) -> str:
    """Keep Markdown out of names, ids and sentences: A_1_B stays A_1_B."""
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", text)
