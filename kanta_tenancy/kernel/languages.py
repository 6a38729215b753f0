"""The languages that agreements are written in and people are told things in."""

import enum
import unicodedata
from datetime import date
from typing import Final


class Language(enum.StrEnum):
    FINNISH = "fi"
    SWEDISH = "sv"
    ENGLISH = "en"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_AFTER_Z: Final = str.maketrans("åäö", "{|}")


def written_day(day: date, language: Language) -> str:
    """Write a day as a text in that language does: 2.3.2026, or 2 March 2026."""
    if language is Language.ENGLISH:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day}.{day.month}.{day.year}"


def alphabetical(name: str) -> str:
    """Return what sorts a name as Finnish and Swedish do: å, ä and ö after z, other accents with their letters."""
    moved = unicodedata.normalize("NFC", name).casefold().translate(_AFTER_Z)
    return "".join(one for one in unicodedata.normalize("NFD", moved) if not unicodedata.combining(one))
