"""What months are called."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from kanta_tenancy.kernel.languages import Language

_NAMES: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.FINNISH: (
        "tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu", "heinäkuu", "elokuu", "syyskuu",
        "lokakuu", "marraskuu", "joulukuu",
    ),
    Language.SWEDISH: (
        "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
        "december",
    ),
    Language.ENGLISH: (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip


def named(month: date, language: Language) -> str:
    """Return a month with its year, as a title has it."""
    return f"{_NAMES[language][month.month - 1]} {month.year}"
