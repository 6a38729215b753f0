"""A certificate's impact as LibreOffice shows it: pages with their headings, a spreadsheet that computes nothing."""

import subprocess
from uuid import UUID

import pytest
from docx import Document

from kanta_tenancy.certificates.impact.report_csv import as_csv
from kanta_tenancy.certificates.impact.report_document import as_docx
from kanta_tenancy.kernel.languages import Language
from tests.certificates.impact.test_report import a_report, a_tenant
from tests.interop.test_roster import DIVIDED_BY, EAGER, NAMES, computed

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("language", Language)
def test_the_document_repeats_the_heading_on_every_page_and_tells_everybody(soffice, tmp_path, language):
    names = [f"Hoitokoti {number} & Pojat <Tmi>" for number in range(60)]
    file = tmp_path / f"{language}.docx"
    file.write_bytes(as_docx(a_report(*[a_tenant(name) for name in names]), language))
    shown = subprocess.run(
        ["pdftotext", "-layout", soffice(file, "pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = [page for page in shown.split("\f") if page.strip()]
    heading = Document(str(file)).tables[1].rows[0].cells[1].text
    assert len(pages) > 3
    assert all(heading in page for page in pages[1:])
    assert all(name in shown for name in names)


@pytest.mark.parametrize("divided_by", DIVIDED_BY)
def test_libreoffice_computes_nothing_in_the_table_however_it_divides_the_lines(soffice, tmp_path, divided_by):
    file = tmp_path / "impact.csv"
    tenants = [a_tenant(name, holder=UUID(int=number)) for number, name in enumerate(NAMES)]
    file.write_bytes(as_csv(a_report(*tenants), Language.ENGLISH))
    assert computed(soffice(file, "fods", f"--infilter=CSV:{EAGER.format(DIVIDED_BY[divided_by])}")) == []
