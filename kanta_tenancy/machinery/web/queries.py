"""Query parameters, read as strictly as bodies: into a Struct, unknown and repeated ones refused."""

import re
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar.connection import ASGIConnection

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.web.bodies import flaw_of, printable, refuse_unstorable
from kanta_tenancy.machinery.web.errors import RequestInvalid, RequestMalformed

Q = TypeVar("Q", bound=msgspec.Struct)

_WHOLE: Final = re.compile(r"-?[0-9]+")
_MOST: Final = 50  # parameters; no route knows as many


def read_query(connection: ASGIConnection[Any, Any, Any, Any], kind: type[Q]) -> Q:
    """Read the query string into `kind`.

    Raises:
        RequestMalformed: it is not percent-encoded UTF-8.
        RequestInvalid: a parameter is unknown, given twice, or not what `kind` says.
    """
    given = _parameters(connection)
    try:
        query = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(flaw_of(error)) from error
    refuse_unstorable(query)
    _refuse_lax(given, query)
    return query


def refuse_query(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse any parameter, for a route that takes none."""
    if connection.scope["query_string"]:
        for name in _parameters(connection):
            raise _invalid(Flaw(field=printable(name), detail="There is no such parameter here."))


def _parameters(connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, str]:
    try:
        text = connection.scope["query_string"].decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except ValueError as error:
        raise RequestMalformed("The query string is not percent-encoded UTF-8, or has too many parameters.") from error
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise _invalid(Flaw(field=printable(name), detail="Given twice."))
        given[name] = value
    return given


def _refuse_lax(given: dict[str, str], query: msgspec.Struct) -> None:
    # Reading numbers from text needs a lax conversion, which takes `null` and `1e2` as well.
    for name, text in given.items():
        value = getattr(query, name)
        if value is None:
            raise _invalid(Flaw(field=name, detail="Leave it out instead."))
        if isinstance(value, int) and not isinstance(value, bool) and not _WHOLE.fullmatch(text):
            raise _invalid(Flaw(field=name, detail="Expected a whole number."))


def _invalid(flaw: Flaw) -> RequestInvalid:
    return RequestInvalid(f"Parameter {flaw.field}: {flaw.detail}", flaws=(flaw,))
