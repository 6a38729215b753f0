"""Whether what people say of trust can be kept: reasons, names and addresses of authorities. Pure."""

import re
from typing import Final
from urllib.parse import urlsplit

from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.parties import wording
from kanta_tenancy.trust.errors import AnchorRefused, PolicyRefused
from kanta_tenancy.trust.model import TimestampAuthority, Wish

MOST_AUTHORITIES: Final = 5
LONGEST_URL: Final = 1_000
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")


def reason(text: str) -> str:
    """Return why a certificate is removed, as it is kept.

    Raises:
        AnchorRefused: there is none, or it cannot be kept.
    """
    look = wording.Examination()
    fit = look.text("reason", wording.name, text, clause="")
    if look.flaws:
        raise AnchorRefused(f"reason: {look.flaws[0].detail}", flaws=tuple(look.flaws))
    return fit


def wish(said: Wish) -> Wish:
    """Return a policy as it is kept.

    Whether an address leads inwards is not asked here: whoever connects to it decides that, at that moment.

    Raises:
        PolicyRefused: with every flaw.
    """
    look = wording.Examination()
    authorities = tuple(_authority(look, place, one) for place, one in enumerate(said.authorities))
    if len(authorities) > MOST_AUTHORITIES:
        look.note("authorities", f"at most {MOST_AUTHORITIES} are asked", clause="")
    if len({one.url for one in authorities}) < len(authorities):
        look.note("authorities", "an address is named more than once", clause="")
    if said.level is not Level.B and not authorities:
        look.note(
            "authorities", f"level {said.level.value} needs timestamps, and nobody is named who makes them", clause=""
        )
    if look.flaws:
        first = look.flaws[0]
        raise PolicyRefused(f"{first.field}: {first.detail}", flaws=tuple(look.flaws))
    return Wish(
        level=said.level, obligation=said.obligation, authorities=authorities, fresh_for_hours=said.fresh_for_hours
    )


def _authority(look: wording.Examination, place: int, said: TimestampAuthority) -> TimestampAuthority:
    field = f"authorities[{place}]"
    return TimestampAuthority(
        name=look.text(f"{field}.name", wording.name, said.name, clause=""),
        url=look.text(f"{field}.url", _url, said.url.strip(), clause=""),
    )


def _url(text: str) -> str:
    if len(text) > LONGEST_URL or not _PRINTABLE.fullmatch(text):
        raise wording.Unfit(f"an address has at most {LONGEST_URL} printable ASCII characters")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wording.Unfit("it is no address") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise wording.Unfit("an address begins with https:// or http:// and names a host")
    if "@" in parts.netloc or "#" in text:
        raise wording.Unfit("an address holds neither a user's name nor a fragment")
    return text
