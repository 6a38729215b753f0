"""The OpenAPI 3.1 document, made from the routes: types as msgspec reads and writes them, and every refusal."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Litestar, MediaType, Response
from litestar.handlers import HTTPRouteHandler
from litestar.typing import FieldDefinition

from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.web import errors
from kanta_tenancy.machinery.web.access import JSON, Access, Terms, accesses, media_type_of
from kanta_tenancy.machinery.web.pages import Page
from kanta_tenancy.machinery.web.problems import PLAIN, PROBLEM_JSON, Problem, from_domain

_SCHEMAS: Final = "#/components/schemas/{name}"
_TEXT: Final = {"type": "string"}
_ETAG: Final = {"type": "string", "pattern": '^"[0-9]{1,18}"$', "examples": ['"3"']}
_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "X-Request-Id": {
        "description": "The id of the request, as the log has it",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "ETag": {"description": "The version of what is shown", "required": True, "schema": _ETAG},
    "Link": {"description": 'The next page, as `rel="next"`, when there is one', "schema": _TEXT},
    "Location": {"description": "The path of what was made", "schema": _TEXT},
    "Retry-After": {
        "description": "Seconds to wait",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"required": True, "schema": _TEXT},
}
_HEADERS_OF: Final[Mapping[int, Sequence[str]]] = {
    HTTPStatus.CREATED: ("Location",),
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
_WITH_A_KEY: Final[tuple[type[DomainError], ...]] = (
    errors.NotAuthenticated,
    errors.PermissionMissing,
    errors.RequestInvalid,
    errors.DatabaseBusy,
    errors.DatabaseUnavailable,
)
_KEY_PARAMETER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the same answer and does nothing twice; kept for 7 days",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[ -~]+$"},
}
_IF_MATCH_PARAMETER: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that the change was made from",
    "schema": _ETAG,
}
_IF_NONE_MATCH_PARAMETER: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the version that you have: the answer is 304 when there is no newer one",
    "schema": _TEXT,
}
_LANGUAGE_PARAMETER: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "The language of the page: `fi`, `sv` or `en`, which is also what others get",
    "schema": {"type": "string", "examples": ["fi"]},
}


class Info(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    version: str
    description: str


def describe(app: Litestar, info: Info) -> dict[str, Any]:
    """Return the document of every route of the application."""
    routes = [access for access in accesses(app) if access.handler.resolve_include_in_schema()]
    schemas = _Schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for access in routes:
        paths.setdefault(access.path, {})[access.method.lower()] = _operation(access, schemas)
    return {
        "openapi": "3.1.0",
        "info": msgspec.to_builtins(info),
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.shown,
            "headers": _HEADERS,
            "securitySchemes": {
                "accessKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access key, `kt_…`, as it was shown once when it was made",
                }
            },
        },
    }


class _Schemas:
    """The schema of every type that a route takes or gives, and their shared components."""

    def __init__(self, routes: list[Access]) -> None:
        types = [Problem, *(kind for access in routes for kind in _types(access))]
        found, self.components = _named_by_room(*msgspec.json.schema_components(types, ref_template=_SCHEMAS))
        queries = {access.terms.query.__name__ for access in routes if access.terms and access.terms.query}
        self.shown = {name: schema for name, schema in self.components.items() if name not in queries}
        self._of: dict[str, dict[str, Any]] = {repr(kind): schema for kind, schema in zip(types, found, strict=True)}

    def of(self, kind: Any) -> dict[str, Any]:
        return self._of[repr(kind)]

    def fields(self, kind: type[msgspec.Struct]) -> Iterator[tuple[str, bool, dict[str, Any]]]:
        """Yield name, whether it is required, and schema of each field of a Struct."""
        schema = self.components[self.of(kind)["$ref"].rpartition("/")[2]]
        for name, field in schema["properties"].items():
            yield name, name in schema["required"], field


def _named_by_room(found: tuple[Any, ...], components: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Name types that share a name by their room: where a module lies inside of it is nobody else's business.

    Raises:
        ValueError: two of one room share a name.
    """
    names = {name: f"{name.split('.')[1].title()}{name.split('.')[-1]}" for name in components if "." in name}
    if len({*names.values()} | (components.keys() - names.keys())) < len(components):
        raise ValueError(f"two types of one room share a name: {', '.join(sorted(names))}")
    text = msgspec.json.encode([found, components]).decode()
    for name, of_room in names.items():
        text = text.replace(f'{_SCHEMAS.format(name=name)}"', f'{_SCHEMAS.format(name=of_room)}"')
    found_anew, components_anew = msgspec.json.decode(text)
    return found_anew, {names.get(name, name): schema for name, schema in components_anew.items()}


def _types(access: Access) -> Iterator[Any]:
    for kind in (_taken(access.handler), _given(access.handler), access.terms and access.terms.query):
        if kind is not None and kind is not bytes:
            yield kind
    yield from access.parameters.values()


