"""`models` at the command line."""

import hashlib
import io
import json
import zipfile

import pytest
from lxml import etree

from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete
from kanta_tenancy.agreements.model import Status
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.resources import folder
from tests.agreements.examples import a_draft, both_sign
from tests.desk import ADesk
from tests.machinery.docx.forms import W, changed, replaced
from tests.parties.examples import a_realm, a_tenant, business_id, looked, owner_of

OURS = (folder("templates") / "agreements" / "main-connector-tenant-1" / "sv.docx").read_bytes()
DOCUMENT = "word/document.xml"


@pytest.fixture
async def realm(database, clock):
    return await a_realm(database, clock)


@pytest.fixture
def desk(database_url, clock, realm) -> ADesk:
    return ADesk(database_url, clock)


@pytest.fixture
def bring(desk, tmp_path):
    async def bring(docx: bytes, *options: str, name: str = "official", version: str = "2026-1", language: str = "sv"):
        file = tmp_path / "model.docx"
        file.write_bytes(docx)
        how = ("--name", name, "--version", version, "--language", language, *options)
        return await desk.type("models", "import", file, *how)

    return bring


async def test_a_model_of_ones_own_is_frozen_and_can_be_drafted_and_offered_on(bring, database, clock, realm):
    ended = await bring(OURS)
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output.startswith("Frozen: official 2026-1 (sv), ")
    tenant = await a_tenant(database, clock, realm)
    for organisation_id in (await owner_of(database, realm), tenant.organisation.id):
        await looked(database, clock, realm, organisation_id)
    said = a_draft(model="official", model_version="2026-1")
    async with database.transaction(realm) as tx:
        draft = await actions.draft(tx, clock, tenancy_id=tenant.tenancy.id, said=said)
    async with database.transaction(realm) as tx:
        plan = await actions.plan_offer(tx, clock, agreement_id=draft.id, version=draft.version)
        assert (await actions.offer(tx, clock, plan)).status is Status.OFFERED
    assert plan.content.model == "official"


async def test_the_list_shows_the_programs_own_and_then_what_was_brought_in(bring, desk):
    assert (await bring(OURS)).code == 0
    ended = await desk.type("models", "list")
    lines = [line.split("\t") for line in ended.output.splitlines()]
    assert [line[:5] for line in lines] == [
        ["-", "main-connector-tenant", "1", language, "-"] for language in Language
    ] + [[business_id(2000000), "official", "2026-1", "sv", "2026-03-02"]]
    assert lines[-1][5] == models.builtin()["main-connector-tenant", "1", Language.SWEDISH].frozen.content_sha256


async def test_the_list_as_json_tells_the_same(bring, desk):
    await bring(OURS)
    ended = await desk.type("models", "list", "--json")
    *_, last = json.loads(ended.output)
    assert last == {
        "main_connector": business_id(2000000),
        "name": "official",
        "version": "2026-1",
        "language": "sv",
        "content_sha256": last["content_sha256"],
        "clauses": len(models.builtin()["main-connector-tenant", "1", Language.SWEDISH].frozen.clauses),
        "imported_at": "2026-03-02T09:00:00Z",
    }


async def test_a_main_connector_sees_nothing_of_anothers_models(bring, desk, database, clock):
    await a_realm(database, clock, 2100000)
    mine, theirs = (business_id(serial) for serial in (2000000, 2100000))
    refused = await bring(OURS)
    assert (refused.code, refused.errors) == (5, f"say which main connector, by --main-connector: {mine}, {theirs}\n")
    assert (await bring(OURS, "--main-connector", mine)).code == 0
    seen = [
        await desk.type("models", "list", *of) for of in ((), ("--main-connector", mine), ("--main-connector", theirs))
    ]
    assert [ended.output.count("\n") for ended in seen] == [4, 4, 3]


async def test_before_there_is_a_main_connector_the_programs_own_models_are_listed(database_url, clock):
    ended = await ADesk(database_url, clock).type("models", "list")
    assert (ended.code, len(ended.output.splitlines())) == (0, 3)


async def test_a_frozen_model_is_not_replaced_and_the_journal_names_the_operator(bring, owner):
    assert (await bring(OURS)).code == 0
    again = await bring(replaced(OURS, DOCUMENT, b"</w:body>", b"<w:p/></w:body>"))
    assert (again.code, again.errors) == (5, "official 2026-1 (sv) is frozen already\n")
    kept = await owner.fetchval("SELECT content FROM agreement_model")
    assert hashlib.sha256(kept).digest() == hashlib.sha256(OURS).digest()
    entry = json.loads(await owner.fetchval("SELECT entry FROM journal_entry WHERE entry LIKE '%agreement_model%'"))
    assert (entry["action"], entry["actor"]["kind"], entry["actor"]["name"]) == (
        "agreement_model.frozen", "operator", "tester",
    )  # fmt: skip


