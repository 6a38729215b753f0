"""What text of a party is fit to stand in an agreement: names, addresses, numbers. Agreements use it too."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.fi import ytunnus

from kanta_tenancy.kernel.errors import Flaw

LONGEST: Final = 200
_BIDI_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NONCHARACTERS: Final = frozenset(
    map(chr, [*range(0xFDD0, 0xFDF0), *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF))])
)
# The characters that `_refused` gives a reason for, found in one pass.
_REFUSED: Final = re.compile(
    "[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff" + "".join(sorted(_BIDI_CONTROLS | _NONCHARACTERS)) + "]"
)
_EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[^\W_](?:[^\W_]|-){0,62}\.)+[^\W\d_](?:[^\W_]|-){1,62}")
_PHONE: Final = re.compile(r"\+?\(?[0-9](?:[ ()./-]*[0-9]){2,19}")
_LONGEST_PHONE: Final = 40
_OID: Final = re.compile(r"1\.2\.246\.10\.([1-9][0-9]{0,7})((?:\.(?:0|[1-9][0-9]{0,8})){0,12})")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Unfit(Exception):
    """Why a text is not acceptable; the sentence is safe to show."""


class Examination:
    """Collects what is wrong with a set of fields, so that its sender learns of all of it at once."""

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.flaws: list[Flaw] = []

    def text(self, field: str, rule: Callable[[str], str], value: str, *, clause: str = "K1.1") -> str:
        """Return the value as the rule would have it, and note the flaw when the rule refuses it."""
        try:
            return rule(value)
        except Unfit as why:
            self.note(field, str(why), clause=clause)
            return value

    def optional(
        self, field: str, rule: Callable[[str], str], value: str | None, *, clause: str = "K1.1"
    ) -> str | None:
        """Do as `text` does with a value that may be left out; an empty one is left out."""
        if value is None or not value.strip():
            return None
        return self.text(field, rule, value, clause=clause)

    def note(self, field: str, detail: str, *, clause: str = "K1.1") -> None:
        self.flaws.append(Flaw(field=self.path + field, detail=detail, rule=clause))


def name(text: str) -> str:
    """Return a name, or another line that will be printed, in NFC and without blanks around it.

    Letters of every script, signs and emoji are kept. What could make the line look like another one, or
    break it, is refused: control characters, line breaks, bidirectional controls, characters that no XML can hold.

    Raises:
        Unfit: it is empty, longer than 200 characters, shows nothing, or holds a refused character.
    """
    found = None if text.isprintable() else _REFUSED.search(text)  # no printable character is refused
    if found is not None:
        raise Unfit(f"character {found.start() + 1} is {_refused(found[0])}, U+{ord(found[0]):04X}")
    composed = unicodedata.normalize("NFC", text).strip()
    if not composed:
        raise Unfit("it is empty")
    if len(composed) > LONGEST:
        raise Unfit(f"it has {len(composed)} characters; {LONGEST} are allowed")
    if not any(map(str.isalnum, composed)) and all(unicodedata.category(one)[0] in "ZCM" for one in composed):
        raise Unfit("it shows nothing when printed")
    return composed


def lines(text: str) -> str:
    """Return a text of several lines in NFC, without blanks around it; the characters that `name` refuses are refused.

    Raises:
        Unfit: it is empty, shows nothing, or holds a refused character.
    """
    for number, line in enumerate(text.splitlines(), 1):
        found = _REFUSED.search(line.replace("\t", " "))
        if found is not None:
            raise Unfit(f"character {found.start() + 1} of line {number} is {_refused(found[0])}")
    composed = unicodedata.normalize("NFC", text).strip()
    if all(unicodedata.category(character)[0] in "ZCM" for character in composed):
        raise Unfit("it shows nothing")
    return composed


def business_id(text: str) -> str:
    """Return a Finnish business id (Y-tunnus, FO-nummer) as 1234567-8.

    Raises:
        Unfit: it is not seven digits and a check digit, or the check digit is another.

    Source:
        Decree 288/2001, section 3: weights 7, 9, 10, 5, 8, 4, 2, modulo 11.
    """
    if not text.isascii() or len(text) > LONGEST:
        raise Unfit("a business id is seven digits, a hyphen and a check digit, such as 0246246-0")
    serial, hyphen, check = text.strip().partition("-")
    padded = (
        f"{serial:0>7}-{check}" if hyphen and serial else text
    )  # older numbers are often written without first zeros
    try:
        digits = ytunnus.validate(padded)
    except ValidationError as why:
        raise Unfit(_WRONG_BUSINESS_ID.get(type(why).__name__, "it is not a business id")) from why
    return f"{digits[:7]}-{digits[7]}"


_WRONG_BUSINESS_ID: Final = {
    "InvalidChecksum": "its check digit does not fit its number",
    "InvalidFormat": "a business id is seven digits, a hyphen and a check digit, such as 0246246-0",
    "InvalidLength": "a business id is seven digits, a hyphen and a check digit, such as 0246246-0",
}


def oid(text: str) -> str:
    """Return the national identifier of an organisation in health and social care.

    Raises:
        Unfit: it does not begin with 1.2.246.10 and the number of a business id.

    Source:
        JHS 159, annex.
    """
    stripped = text.strip()
    if not stripped.isascii() or not _OID.fullmatch(stripped):
        raise Unfit("the OID of an organisation is 1.2.246.10. and a business id without its hyphen and first zeros")
    return stripped


def doubt_about_oid(oid: str | None, business_id: str) -> Flaw | None:
    """Say when an OID's number is not the party's own business id.

    It is a warning, never a refusal: a unit may stand under another organisation's root (K1.1).
    """
    match = None if oid is None else _OID.fullmatch(oid)
    own = business_id.replace("-", "").lstrip("0")
    if match is None or match.group(1) == own:
        return None
    return Flaw(field="oid", detail=f"its number {match.group(1)} is not this party's own, {own}", rule="K1.1")


def email(text: str) -> str:
    """Return an e-mail address that looks like one; whether somebody reads it, only a message can tell."""
    stripped = name(text)
    if not _EMAIL.fullmatch(stripped):
        raise Unfit("an e-mail address is a name, @ and a domain, such as aino@example.org")
    return stripped


def phone(text: str) -> str:
    """Return a telephone number as it was written: digits, with blanks and the usual signs between them."""
    stripped = text.strip()
    if len(stripped) > _LONGEST_PHONE or not _PHONE.fullmatch(stripped):
        raise Unfit("a telephone number is 3 to 20 digits, such as +358 40 123 4567")
    return stripped


def sha256(text: str) -> str:
    """Return a SHA-256 digest as 64 lower-case hexadecimal digits."""
    lowered = text.strip().lower()
    if not _SHA256.fullmatch(lowered):
        raise Unfit("a SHA-256 digest is 64 hexadecimal digits")
    return lowered


def _refused(character: str) -> str:
    """Say why a character is refused; the same characters as those of `_REFUSED`."""
    category = unicodedata.category(character)
    if category == "Cc":
        return "a control character"
    if category in {"Zl", "Zp"}:
        return "a line break"
    if category == "Cs":
        return "half of a surrogate pair"
    if character in _BIDI_CONTROLS:
        return "a bidirectional control"
    if character in _NONCHARACTERS:
        return "no character at all"
    return ""
