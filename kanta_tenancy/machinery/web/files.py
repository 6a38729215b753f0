"""Files in answers."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, cast
from urllib.parse import quote

import msgspec
from litestar import Response
from litestar.response import Stream

_UNSAFE: Final = re.compile(r'[^\w .()+-]|["\\/]', re.ASCII)
_UNSAFE_ANYWHERE: Final = re.compile(r'[\\/:*?"<>|]')
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # never a file on Windows
_LONGEST: Final = 120
_LONGEST_ENDING: Final = 10


def attachment(name: str) -> str:
    """Return a `Content-Disposition` that saves under `name`, whatever it holds: never a path, never two headers."""
    shown = "".join(c if c.isprintable() else " " for c in name)
    shown = _UNSAFE_ANYWHERE.sub("_", shown).strip(" .") or "file"
    if _DEVICE.fullmatch(shown):
        shown = f"_{shown}"
    if len(shown) > _LONGEST:
        stem, dot, ending = shown.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= _LONGEST_ENDING else ""
        shown = shown[: _LONGEST - len(ending)] + ending
    plain = _UNSAFE.sub("_", shown)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"


def file_answer(content: bytes, *, media_type: str, name: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers={"Content-Disposition": attachment(name)})


async def array_by_pages(pages: AsyncIterator[Sequence[Any]]) -> AsyncIterator[bytes]:
    """Return one JSON array piece by piece, one for each page, as it is read; cut off, it is no JSON."""
    before, first = b"[", True
    async for page in pages:
        said = b",\n".join(map(msgspec.json.encode, page))
        yield before + (b"" if first or not page else b",\n") + said
        before, first = b"", first and not page
    yield b"]\n"


async def streamed_answer(pieces: AsyncIterator[bytes], *, media_type: str, name: str | None = None) -> Response[bytes]:
    """Answer piece by piece, for what may be long.

    The first piece is waited for, so that trouble before it is told as a problem. Trouble after it cuts the answer off:
    who reads it sees that the connection ended before the answer did.

    Args:
        name: under which it is saved; None: it is not for saving.
    """
    first = await anext(pieces)

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    headers = {} if name is None else {"Content-Disposition": attachment(name)}
    return cast("Response[bytes]", Stream(whole(), media_type=media_type, headers=headers))
