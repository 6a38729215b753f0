"""How a command ends: an exit code, and for trouble one sentence instead of a traceback."""

import enum
import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import click

from kanta_tenancy.assembly.settings import WrongSettings
from kanta_tenancy.kernel.errors import Category, DomainError
from kanta_tenancy.machinery.postgres.errors import ServerTrouble, UnfitDatabase


class Outcome(enum.IntEnum):
    """Exit codes; scripts rely on them, so they stay. 1 is what a crash gives and is never used."""

    DONE = 0
    WRONG_USAGE = 2  # arguments, settings, or a file that cannot be read
    INVALID = 3  # `documents verify`, `journal verify`, `seals verify`, `proof verify`
    INDETERMINATE = 4  # the same
    REFUSED = 5  # a rule says no
    UNAVAILABLE = 6  # the database, a port or another thing that is needed cannot be had
    FAULT = 70  # a fault of this program
    INTERRUPTED = 130
    NOBODY_READS = 141  # the other end of a pipe was closed


# What writing to a full disk, a closed or a broken device says; a network says none of these.
_OUTPUT_FAILS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO})


class CannotServe(Exception):
    """Something that serving needs cannot be had; the sentence says what to do."""


@contextmanager
def ends_in_one_sentence(program: str) -> Generator[None]:
    """Turn whatever ends the block into an exit code and, for trouble, a sentence on standard error."""
    try:
        yield
        sys.stdout.flush()
    except SystemExit as end:
        if end.code == 1:  # click's answer to a closed pipe
            raise SystemExit(Outcome.NOBODY_READS) from end
        raise
    except BaseException as trouble:
        outcome, sentence = told(trouble)
        if sentence:
            click.echo(f"{program}: {sentence}", err=True)
        _write_out_or_drop()
        raise SystemExit(outcome) from trouble


def _write_out_or_drop() -> None:
    """Leave nothing that Python, when it ends, would fail to write, and tell of in its own words and exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def told(trouble: BaseException) -> tuple[Outcome, str]:
    """Return how a command ends that met this trouble, and what it says."""
    while isinstance(trouble, BaseExceptionGroup):
        trouble = trouble.exceptions[0]
    for kinds, tell in _TELLERS:
        if isinstance(trouble, kinds):
            return tell(trouble)
    database = _told_by_driver(trouble)
    return database if database is not None else _fault(trouble)


def _no_command(trouble: Any) -> tuple[Outcome, str]:
    click.echo(trouble.ctx.get_help(), err=True)  # the help as it is, not a sentence that begins with our name
    return Outcome.WRONG_USAGE, ""


def _usage(trouble: Any) -> tuple[Outcome, str]:
    context = getattr(trouble, "ctx", None)
    hint = f" See `{context.command_path} --help`." if context is not None else ""
    return Outcome.WRONG_USAGE, f"{trouble.format_message()}{hint}"


def _refusal(trouble: Any) -> tuple[Outcome, str]:
    flaws = [f"  {flaw.field or '-'}: {flaw.detail}" for flaw in trouble.flaws]
    outcome = Outcome.UNAVAILABLE if trouble.category is Category.UNAVAILABLE else Outcome.REFUSED
    return outcome, "\n".join([trouble.detail, *flaws])


def _wrong_settings(trouble: Any) -> tuple[Outcome, str]:
    return Outcome.WRONG_USAGE, "\n".join(trouble.sentences)


def _unfit(trouble: BaseException) -> tuple[Outcome, str]:
    return Outcome.WRONG_USAGE, str(trouble)


def _unavailable(trouble: BaseException) -> tuple[Outcome, str]:
    return Outcome.UNAVAILABLE, str(trouble)


def _interrupted(_: BaseException) -> tuple[Outcome, str]:
    return Outcome.INTERRUPTED, "Interrupted."


def _system(trouble: Any) -> tuple[Outcome, str]:
    if trouble.errno == errno.EPIPE:
        return Outcome.NOBODY_READS, ""
    if trouble.filename is not None:
        return Outcome.WRONG_USAGE, f"{os.fsdecode(trouble.filename)}: {trouble.strerror}."
    reason = str(trouble) or type(trouble).__name__
    if trouble.errno in _OUTPUT_FAILS:
        return Outcome.WRONG_USAGE, f"The output cannot be written: {trouble.strerror}."
    return Outcome.UNAVAILABLE, f"The database cannot be reached: {reason.rstrip('.')}."


_TELLERS: Final[tuple[tuple[tuple[type[BaseException], ...], Callable[[Any], tuple[Outcome, str]]], ...]] = (
    ((click.exceptions.NoArgsIsHelpError,), _no_command),
    ((click.ClickException,), _usage),
    ((DomainError,), _refusal),
    ((WrongSettings,), _wrong_settings),
    ((ServerTrouble, CannotServe), _unavailable),
    ((KeyboardInterrupt, click.Abort), _interrupted),
    ((UnfitDatabase,), _unfit),
    ((OSError,), _system),
)

_NOT_PREPARED: Final = "The database is not prepared: run `kanta-tenancy migrate`."
_DRIVER: Final[Mapping[str, tuple[Outcome, str]]] = {
    "UndefinedFunctionError": (Outcome.UNAVAILABLE, _NOT_PREPARED),
    "UndefinedColumnError": (Outcome.UNAVAILABLE, _NOT_PREPARED),
    "UndefinedTableError": (Outcome.UNAVAILABLE, _NOT_PREPARED),
    "InsufficientPrivilegeError": (Outcome.UNAVAILABLE, "The database does not allow this to its role: {}."),
    "InvalidAuthorizationSpecificationError": (Outcome.UNAVAILABLE, "The database does not let us in: {}."),
    "InvalidPasswordError": (Outcome.UNAVAILABLE, "The database does not let us in: {}."),
    "InvalidCatalogNameError": (Outcome.UNAVAILABLE, "The database does not exist: {}."),
    "ClientConfigurationError": (Outcome.WRONG_USAGE, "The address of the database cannot be used: {}."),
    "PostgresConnectionError": (Outcome.UNAVAILABLE, "The connection to the database was lost: {}."),
    "InterfaceError": (Outcome.UNAVAILABLE, "The connection to the database was lost: {}."),
    "OperatorInterventionError": (Outcome.UNAVAILABLE, "The database is not available: {}."),
    "InsufficientResourcesError": (Outcome.UNAVAILABLE, "The database is not available: {}."),
    "LockNotAvailableError": (Outcome.UNAVAILABLE, "The database is busy: {}."),
}


def _told_by_driver(trouble: BaseException) -> tuple[Outcome, str] | None:
    """Tell of asyncpg's errors by name, so that commands without a database need not import it."""
    for kind in type(trouble).__mro__:
        if kind.__module__.startswith("asyncpg.") and kind.__name__ in _DRIVER:
            outcome, sentence = _DRIVER[kind.__name__]
            return outcome, sentence.format(str(trouble).splitlines()[0].rstrip("."))
    return None


def _fault(trouble: BaseException) -> tuple[Outcome, str]:
    with tempfile.NamedTemporaryFile("w", prefix="kanta-tenancy-fault-", suffix=".txt", delete=False) as file:
        traceback.print_exception(trouble, file=file)
    return Outcome.FAULT, f"This is a fault of the program ({type(trouble).__name__}); {file.name} tells more."
