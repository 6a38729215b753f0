"""XML that is small and becomes large, or that fetches something, in every part that a verifier reads (R0, R1, R7)."""

from collections.abc import Mapping
from typing import Final

from tests.machinery.ooxml.verification.attacks.building import Change, tampering
from tests.machinery.ooxml.verification.documents import DOCUMENT, RELATIONSHIPS, TYPES, Parts
from tests.machinery.ooxml.verification.forger import SIG1
from tests.machinery.opc.zips import STORED, Item, zipped

_SIGNED: Final = {"the document": DOCUMENT, "relationships": RELATIONSHIPS, "content types": TYPES}
_SIGNATURE: Final = {"a signature": SIG1}
_TENFOLD: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))

_FORBIDDEN: Final = {
    "entities of entities": f'<!DOCTYPE a [<!ENTITY e0 "ha">{_TENFOLD}]><a>&e9;</a>',
    "one long entity, often": f'<!DOCTYPE a [<!ENTITY e "{"a" * 50_000}">]><a>{"&e;" * 50_000}</a>',
    "an entity of itself": '<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>',
    "a file": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    "an address": '<!DOCTYPE a [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]><a>&e;</a>',
    "a parameter": '<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1:1/"> %e;]><a/>',
    "a document type from elsewhere": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "a document type behind a long comment": f"<!--{'-a' * 100_000}--><!DOCTYPE a><a/>",
    "thousands of levels": "<a>" * 100_000 + "</a>" * 100_000,
    "a name of megabytes": f"<{'a' * 3_000_000}/>",
}
_TOO_LARGE: Final = {
    "millions of elements": f"<a>{'<a/>' * 2_400_000}</a>",
    "millions of attributes": "<a>" + "<a b='' c='' d='' e=''/>" * 410_000 + "</a>",
    "megabytes of text": f"<a>{'a' * 10_500_000}</a>",
    "an attribute of megabytes": f"<a b='{'a' * 10_500_000}'/>",
    "megabytes of comment": f"<a><!--{'a' * 10_500_000}--></a>",
}


def holding(name: str, content: str) -> Change:
    """Put a content in the place of a part; stored, so that it is not the packing that is refused."""

    def change(parts: Parts) -> bytes:
        changed = {**parts, name: content.encode()}
        return zipped(*(Item(name=each, content=octets, method=STORED) for each, octets in changed.items()))

    return change


def _within(contents: Mapping[str, str], parts: Mapping[str, str]) -> dict[str, Change]:
    return {
        f"{what} in {where}": holding(name, content)
        for what, content in contents.items()
        for where, name in parts.items()
    }


BOMBS: Final = tampering(
    "XML bombs",
    R0=_within(_TOO_LARGE, _SIGNED),
    R1=_within(_FORBIDDEN, {**_SIGNED, **_SIGNATURE}),
    R7=_within(_TOO_LARGE, _SIGNATURE),  # all signatures together are too large
)
FAMILIES: Final = (BOMBS,)
