"""The agreement as a document: rendered from what an offer freezes, compared with what comes back."""

from kanta_tenancy.agreements.drafting.errors import DraftIncomplete
from kanta_tenancy.agreements.model import Content, Signatory
from kanta_tenancy.agreements.models import amendment_form, rendering
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.template import Template
from kanta_tenancy.machinery.ooxml import contents
from kanta_tenancy.machinery.ooxml.line_images import unsigned_image
from kanta_tenancy.machinery.opc.package import Package


class Issued(Record, frozen=True, kw_only=True):
    """A document ready to be signed."""

    docx: bytes
    content_sha256: str  # of all that it says, its signatures left out


def issue(content: Content, template: Template) -> Issued:
    """Render what is offered; the same content and template give the same bytes.

    Raises:
        DraftIncomplete: the template has no signature line for one of the signatories (K21).
    """
    form = rendering.values if content.amended is None else amendment_form.values
    values = form(content, _picture)
    homeless = values.signature_lines.keys() - template.signature_lines(values.present)
    if homeless:
        flaws = tuple(
            Flaw(field="signatories", detail=f"the model has no signature line {name}", rule="K21")
            for name in sorted(homeless)
        )
        raise DraftIncomplete("; ".join(flaw.detail for flaw in flaws), flaws=flaws)
    docx = template.fill(values)
    return Issued(docx=docx, content_sha256=content_digest(docx))


def content_digest(docx: bytes) -> str:
    """Return the digest of all that a document says, which signing it does not change.

    Raises:
        BrokenPackage: the bytes are no package that can be relied on.
    """
    return contents.content_digest(Package.read(docx))


def _picture(who: Signatory) -> bytes:
    return unsigned_image(who.name, who.title)