def _operation(access: Access, schemas: _Schemas) -> dict[str, Any]:
    terms = access.terms or Terms(permission=None)
    summary, _, description = (inspect.getdoc(access.handler.fn) or access.handler.handler_name).partition("\n\n")
    if terms.permission is not None:
        description = f"{description}\n\nNeeds the permission `{terms.permission}`.".strip()
        if access.method != HTTPMethod.GET and not _takes_body(access.handler, terms):
            description = f"{description} Takes no body: one that is sent is refused."
    if terms.page:
        description = f"{description} With `Accept: text/html` the answer is a page for people."
    operation: dict[str, Any] = {
        "operationId": access.handler.operation_id or access.handler.handler_name,
        "summary": summary.replace("\n", " "),
        "description": description,
        "tags": access.handler.resolve_tags(),
        "parameters": [*_parameters(access, terms, schemas)],
        "responses": _responses(access, terms, schemas),
        "security": [] if terms.permission is None else [{"accessKey": []}],
        "requestBody": _request_body(access.handler, terms, schemas),
    }
    return {name: value for name, value in operation.items() if value or name == "security"}


def _parameters(access: Access, terms: Terms, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    for name, kind in access.parameters.items():
        yield {"name": name, "in": "path", "required": True, "schema": schemas.of(kind)}
    if terms.query is not None:
        for name, required, field in schemas.fields(terms.query):
            yield {"name": name, "in": "query", "required": required, "schema": _without_null(field)}
    if _is_repeatable(access, terms):
        yield _KEY_PARAMETER
    if terms.if_match:
        yield _IF_MATCH_PARAMETER
    if terms.etag and access.method == HTTPMethod.GET:
        yield _IF_NONE_MATCH_PARAMETER
    if terms.page:
        yield _LANGUAGE_PARAMETER


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    # A query parameter is left out; it cannot be null.
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else {name: value for name, value in schema.items() if value is not None}


def _request_body(handler: HTTPRouteHandler, terms: Terms, schemas: _Schemas) -> dict[str, Any]:
    if not _takes_body(handler, terms):
        return {}
    taken = _taken(handler)
    return {
        "required": True,
        "description": f"At most {handler.resolve_request_max_body_size():,} bytes",
        "content": {terms.accepts: {} if taken is None else {"schema": schemas.of(taken)}},
    }


def _responses(access: Access, terms: Terms, schemas: _Schemas) -> dict[str, Any]:
    handler = access.handler
    said: dict[int, list[str]] = {}
    for status, sentence in _refusals(access, terms):
        said.setdefault(status, []).append(sentence)
    responses = {str(handler.status_code): _success(access, terms, schemas)}
    if terms.etag and access.method == HTTPMethod.GET:
        responses["304"] = {"description": "There is no newer version", "headers": _headers(304, "ETag")}
    for status, sentences in sorted(said.items()):
        responses[str(status)] = {
            "description": "; ".join(dict.fromkeys(sentences)),
            "headers": _headers(status),
            "content": {PROBLEM_JSON: {"schema": schemas.of(Problem)}},
        }
    return responses


def _success(access: Access, terms: Terms, schemas: _Schemas) -> dict[str, Any]:
    handler = access.handler
    given = _given(handler)
    status = handler.status_code
    more = ["ETag"] if terms.etag else []
    if getattr(given, "__origin__", None) is Page:
        more.append("Link")
    success: dict[str, Any] = {"description": HTTPStatus(status).phrase, "headers": _headers(status, *more)}
    if given is not None:
        success["content"] = {media_type_of(handler): {} if given is bytes else {"schema": schemas.of(given)}}
        if terms.page:
            success["content"][MediaType.HTML.value] = {"schema": _TEXT}
    return success


def _headers(status: int, *more: str) -> dict[str, Any]:
    return {
        name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *_HEADERS_OF.get(status, ()), *more)
    }


def _refusals(access: Access, terms: Terms) -> Iterator[tuple[int, str]]:
    """Yield status and sentence of every refusal that a route of these terms can answer with."""
    repeatable = _is_repeatable(access, terms)
    takes_body = _takes_body(access.handler, terms)
    for applies, refusals in (
        (True, (errors.RequestMalformed,)),
        (terms.permission is not None, _WITH_A_KEY),
        (repeatable, (errors.KeyReused, errors.RequestInFlight, errors.SecretShownOnce)),
        (terms.if_match, (errors.VersionNotNamed, errors.VersionNotOurs)),
    ):
        yield from (_said(refusal) for refusal in refusals if applies)
    for applies, status in (
        (bool(access.parameters), HTTPStatus.NOT_FOUND),
        (takes_body, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (takes_body, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    ):
        if applies:
            yield status, f"`{PLAIN[status].slug}`: {PLAIN[status].title}"
    for own, spec in (access.handler.responses or {}).items():
        yield own, spec.description


def _is_repeatable(access: Access, terms: Terms) -> bool:
    return access.method == HTTPMethod.POST and not terms.asks


def _said(refusal: type[DomainError]) -> tuple[int, str]:
    return from_domain(refusal("")).status, f"`{refusal.slug}`: {refusal.title}"


def _takes_body(handler: HTTPRouteHandler, terms: Terms) -> bool:
    return _taken(handler) is not None or terms.accepts != JSON


def _taken(handler: HTTPRouteHandler) -> Any:
    field = handler.parsed_data_field
    return None if field is None else field.annotation


def _given(handler: HTTPRouteHandler) -> Any:
    field: FieldDefinition = handler.parsed_fn_signature.return_type
    if field.is_subclass_of(Response):
        field = field.inner_types[0]
    return None if field.is_subclass_of(type(None)) else field.raw
