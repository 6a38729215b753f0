"""Finnish personal identity codes (henkilötunnus, personbeteckning), recognised so that they are kept out. Pure."""

import re
import unicodedata
from typing import Final

from stdnum.fi import hetu

# Day, month and year; the sign of the century, those of 2023 too, with a blank or none around it; three digits and the
# check character. Shape first: what the calendar and the check character say is asked of the few that have it.
_SHAPE: Final = re.compile(
    r"(?<![0-9])(?P<day>[0-3][0-9])(?P<month>[01][0-9])[0-9]{2} ?[-+A-FU-Y] ?[0-9]{3}[0-9A-FHJ-NPR-Y](?![0-9A-Z])"
)
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2012\u2013\u2014\u2015\u2212"), "-")
_LAST_DAY: Final = 31
_LAST_MONTH: Final = 12


def holds_personal_identity_code(text: str) -> bool:
    """Say whether something in a text reads as a personal identity code, however it is written.

    One that was mistyped is a person's as well, so the check character need not fit, unless letters stand right before
    it: hexadecimal digests and UUIDs would look like codes otherwise.

    Source:
        Decree 690/2022, for the signs of the century that came in 2023.
    """
    plain = _plain(text)
    return any(_is_code(found, plain) for found in _SHAPE.finditer(plain))


def _plain(text: str) -> str:
    """Return a text as a reader takes it: digits, hyphens and blanks of one kind each, and nothing unseen."""
    if text.isascii():
        return text.upper()
    composed = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(_seen(one) for one in composed).upper()


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return {"Cf": "", "Zs": " "}.get(category, character)


def _is_code(found: re.Match[str], plain: str) -> bool:
    if found.start() and plain[found.start() - 1].isalpha():
        return hetu.is_valid(found[0].replace(" ", ""), allow_temporary=True)
    return 0 < int(found["day"]) <= _LAST_DAY and 0 < int(found["month"]) <= _LAST_MONTH
