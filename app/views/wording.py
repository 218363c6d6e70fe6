"""Names as people write them, and as Markdown shows them. Queries return numbers in words."""

import re


def plain(text: str) -> str:
    """Keep Markdown out of names, ids and sentences: A_1_B stays A_1_B."""
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", text)
