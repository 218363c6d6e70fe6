"""Names as people write them, and as Markdown shows them. Queries return numbers in words."""

import re


def benefit_name(name: str) -> str:
    """Write the name of a benefit; features of no single benefit have the benefit "all"."""
    return "relationship as a whole" if name == "all" else name.replace("_", " ")


def plain(text: str) -> str:
    """Keep Markdown out of names, ids and sentences: A_1_B stays A_1_B."""
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", text)
