"""What a signer may not bring along with a signature that is sound in itself."""

import io
import zipfile

import pytest

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.models.rendering import line_id
from kanta_tenancy.agreements.signing.errors import SignatureRefused
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.agreements.conftest import a_credential
from tests.agreements.examples import a_draft, both_sign

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
SIDE_LETTER = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">
<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="Price"><vt:lpwstr>0 EUR</vt:lpwstr></property>
</Properties>""".encode()
CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"


def entries(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_part(docx: bytes, name: str, content: bytes, kind: str, relationship: str) -> bytes:
    """Add a part that no signature of Office covers, with its content type and its relationship."""
    parts = entries(docx) | {name: content}
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    link = f'<Relationship Id="added" Type="{relationship}" Target="{name}"/></Relationships>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override.encode())
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", link.encode())
    return package(parts)


def renamed(docx: bytes) -> bytes:
    parts = entries(docx)
    core = parts["docProps/core.xml"].replace(b"Kanta Tenancy", b"VOID")
    assert core != parts["docProps/core.xml"]
    return package(parts | {"docProps/core.xml": core})


MISCHIEF = {
    "docProps/core.xml": renamed,
    "docProps/custom.xml": lambda docx: with_part(
        docx, "docProps/custom.xml", SIDE_LETTER, CUSTOM, f"{OFFICE}/relationships/custom-properties"
    ),
    "docProps/thumbnail.jpeg": lambda docx: with_part(
        docx, "docProps/thumbnail.jpeg", b"\xff\xd8\xff", "image/jpeg", THUMBNAIL
    ),
}


@pytest.mark.parametrize("part", MISCHIEF)
async def test_metadata_that_no_signature_covers_stays_as_it_was_offered(desk, part):
    offered = await desk.offered()
    changed = MISCHIEF[part](await desk.signed_copy(offered, offered.signatories[1]))
    assert verify(changed, at=desk.clock.now()).verdict is Verdict.INDETERMINATE  # the signature itself is sound
    with pytest.raises(SignatureRefused, match="not what was offered") as refused:
        await desk.hand_in(offered, Party.TENANT, changed)
    assert [flaw.field for flaw in refused.value.flaws] == [f"/{part}"]


async def test_a_document_that_was_zipped_anew_is_the_same_document(desk):
    offered = await desk.offered()
    copy = await desk.signed_copy(offered, offered.signatories[1])
    assert await desk.hand_in(offered, Party.TENANT, package(entries(copy)))


async def test_two_signatories_of_a_party_do_not_sign_with_one_certificate(desk):
    agreement = await desk.offered(a_draft(signatories=both_sign(jointly=True)))
    credential = a_credential("Aino alone")

    async def copy(who):
        ground = await desk.ground(agreement, who.party)
        line = next(line for line in signature_lines(ground.docx) if line.setup_id == line_id(who.line))
        return sign(ground.docx, credential, at=desk.clock.now(), line=line)

    first, second = (who for who in agreement.signatories if who.party is Party.TENANT)
    agreement = await desk.hand_in(agreement, Party.TENANT, await copy(first))
    with pytest.raises(SignatureRefused, match="another signatory of the party"):
        await desk.hand_in(agreement, Party.TENANT, await copy(second))


async def test_a_refusal_does_not_list_that_nobody_vouches_for_the_certificate(desk):
    agreement = await desk.offered()
    who = next(who for who in agreement.signatories if who.party is Party.TENANT)
    parts = entries(await desk.signed_copy(agreement, who))
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"Kanta", b"Canta")
    with pytest.raises(SignatureRefused) as refused:
        await desk.hand_in(agreement, Party.TENANT, package(parts))
    assert {flaw.rule for flaw in refused.value.flaws} == {"R5"}