async def test_a_file_can_come_from_standard_input(desk):
    how = ("--name", "official", "--version", "1", "--language", "sv")
    assert (await desk.type("models", "import", "-", *how, stdin=OURS)).code == 0


async def test_a_bad_file_gets_a_list_of_what_is_wrong_and_where_and_nothing_is_kept(bring, owner):
    bad = replaced(OURS, DOCUMENT, b'w:val="tenant.name"', b'w:val="tenant.nmae"')
    bad = replaced(bad, DOCUMENT, b'w:val="each:services"', b'w:val="each:service"')
    ended = await bring(bad)
    assert ended.code == 5
    first, *findings = ended.errors.splitlines()
    assert first == f"what is wrong with the file ({len(findings)}):"
    told = "\n".join(findings)
    assert "word/document.xml, paragraph " in told
    assert "tag tenant.nmae" in told
    assert "  tag tenant.name: There is no content control with this tag, and one is needed." in told
    assert await owner.fetchval("SELECT count(*) FROM agreement_model") == 0


@pytest.mark.parametrize(
    ("docx", "said"),
    [
        (b"", "-: "),
        (b"This is no document.", "-: "),
        (b"PK\x03\x04" + b"\0" * 100, "-: "),
        (changed(OURS, {"word/vbaProject.bin": b"macro"}), "word/vbaProject.bin"),
    ],
    ids=["empty", "text", "half a zip", "macros"],
)
async def test_what_is_no_template_is_refused_in_words(bring, docx, said):
    ended = await bring(docx)
    assert ended.code == 5
    assert ended.errors.startswith("what is wrong with the file (")
    assert said in ended.errors


async def test_a_zip_bomb_is_refused_before_it_is_unpacked(bring):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(DOCUMENT, "w") as entry:
            for _ in range(100):
                entry.write(b" " * 10_000_000)
    ended = await bring(packed.getvalue())
    assert ended.code == 5
    assert "The package unpacks to 1000000008 bytes" in ended.errors


@pytest.mark.parametrize(
    ("options", "field"),
    [({"name": "a\u202eb"}, "name"), ({"name": "x" * 201}, "name"), ({"version": " "}, "version")],
)
async def test_a_name_that_cannot_be_printed_is_refused(bring, options, field):
    ended = await bring(OURS, **options)
    assert ended.code == 5
    assert ended.errors.splitlines()[1].startswith(f"  {field}: ")


@pytest.mark.parametrize("version", ["1", "2"])  # the second may come with a later program
async def test_the_programs_own_name_cannot_be_taken(bring, version):
    ended = await bring(OURS, name="main-connector-tenant", version=version)
    assert (ended.code, ended.errors.splitlines()[-1]) == (5, "  name: is taken")


async def test_a_language_that_is_none_is_wrong_usage(bring):
    assert (await bring(OURS, language="de")).code == 2


async def test_an_offer_on_a_model_without_a_line_for_a_signatory_says_so(bring, database, clock, realm):
    document = zipfile.ZipFile(io.BytesIO(OURS)).read(DOCUMENT)
    root = etree.fromstring(document)
    line = next(one for one in root.iter(f"{W}tag") if one.get(f"{W}val") == "signature_line:tenant.2")
    control = line.getparent().getparent()
    control.getparent().remove(control)
    ended = await bring(changed(OURS, {DOCUMENT: etree.tostring(root)}))
    assert (ended.code, ended.errors) == (0, "")
    tenant = await a_tenant(database, clock, realm)
    for organisation_id in (await owner_of(database, realm), tenant.organisation.id):
        await looked(database, clock, realm, organisation_id)
    said = a_draft(model="official", model_version="2026-1", signatories=both_sign(jointly=True))
    async with database.transaction(realm) as tx:
        draft = await actions.draft(tx, clock, tenancy_id=tenant.tenancy.id, said=said)
        with pytest.raises(DraftIncomplete) as refused:
            await actions.plan_offer(tx, clock, agreement_id=draft.id, version=draft.version)
    assert [(flaw.field, flaw.detail, flaw.rule) for flaw in refused.value.flaws] == [
        ("signatories", "the model has no signature line tenant.2", "K21")
    ]


async def test_a_model_whose_lines_have_pictures_of_another_kind_is_refused(bring):
    with zipfile.ZipFile(io.BytesIO(OURS)) as package:
        types = package.read("[Content_Types].xml").replace(b"image/x-emf", b"image/png")
    ended = await bring(changed(OURS, {"[Content_Types].xml": types}))
    assert ended.code == 5
    assert "The picture of the signature line is image/png; it must be the one that Word draws" in ended.errors
