"""Files that the commands about documents read and write, and how they say what is wrong with one."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Never, TypeVar

import click

from kanta_tenancy.assembly.atomic_file import write_whole
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine, signature_lines
from kanta_tenancy.machinery.opc.limits import LIMITS

T = TypeVar("T")
REFUSED: Final = 3
EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW: Final = click.Path(dir_okay=False, path_type=Path)


class Unusable(click.ClickException):
    """A file that was named on the command line cannot be used."""

    exit_code = 2


def clock(context: click.Context) -> Clock:
    given: Clock = context.obj or SystemClock()
    return given


def content(path: Path, most: int = LIMITS.file_size) -> bytes:
    """Read a file, at most one byte more than is allowed, so that whoever judges it sees that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as trouble:
        raise Unusable(f"{path}: {trouble.strerror}.") from trouble


def each(paths: Sequence[Path], most: int, read: Callable[[bytes], T]) -> Iterator[T]:
    """Read files, each of at most so many bytes, and say which is not what it should be."""
    for path in paths:
        try:
            yield read(content(path, most))
        except DomainError as unusable:
            raise Unusable(f"{path}: {unusable.detail}.") from unusable


def check_new(*paths: Path | None, force: bool) -> None:
    """Check that nothing would be overwritten, unless it may."""
    for path in paths:
        if path is not None and path.exists() and not force:
            raise Unusable(f"{path} exists; give another name, or --force to overwrite it.")


def write(path: Path, whole: bytes) -> None:
    try:
        write_whole(path, whole)
    except OSError as trouble:
        raise Unusable(f"{path}: {trouble.strerror}.") from trouble


def line(document: bytes, number: int | None) -> SignatureLine | None:
    """Return the Nth signature line of a document; none when none is asked for."""
    if number is None:
        return None
    lines = signature_lines(document)
    if number > len(lines):
        told = "; ".join(f"{each}. {one.suggested_signer}" for each, one in enumerate(lines, start=1))
        raise click.BadParameter(
            f"the document has {len(lines)} signature lines{': ' * bool(lines)}{told}.", param_hint="--signature-line"
        )
    return lines[number - 1]


def where(on: SignatureLine | None) -> str:
    return "" if on is None else f", on the signature line of {on.suggested_signer or 'nobody in particular'}"


def refuse(context: click.Context, file: Path, refusal: DomainError) -> Never:
    """Say why a document is refused, and end."""
    places = filter(None, (f"rule {refusal.rule}" if refusal.rule else "", *(one.field for one in refusal.flaws)))
    told = ", ".join(places)
    click.echo(f"{file}: {refusal.detail.removesuffix('.')}{f' ({told})' if told else ''}.", err=True)
    context.exit(REFUSED)
