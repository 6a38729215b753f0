"""Refusals as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from kanta_tenancy.kernel.errors import Category, DomainError, Flaw
from kanta_tenancy.machinery.web.errors import RequestInvalid, RequestMalformed

PROBLEM_JSON: Final = "application/problem+json"
REQUEST_ID: Final = "kanta.request_id"  # where the envelope leaves it in the ASGI scope

STATUS: Final[Mapping[Category, HTTPStatus]] = {
    Category.MALFORMED: HTTPStatus.BAD_REQUEST,
    Category.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Category.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Category.MISSING: HTTPStatus.NOT_FOUND,
    Category.CONFLICT: HTTPStatus.CONFLICT,
    Category.STALE: HTTPStatus.PRECONDITION_FAILED,
    Category.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Category.REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Category.UNCONDITIONAL: HTTPStatus.PRECONDITION_REQUIRED,
    Category.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="api"'},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "2"},
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not done."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = ""  # the request's id as a URN: quote it when you ask for help
    rule: str = ""  # clause, law or documented limit that says no
    errors: tuple[Flaw, ...] = ()  # what is wrong, by field
    facts: Mapping[str, str | int | None] = {}


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal that only HTTP knows: no room has a word for it."""

    slug: str
    title: str
    detail: str


class MediaTypeUnsupported(HTTPException):
    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


PLAIN: Final[Mapping[int, Plain]] = {
    HTTPStatus.BAD_REQUEST: Plain(
        slug=RequestMalformed.slug,
        title=RequestMalformed.title,
        detail="Its path, host or headers are not as HTTP wants them.",
    ),
    HTTPStatus.NOT_FOUND: Plain(
        slug="address-unknown",
        title="There is nothing at this address",
        detail="No route has this path; /docs lists them all.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: Plain(
        slug="method-not-allowed",
        title="The address does not know this method",
        detail="The header Allow lists the methods that it knows.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Plain(
        slug="body-too-large",
        title="The body is larger than this route takes",
        detail="/docs names the limit of each route.",
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Plain(
        slug="media-type-unsupported",
        title="The body is of a kind that this route does not take",
        detail="/docs names the kind that each route takes.",
    ),
}
UNEXPECTED: Final = Plain(
    slug="unexpected",
    title="Something went wrong that should not",
    detail="It has been logged under the id of this request.",
)


def refusals(*errors: type[DomainError]) -> dict[int, ResponseSpec]:
    """Say in OpenAPI with which refusals of its own a route can answer, besides those that every such route has."""
    said: dict[int, list[str]] = {}
    for error in errors:
        said.setdefault(STATUS[error.category], []).append(f"`{error.slug}`: {error.title}")
    return {
        status: ResponseSpec(
            Problem, media_type=PROBLEM_JSON, description="; ".join(sentences), generate_examples=False
        )
        for status, sentences in said.items()
    }


def from_domain(error: DomainError, instance: str = "") -> Problem:
    return Problem(
        type=f"/problems/{error.slug}",
        title=error.title,
        status=STATUS[error.category],
        detail=error.detail,
        instance=instance,
        rule=error.rule,
        errors=error.flaws,
        facts=error.facts,
    )


def from_plain(status: int, plain: Plain, detail: str = "", instance: str = "") -> Problem:
    return Problem(
        type=f"/problems/{plain.slug}",
        title=plain.title,
        status=status,
        detail=detail or plain.detail,
        instance=instance,
    )


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response[Problem]:
    return Response(
        problem,
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers={**HEADERS.get(problem.status, {}), **(headers or {})},
    )


def handle_domain(request: Request[Any, Any, Any], error: DomainError) -> Response[Problem]:
    return respond(from_domain(error, instance_of(request)))


def handle_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer what Litestar itself refuses, never in its own words: they repeat the query string."""
    if isinstance(error, ValidationException):
        return handle_domain(request, _from_validation(error))
    plain = PLAIN.get(error.status_code, UNEXPECTED)
    status = error.status_code if plain is not UNEXPECTED else HTTPStatus.INTERNAL_SERVER_ERROR
    detail = error.detail if isinstance(error, MediaTypeUnsupported) else ""
    return respond(from_plain(status, plain, detail, instance_of(request)), error.headers)


def instance_of(request: Request[Any, Any, Any]) -> str:
    request_id = request.scope.get(REQUEST_ID)
    return f"urn:uuid:{request_id}" if request_id else ""


def _from_validation(error: ValidationException) -> DomainError:
    flaws = [item for item in error.extra or () if isinstance(item, dict)]
    if any(item.get("key") == "data" for item in flaws):
        return RequestMalformed("A JSON body is expected, and there is none.")
    return RequestInvalid(
        "A parameter is not acceptable.",
        flaws=tuple(Flaw(field=str(item.get("key", "")), detail=str(item["message"])) for item in flaws),
    )
