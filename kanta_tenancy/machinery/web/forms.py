"""A filled form as browsers send it: its fields, then its files, read no further than somebody wants them.

A form that takes files can be large, so whoever sends it can be looked at before its files are read. What is too large
is read to its end and not kept: so the form can be shown again, and memory holds no more than was meant.
"""

from collections.abc import AsyncIterator
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from litestar import Request
from litestar.exceptions import ClientException, InternalServerException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.web.access import FORM
from kanta_tenancy.machinery.web.errors import RequestMalformed

_MOST_FIELDS: Final = 40
_MOST_PARTS: Final = 500  # files of no name among them
_NO_FORM: Final = "This is no filled form."

Event: TypeAlias = MultipartSegment | bytes | bytearray | None


class FormLimits(Record, frozen=True, kw_only=True):
    """How much of a form is kept, in bytes."""

    text: int  # all fields together; a form with more is refused
    file: int  # one file
    files: int  # all files together


class Upload(Record, frozen=True, kw_only=True):
    """A file that came with a form."""

    name: str  # as the browser has it
    size: int
    content: bytes | None  # None: more than is kept


class FilledForm:
    """What somebody sent from a form; what was read of it so far."""

    def __init__(self, request: Request[Any, Any, Any], limits: FormLimits) -> None:
        self.fields: dict[str, str] = {}
        self.files: list[Upload] = []
        self.brings_files = False
        self._request = request
        self._limits = limits
        self._events: AsyncIterator[Event] | None = None
        self._waiting: MultipartSegment | None = None  # a file that was come to and not read
        self._text = 0
        self._kept = 0

    async def read_fields(self) -> None:
        """Read the fields that stand before the first file; browsers keep the order of the page.

        Raises:
            RequestMalformed: this is no filled form.
            ClientException: there is more text than a form has.
        """
        kind, _ = parse_options_header(self._request.headers.get("content-type", ""))
        if kind != FORM:
            await self._read_without_files()
            return
        self._events = self._parsed()
        await self._read(with_files=False)

    async def read_files(self) -> None:
        """Read the files, and fields that stand after them.

        Raises:
            RequestMalformed: this is no filled form.
            ClientException: there is more text than a form has.
        """
        if self._events is not None:
            await self._read(with_files=True)

    async def _read(self, *, with_files: bool) -> None:
        while (segment := self._waiting or await self._next_segment()) is not None:
            self._waiting = None
            if not segment.filename:
                await self._read_field(segment)
                continue
            self.brings_files = True
            if not with_files:
                self._waiting = segment
                return
            self.files.append(await self._file(segment.filename))

    async def _read_field(self, segment: MultipartSegment) -> None:
        content = b"".join([piece async for piece in self._pieces(room=self._limits.text - self._text)])
        self._text += len(content)
        if segment.filename is None:  # else a field for files in which none was chosen
            self._keep(str(segment.name), content)

    async def _file(self, name: str) -> Upload:
        pieces: list[bytes] | None = []
        size = 0
        async for piece in self._pieces():
            size += len(piece)
            if size > self._limits.file or self._kept + size > self._limits.files:
                pieces = None
            if pieces is not None:
                pieces.append(piece)
        if pieces is None:
            return Upload(name=name, size=size, content=None)
        self._kept += size
        return Upload(name=name, size=size, content=b"".join(pieces))

    async def _next_segment(self) -> MultipartSegment | None:
        async for event in self._stream():
            if isinstance(event, MultipartSegment):
                return event
        return None

    async def _pieces(self, *, room: int | None = None) -> AsyncIterator[bytes]:
        """Give the content of the part that was come to, piece by piece."""
        async for event in self._stream():
            if event is None:
                return
            if isinstance(event, bytes | bytearray):
                if room is not None:
                    room -= len(event)
                    _refuse_more(room)
                yield bytes(event)

    async def _stream(self) -> AsyncIterator[Event]:
        while self._events is not None:
            try:
                yield await anext(self._events)
            except StopAsyncIteration:
                self._events = None

    async def _parsed(self) -> AsyncIterator[Event]:
        _, options = parse_options_header(self._request.headers.get("content-type", ""))
        try:
            with PushMultipartParser(options.get("boundary", ""), max_segment_count=_MOST_PARTS) as parser:
                async for chunk in _chunks(self._request):
                    for event in parser.parse(chunk):
                        yield event
        except MultipartError as why:
            raise RequestMalformed(_NO_FORM) from why

    async def _read_without_files(self) -> None:
        body = b""
        async for chunk in _chunks(self._request):
            body += chunk
            _refuse_more(self._limits.text - len(body))
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
            )
        except ValueError as why:
            raise RequestMalformed(_NO_FORM) from why
        self.fields = dict(pairs)

    def _keep(self, name: str, content: bytes) -> None:
        try:
            self.fields[name] = content.decode()
        except ValueError as why:
            raise RequestMalformed(_NO_FORM) from why
        if len(self.fields) > _MOST_FIELDS:
            raise RequestMalformed(_NO_FORM)


async def _chunks(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except InternalServerException as error:
        raise RequestMalformed("The body ended before it was complete.") from error


def _refuse_more(room: int) -> None:
    if room < 0:
        raise ClientException("there is more text than a form has", status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)
