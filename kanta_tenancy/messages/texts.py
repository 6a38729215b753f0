"""Text of others made fit for mails and calendars: nothing that breaks a line, hides or turns what follows it."""

import re
from typing import Final

# Control characters, line and paragraph separators, halves of surrogate pairs, bidirectional controls.
_UNFIT: Final = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    """Return a text on one line, with a blank for whatever is unfit or blank."""
    return " ".join(_UNFIT.sub(" ", text).split())


def lines(text: str) -> str:
    """Return a text whose lines are kept, each ended by a line feed alone, and whose unfit characters are left out."""
    return "\n".join(_UNFIT.sub("", line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
