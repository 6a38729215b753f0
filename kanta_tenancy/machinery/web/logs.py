"""Logs: one JSON object a line, without personal data; a net below catches tokens and identity codes all the same."""

import logging
import re
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, Final, TextIO

import msgspec
import structlog

from kanta_tenancy.machinery.web.trouble import described

# An access key or a calendar's address; the secret of a webhook; what follows `Bearer` or `Basic`; and an identity
# code: day, month, year, sign of the century, individual number, check character (decree 1053/2009 with the signs of
# 2023). Each begins with the letter or digit that it can begin with and looks back from there: so other text is passed
# over at one glance a character, and every value of every line is looked at.
_SECRET: Final = re.compile(
    r"k(?<=\bk)[tf]_[A-Za-z0-9_-]{6,}"
    r"|w(?<=\bw)hsec_[A-Za-z0-9+/=]{6,}"
    r"|[Bb](?<=\b[Bb])(?i:(?:earer|asic) +[A-Za-z0-9._~+/=-]+)"
    r"|[0-3](?<![0-9][0-3])(?i:[0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y](?![0-9A-Z]))"
)

current_request: Final[ContextVar[str | None]] = ContextVar("current_request", default=None)  # its id, for every line


def configure_logs(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every log of the process, other libraries' too, to `stream` (standard error) as JSON lines."""
    lines = structlog.WriteLogger(stream or sys.stderr)
    structlog.configure(
        processors=[
            name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Onwards()], level=max(level, logging.WARNING), force=True)


def name_request(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id of the request that is being answered, if one is."""
    request_id = current_request.get()
    if request_id is not None:
        event["request_id"] = request_id
    return event


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what looks like an access key or a Finnish personal identity code in every value."""
    return {name: _redacted(value) for name, value in event.items()}


def as_json(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


class _Onwards(logging.Handler):
    """Hands records of the standard library's loggers to structlog; of an exception its class and lines only."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger("python").log(
            record.levelno,
            "an error" if error is not None else record.getMessage(),
            logger=record.name,
            **({} if error is None else described(error)),
        )


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET.sub("[redacted]", value)
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {_redacted(name): _redacted(item) for name, item in value.items()}
    return value
