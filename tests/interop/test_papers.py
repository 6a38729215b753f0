"""Documents for addressees as others see them: POI and LibreOffice verify the seal, and show every page."""

import io
import subprocess
import zipfile

import pytest
from docx import Document
from msgspec.structs import replace

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.papers import Part
from kanta_tenancy.papers.layout import as_docx
from kanta_tenancy.seals.documents import COMMENT
from tests.papers.examples import NOON, a_paper
from tests.seals.examples import a_folder, a_key

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_3072])
def test_poi_and_libreoffice_accept_the_seal_and_see_that_a_document_was_changed(
    poi, libreoffice, clock, tmp_path, kind
):
    keys = a_folder(tmp_path)
    clock.at = NOON
    a_key(keys, clock, kind=kind)
    sealed = sign(as_docx(a_paper(), NOON), keys.named("seal-1"), at=NOON, comments=COMMENT)
    whole, changed = tmp_path / "paper.docx", tmp_path / "changed.docx"
    whole.write_bytes(sealed)
    changed.write_bytes(replaced(sealed))
    assert poi.verify(whole, trust=keys.folder / "seal-1.pem").valid
    (seen,) = libreoffice.verify(whole).signatures
    assert (seen.valid, seen.line, seen.signer.find("Esimerkki Oy") >= 0) == (True, "", True)
    assert not poi.verify(changed).valid
    assert not libreoffice.verify(changed).valid


def replaced(sealed: bytes) -> bytes:
    """Write the same package with another word in its text, as a zip that is sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sealed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"Prescriptions do not open", b"Prescriptions open again")
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("language", Language)
def test_a_long_document_repeats_nothing_and_loses_nothing(soffice, tmp_path, language):
    parts = tuple(Part(heading=f"Ilmoitus {n}", text=f"Rivi {n} & <Oy>\nToinen rivi {n}") for n in range(40))
    file = tmp_path / f"{language}.docx"
    file.write_bytes(as_docx(replace(a_paper(), language=language, parts=parts), NOON))
    shown = subprocess.run(
        ["pdftotext", "-layout", soffice(file, "pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = [page for page in shown.split("\f") if page.strip()]
    assert len(pages) > 2
    assert all("0A1B2C3D" in page for page in pages)  # the footer names it
    assert [line.strip() for line in shown.splitlines() if "& <Oy>" in line] == [f"Rivi {n} & <Oy>" for n in range(40)]
    assert len([one for one in Document(str(file)).paragraphs if one.style.name == "Heading 1"]) == 40
