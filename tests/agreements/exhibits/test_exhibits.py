"""Files that show something: kept as they came, known by what their bytes say, seen by the tenant once they count."""

import zipfile
from io import BytesIO

import pytest

from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.exhibits import kinds, reading
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound, ExhibitRefused
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.machinery.resources import folder
from tests.agreements.endings.test_notices import a_notice, given

A_DOCX = (folder("templates") / "agreements" / "main-connector-tenant-1" / "fi.docx").read_bytes()


def zipped(**files: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n1 0 obj\n%%EOF", kinds.PDF),
        (A_DOCX, kinds.DOCX),
        ("Irtisanomme sopimuksen.\r\n\tÅsa".encode(), kinds.TEXT),
        (b"%PDF-1.4 cut off", None),
        (A_DOCX[:-30], None),
        (zipped(a=b"x"), None),
        (b"<html>\0</html>", None),
        (b"MZ\x90\x00", None),
        (b"\xff\xfe", None),
        (b"", None),
    ],
)
def test_its_bytes_say_what_it_is(content, kind):
    assert kinds.kind_of(content) == kind


def test_a_document_with_macros_is_refused():
    package = {}
    with zipfile.ZipFile(BytesIO(A_DOCX)) as archive:
        for name in archive.namelist():
            package[name] = archive.read(name)
    types = package["[Content_Types].xml"]
    macros = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert macros != types
    assert kinds.kind_of(zipped(**package | {"[Content_Types].xml": macros})) is None


async def test_it_comes_back_as_it_came_and_its_digest_with_it(desk, database):
    exhibit = await desk.exhibit(Party.TENANT, A_DOCX, "sopimus.docx")
    async with database.transaction(desk.main_connector) as tx:
        assert await exhibits.read(tx, exhibit.id) == (exhibit, A_DOCX)
    assert (exhibit.size, exhibit.brought_by) == (len(A_DOCX), Party.TENANT)


@pytest.mark.parametrize(("name", "content"), [("a\u202e.pdf", b"text"), ("x.exe", b"MZ\x90\x00")])
async def test_a_file_of_no_kind_that_is_kept_is_refused(desk, name, content):
    with pytest.raises(ExhibitRefused):
        await desk.exhibit(Party.TENANT, content, name)


async def test_the_tenant_sees_a_file_of_the_main_connector_once_it_stands_in_something(desk, database):
    agreement = await desk.in_force()
    exhibit = await desk.exhibit(Party.MAIN_CONNECTOR)
    async with database.transaction(desk.tenant.caller) as tx:
        with pytest.raises(ExhibitNotFound):
            await reading.exhibit(tx, exhibit.id)
    await given(desk, agreement, a_notice(Party.MAIN_CONNECTOR, exhibit_id=exhibit.id))
    async with database.transaction(desk.tenant.caller) as tx:
        assert await reading.exhibit(tx, exhibit.id) == exhibit
