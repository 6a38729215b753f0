"""What nobody meant to refuse: a database in trouble, and errors of our own; logged without data."""

import traceback
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.web.errors import DatabaseBusy, DatabaseUnavailable, RequestInvalid
from kanta_tenancy.machinery.web.problems import (
    UNEXPECTED,
    Problem,
    from_plain,
    handle_domain,
    handle_framework,
    instance_of,
    respond,
)

_OUT_OF_REACH: Final = (
    "The database did not answer. Whether a change was made is not known: send the request again with the same"
    " Idempotency-Key, or read the thing before you change it again."
)
_BUSY: Final = "Other work was in the way for too long. Nothing was changed; try again."
_UNSTORABLE: Final = "A value is outside what can be stored. Nothing was changed."

# In order: the first class that fits speaks.
_POSTGRES: Final[Mapping[type[Exception], tuple[type[DomainError], str]]] = {
    asyncpg.QueryCanceledError: (DatabaseBusy, _BUSY),
    asyncpg.LockNotAvailableError: (DatabaseBusy, _BUSY),
    asyncpg.TransactionRollbackError: (DatabaseBusy, _BUSY),
    asyncpg.TooManyConnectionsError: (DatabaseBusy, _BUSY),
    asyncpg.DataError: (RequestInvalid, _UNSTORABLE),
    asyncpg.PostgresConnectionError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.OperatorInterventionError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.InsufficientResourcesError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.IdleInTransactionSessionTimeoutError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.InvalidAuthorizationSpecificationError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.InvalidCatalogNameError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.InterfaceError: (DatabaseUnavailable, _OUT_OF_REACH),
    asyncpg.InternalClientError: (DatabaseUnavailable, _OUT_OF_REACH),  # a connection that was cut while idle
    TimeoutError: (DatabaseBusy, "No connection to the database was free in time. Nothing was changed; try again."),
}

log: Final = structlog.get_logger("kanta_tenancy.web")


@contextmanager
def reached() -> Generator[None]:
    """Hold on to what the network says on the way to the database; elsewhere an OSError is one of our own files.

    Raises:
        DatabaseUnavailable: there is no way to it.
    """
    try:
        yield
    except TimeoutError:
        raise
    except OSError as error:
        log.warning("database trouble", problem=DatabaseUnavailable.slug, **described(error))
        raise DatabaseUnavailable(_OUT_OF_REACH) from error


def as_refusal(error: Exception) -> DomainError | None:
    """Say in our words what trouble with the database this is; None when it is something else."""
    for kind, (refusal, sentence) in _POSTGRES.items():
        if isinstance(error, kind):
            return refusal(sentence)
    return None


def handle_any(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer an error that no route meant to raise."""
    refusal = as_refusal(error)
    if refusal is not None:
        log.warning("database trouble", problem=refusal.slug, **described(error))
        return handle_domain(request, refusal)
    log.error("unexpected error", **described(error))
    return respond(from_plain(HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED, instance=instance_of(request)))


def handle_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    if error.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        return handle_any(request, error)
    return handle_framework(request, error)


def described(error: BaseException) -> dict[str, Any]:
    """Return the class of an error and the lines it came through, without its message: that may hold data."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "sqlstate": getattr(error, "sqlstate", None),
        "where": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }


HANDLERS: Final[ExceptionHandlersMap] = {
    DomainError: handle_domain,
    HTTPException: handle_http,
    Exception: handle_any,
}
