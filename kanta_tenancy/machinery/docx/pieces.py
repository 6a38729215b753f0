"""What an issued package is put together from: what never changes, parts that are filled, pictures that come in."""

from typing import Final

from isal import isal_zlib

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.errors import ValuesDoNotFit
from kanta_tenancy.machinery.docx.segments import Filling, Segment
from kanta_tenancy.machinery.opc import Packed, pack
from kanta_tenancy.machinery.opc.zip_layout import STORED

# How the pictures that a signature line may show begin: content type → (offset, bytes).
_BEGINNINGS: Final = {
    "image/x-emf": (40, b" EMF"),
    "image/emf": (40, b" EMF"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/gif": (0, b"GIF8"),
}


class FilledPart(Record, frozen=True, kw_only=True):
    """A part that differs from document to document."""

    part: str
    segments: tuple[Segment, ...]

    def entry(self, values: Filling) -> Packed:
        out: list[bytes] = []
        for segment in self.segments:
            segment.write(out, values, {})
        return pack(self.part, b"".join(out))


class SignaturePicture(Record, frozen=True, kw_only=True):
    """The picture of a signature line; it comes with the values."""

    part: str
    line: str
    content_type: str

    def entry(self, image: bytes) -> Packed:
        offset, beginning = _BEGINNINGS.get(self.content_type, (0, b""))
        if not image.startswith(beginning, offset):
            raise ValuesDoNotFit(f"the template shows {self.line} as {self.content_type}; the image is of another kind")
        return stored(self.part, image)


class ChartPart(Record, frozen=True, kw_only=True):
    """The part of a chart; it comes with the values."""

    part: str
    chart: str

    def entry(self, values: Filling) -> Packed:
        return pack(self.part, values.charts[self.chart])


Piece = Packed | FilledPart | ChartPart | SignaturePicture


def stored(name: str, content: bytes) -> Packed:
    return Packed(name=name, method=STORED, crc=isal_zlib.crc32(content), size=len(content), raw=content)
