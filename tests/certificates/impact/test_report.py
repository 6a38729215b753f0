"""The reports: a document that can be read aloud, a table of which nothing can be computed."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from docx import Document

from kanta_tenancy.certificates.impact.model import AffectedSystem, AffectedTenant, Impact, Report, Subject
from kanta_tenancy.certificates.impact.report_csv import COLUMNS, as_csv
from kanta_tenancy.certificates.impact.report_document import TITLE, as_docx
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx.wordml import w
from kanta_tenancy.parties import Function, Reachable
from kanta_tenancy.systems import Firm, SystemState, Upkeep
from tests.certificates.impact.examples import MAY_3, NOON_OF_MAY_3
from tests.certificates.impact.test_telling import a_reach

CERTIFICATE = Subject(
    id=UUID(int=7),
    kind="server",
    name="kanta.example.org",
    sha256="ab" * 32,
    not_after=NOON_OF_MAY_3,
    state=State.IN_USE,
)
SYSTEM = AffectedSystem(
    id=UUID(int=8),
    name="Saaristo Care",
    state=SystemState.IN_USE,
    producer=Firm(name="Ohjelmistotalo Oy", phone="+358 9 1"),
    upkeep=Upkeep(keeper="Käyttöpalvelu Oy", support_phone="+358 20 123"),
    tenants=2,
    services=("prescription",),
    others=1,
)
AINO = Reachable(
    id=UUID(int=9),
    name="Aino Ahola",
    email="aino@example.org",
    phone="+358 40 1",
    language=Language.FINNISH,
    tenancy_id=UUID(int=10),
    function=Function.TECHNICAL,
)


def a_tenant(name: str = "Hoitokoti Oy", **said: Any) -> AffectedTenant:
    return AffectedTenant(
        **{
            "holder": UUID(int=10),
            "tenancy_id": UUID(int=10),
            "name": name,
            "business_id": "1234567-1",
            "reference": "V-1",
            "services": ("prescription", "patient_data"),
            "systems": (SYSTEM.id,),
            "people": (AINO,),
        }
        | said
    )


def a_report(*tenants: AffectedTenant, systems: tuple[AffectedSystem, ...] = (SYSTEM,), **said: Any) -> Report:
    reach = a_reach(tenants=len(tenants), services=("prescription", "patient_data"), systems=len(systems))
    return Report(
        impact=Impact(**{"certificate": CERTIFICATE, "day": MAY_3, "reach": reach, "systems": systems} | said),
        made_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        main_connector="Pääliittyjä Oy",
        business_id="2000000-8",
        tenants=tenants,
    )


def opened(report: Report, language: Language = Language.ENGLISH):
    return Document(io.BytesIO(as_docx(report, language)))


def cells(document, table: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[table].rows]


def test_the_document_tells_systems_tenants_and_whom_to_call():
    own = a_tenant("Pääliittyjä Oy", tenancy_id=None, people=(), services=("log_store",))
    document = opened(a_report(own, a_tenant(), a_tenant("Nobody Oy", people=())), Language.FINNISH)
    assert cells(document, 0)[1] == [
        "Saaristo Care\nOhjelmistotalo Oy", "2", "Resepti-palvelu", "Käyttöpalvelu Oy\n+358 20 123", "1",
    ]  # fmt: skip
    assert [(row[0], row[4]) for row in cells(document, 1)[1:]] == [
        ("Pääliittyjä Oy", "\N{EN DASH}"),
        ("Hoitokoti Oy", "Aino Ahola\n+358 40 1\naino@example.org"),
        ("Nobody Oy", "ei yhteyshenkilöä"),
    ]
    text = [paragraph.text for paragraph in document.paragraphs]
    assert any(line.startswith("Jos varmenne ei ole voimassa 3.5.2027, 3 vuokralaista menettää") for line in text)
    assert any("Muut saman lajin varmenteet" in line for line in text)
    assert "Laji: palvelinvarmenne" in text[1]
    assert "Voimassaolo päättyy: 3.5.2027 12.00" in text[1]


def test_where_nobody_keeps_a_system_running_its_producer_is_called():
    bare = SYSTEM.__class__(**{name: getattr(SYSTEM, name) for name in SYSTEM.__struct_fields__} | {"upkeep": None})
    assert cells(opened(a_report(a_tenant(), systems=(bare,))), 0)[1][3] == "+358 9 1"


def test_what_is_not_there_is_said():
    certificate = Subject(
        id=UUID(int=7), kind="new_kind", name="x", sha256="ab" * 32, not_after=None, state=State.RETIRED
    )
    text = "\n".join(paragraph.text for paragraph in opened(a_report(systems=(), certificate=certificate)).paragraphs)
    for said in (
        "No system is recorded for the certificate on this day.",
        "No tenant\N{RIGHT SINGLE QUOTATION MARK}s services are known to depend on the certificate on this day.",
        "The certificate is recorded as not in use any more.",
        "Kind: new_kind",
        "Valid until: cannot be read",
    ):
        assert said in text
    assert "Other certificates of the same kind" not in text


@pytest.mark.parametrize("language", Language)
def test_the_document_can_be_read_aloud(language):
    """Its language, title and headings are told, and each table says what it is and which row is its heading."""
    document = opened(a_report(a_tenant()), language)
    tag = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}[language.value]
    assert (document.core_properties.language, document.core_properties.title) == (tag, TITLE.said_in(language))
    assert document.styles.element.find(f"{w('docDefaults')}//{w('lang')}").get(w("val")) == tag
    assert [one.style.name for one in document.paragraphs if one.style.name.startswith("Heading")] == ["Heading 1"] * 2
    for table in document.tables:
        properties = table._tbl.tblPr  # noqa: SLF001 -- python-docx has no other way to it
        assert properties.find(w("tblCaption")).get(w("val"))
        assert properties.find(w("tblDescription")).get(w("val"))
        marked = [row.find(f"{w('trPr')}/{w('tblHeader')}") is not None for row in table._tbl.tr_lst]  # noqa: SLF001
        assert marked == [True, *[False] * (len(marked) - 1)]


def test_the_same_report_is_the_same_bytes():
    assert as_docx(a_report(a_tenant()), Language.FINNISH) == as_docx(a_report(a_tenant()), Language.FINNISH)


def test_the_table_has_a_line_for_each_person_and_for_a_tenant_without_one():
    second = Reachable(
        **{name: getattr(AINO, name) for name in AINO.__struct_fields__} | {"name": "Eino", "phone": None}
    )
    report = a_report(a_tenant(people=(AINO, second)), a_tenant("=1+1", people=(), reference=None))
    rows = list(csv.reader(io.StringIO(as_csv(report, Language.ENGLISH).decode("utf-8-sig"), newline="")))
    assert rows[0] == list(COLUMNS)
    assert [(row[3], row[5], row[9], row[12]) for row in rows[1:]] == [
        ("Hoitokoti Oy", "V-1", "Aino Ahola", "'+358 40 1"),
        ("Hoitokoti Oy", "V-1", "Eino", ""),
        ("'=1+1", "", "", ""),
    ]
    assert rows[1][6:9] == [
        "prescription | patient_data", "Prescription service | Patient Data Repository", "Saaristo Care",
    ]  # fmt: skip
