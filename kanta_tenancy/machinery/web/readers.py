"""One answer for programs and for people: JSON, or a page in their language when that is what they rather accept.

Source: RFC 9110, 12.5.1 and 12.5.4.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from litestar import MediaType, Response
from litestar.connection import ASGIConnection

from kanta_tenancy.kernel.languages import Language

_RANGE: Final = re.compile(r"\s*([A-Za-z0-9*+.!#$&^_/-]{1,100})\s*((?:;[^;,]*)*)")
_WEIGHT: Final = re.compile(r";\s*[qQ]\s*=\s*([01](?:\.[0-9]{0,3})?)\s*(?:;|$)")
_LONGEST: Final = 1_000  # characters of a header that are looked at
_VARIES: Final = {"Vary": "Accept, Accept-Language"}


def for_reader(
    connection: ASGIConnection[Any, Any, Any, Any], body: object, page: Callable[[Language], str], *, policy: str
) -> Response[Any]:
    """Answer a program with a body, and whoever rather accepts HTML with a page in their language.

    Args:
        page: writes the page; every text in it is escaped already.
        policy: the Content-Security-Policy of the page.
    """
    if not wants_page(connection):
        return Response(body, headers=_VARIES)
    language = language_of(connection)
    headers = {
        **_VARIES,
        "Content-Language": language.value,
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
    return Response(page(language), media_type=MediaType.HTML, headers=headers)


def wants_page(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Say whether HTML is accepted by name, and no less gladly than JSON."""
    weights = dict(_weighed(connection, "accept"))
    html = weights.get("text/html", 0.0)
    return html > 0 and html >= weights.get("application/json", 0.0)


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """Return the language of ours that is most gladly read; English for whoever names none of them."""
    gladly: dict[Language, float] = {}
    for named, weight in _weighed(connection, "accept-language"):
        short = named.partition("-")[0]
        if short in set(Language) and weight > gladly.get(Language(short), 0.0):
            gladly[Language(short)] = weight
    return max(gladly, key=lambda each: gladly[each], default=Language.ENGLISH)


def _weighed(connection: ASGIConnection[Any, Any, Any, Any], header: str) -> Iterator[tuple[str, float]]:
    """Yield what a header names with how gladly it is taken; what cannot be read is left out."""
    given = ",".join(connection.headers.getall(header, []))[:_LONGEST]
    for item in given.split(","):
        match = _RANGE.fullmatch(item)
        if match is None:
            continue
        weight = _WEIGHT.search(match[2])
        if weight is not None or not re.search(r";\s*[qQ]\s*=", match[2]):
            yield match[1].lower(), 1.0 if weight is None else float(weight[1])
