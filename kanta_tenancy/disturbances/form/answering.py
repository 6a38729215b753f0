"""How the form is answered: always with a page, in the reader's language, whatever becomes of the request."""

from http import HTTPStatus
from typing import Any, Final

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from msgspec.structs import replace

from kanta_tenancy.disturbances.form import layout, words
from kanta_tenancy.disturbances.form.page import Offer, Typed, form_page
from kanta_tenancy.disturbances.form.told import plain_page
from kanta_tenancy.kernel.errors import Category, DomainError
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.web.problems import STATUS
from kanta_tenancy.machinery.web.readers import language_of
from kanta_tenancy.machinery.web.trouble import as_refusal, handle_any

_LANGUAGE: Final = "lang"
_TYPED: Final = "typed"  # where what was typed waits, in case that it cannot be taken in now


def language(request: Request[Any, Any, Any]) -> Language:
    """Return the language that the link names, else the one that the browser asks for; other parameters are nothing."""
    return named(request.query_params.get(_LANGUAGE, ""), language_of(request))


def named(text: str, otherwise: Language) -> Language:
    return Language(text) if text in set(Language) else otherwise


def answer(
    request: Request[Any, Any, Any],
    page: str,
    *,
    in_language: Language | None = None,
    status: int = HTTPStatus.OK,
    policy: str = layout.POLICY,
) -> Response[str]:
    """Answer with a page that is kept nowhere on the way."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": (in_language or language(request)).value,
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
    }
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=headers)


def hold(request: Request[Any, Any, Any], offer: Offer, typed: Typed) -> None:
    """Keep what was typed at hand until the request is answered: if the service fails, the form comes back with it."""
    request.state[_TYPED] = (offer, typed)


def _on_refusal(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    if error.category is Category.MISSING:
        text = plain_page(words.NOT_FOUND, words.NOT_FOUND_TEXT, language(request))
    elif error.category is not Category.UNAVAILABLE:
        text = plain_page(words.UNREADABLE, words.UNREADABLE_TEXT, language(request))
    elif _TYPED in request.state:
        offer, typed = request.state[_TYPED]
        text = form_page(offer, replace(typed, trouble=True), language(request))
    else:
        text = plain_page(words.UNREACHED, words.UNREACHED_TEXT, language(request))
    return answer(request, text, status=STATUS[error.category])


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _on_trouble(request, error)
    text = plain_page(words.UNREADABLE, words.UNREADABLE_TEXT, language(request))
    return answer(request, text, status=error.status_code)


def _on_trouble(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    told = handle_any(request, error)  # which logs it
    refusal = as_refusal(error)
    return told if refusal is None else _on_refusal(request, refusal)


PAGES: Final[ExceptionHandlersMap] = {
    DomainError: _on_refusal,
    HTTPException: _on_http,
    Exception: _on_trouble,
}
