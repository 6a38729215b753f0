"""Certificates in files at the command line: `certificates inspect|lint`, which need no service and no database."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from kanta_tenancy.certificates.looking.gathering import Gathered, gather
from kanta_tenancy.certificates.looking.linting import lint as held_against
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.certificates.looking.telling import entry_json, entry_text, expired, lint_json, lint_text
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.x509.inspected import Inspected

_EXPIRED: Final = 3
_BROKEN: Final = 3
_UNREADABLE: Final = 4
_PATHS: Final = click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
)
_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_PASSWORD_FILE: Final = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the password of PKCS#12 containers, in its first line.",
)
_ASK_PASSWORD: Final = click.option(
    "--ask-password", is_flag=True, help="Ask for the password of PKCS#12 containers, without showing it."
)
_ABOUT_INSPECT: Final = """\b
Exit codes:
  0  every certificate can be read, and none has expired
  2  wrong usage
  3  a certificate has expired, whatever else there is
  4  a certificate or a file cannot be read, or there is none
"""
_ABOUT_LINT: Final = """\b
Exit codes:
  0  nothing, or warnings only
  2  wrong usage
  3  a certificate does not keep a rule
  4  a certificate or a file cannot be read
"""


def password_options(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command be told the password of containers, in a file or by whoever sits there, as `password`."""

    @functools.wraps(command)
    def told(*args: Any, password_file: Path | None, ask_password: bool, **options: Any) -> None:
        if password_file is not None and ask_password:
            raise click.UsageError("Give --password-file or --ask-password, not both.")
        command(*args, password=_password(password_file, ask=ask_password), **options)

    return _PASSWORD_FILE(_ASK_PASSWORD(told))


def _password(file: Path | None, *, ask: bool) -> bytes | None:
    if ask:
        return click.prompt("Password of the PKCS#12 containers", hide_input=True, err=True).encode()
    return None if file is None else (file.read_bytes().splitlines() or [b""])[0]


@click.command(epilog=_ABOUT_INSPECT)
@_PATHS
@_JSON
@password_options
@click.pass_context
def inspect(context: click.Context, /, paths: tuple[Path, ...], *, as_json: bool, password: bytes | None) -> None:
    """Tell everything of the certificates in PATH: files, folders, or zips of them.

    PEM, DER, PKCS#7 and PKCS#12 are read. The same certificate in several places is told once. What is odd or cannot be
    read is told, too. Private keys are told of by the name of their file, and never kept.
    """
    desk: Desk = context.obj
    now = desk.clock.now()
    found = gather(paths, password)
    _tell_of_keys(found)
    if as_json:
        _print_json([entry_json(entry, now) for entry in found.entries], found)
    else:
        for entry in found.entries:
            click.echo("\n".join(entry_text(entry, now)).encode())
        _tell_what_was_not_read(found)
    context.exit(_EXPIRED if any(expired(entry, now) for entry in found.entries) else _unreadable(found))


@click.command(epilog=_ABOUT_LINT)
@_PATHS
@click.option(
    "--profile", "name", required=True, type=click.Choice(tuple(profiles())), help="What to hold them against."
)
@_JSON
@password_options
@click.pass_context
def lint(
    context: click.Context, /, paths: tuple[Path, ...], *, name: str, as_json: bool, password: bytes | None
) -> None:
    """Hold the certificates in PATH against a profile.

    Each finding says its rule, where that comes from, and whether that source was verified. Authorities in the same
    files are held against the profile's RFC 5280 rules alone.
    """
    found = gather(paths, password)
    _tell_of_keys(found)
    judged = [
        (entry, profile, held_against(entry.certificate, profiles()[profile]))
        for entry in found.entries
        if isinstance(entry.certificate, Inspected)
        for profile in ("rfc5280" if entry.certificate.is_authority else name,)
    ]
    if as_json:
        _print_json([lint_json(*one) for one in judged], found)
    else:
        for one in judged:
            click.echo("\n".join(lint_text(*one)).encode())
        _tell_what_was_not_read(found)
    broken = any(finding.severity is Severity.ERROR for *_, findings in judged for finding in findings)
    context.exit(_BROKEN if broken else _unreadable(found))


def _tell_of_keys(found: Gathered) -> None:
    for place in found.keys:
        click.echo(f"{place}: there is a private key in it, which was not kept.", err=True)


def _tell_what_was_not_read(found: Gathered) -> None:
    for one in found.not_read:
        click.echo(f"{one.where}: {one.why}.", err=True)


def _print_json(told: list[dict[str, object]], found: Gathered) -> None:
    whole = {"certificates": told, "keys": found.keys, "not_read": msgspec.to_builtins(found.not_read)}
    click.echo(json.dumps(whole, indent=2).encode())


def _unreadable(found: Gathered) -> int:
    """Answer 4 unless all was read; a file of another kind is let pass where there are certificates beside it."""
    whole = bool(found.entries) and all(isinstance(entry.certificate, Inspected) for entry in found.entries)
    return 0 if whole and all(one.of_another_kind for one in found.not_read) else _UNREADABLE
