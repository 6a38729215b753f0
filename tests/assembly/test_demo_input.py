import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.assembly import demo_input
from kanta_tenancy.assembly.demo import make_demo
from kanta_tenancy.assembly.demo_cases import cases
from kanta_tenancy.assembly.demo_input import DemoInput, WrongInput, read_input
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.machinery.x509 import keys
from tests.assembly.demo_files import NOW, SAMPLE, a_small_file, as_input, changed, run

UNREADABLE = [
    ("main_connector", ..., "main_connector: This field is required"),
    ("tenants", [], "tenants: Expected a list no shorter than 1"),
    ("tenants/0/agreement", ..., "tenants[0].agreement: This field is required"),
    ("tenants/0/colour", "blue", "tenants[0].colour: There is no such field"),
    ("tenants/0/name", 7, "tenants[0].name: Expected text, got a whole number"),
    ("tenants/0/language", "de", "tenants[0].language: Expected one of the values that the documentation lists"),
    (
        "tenants/0/soteri/0/checked_on",
        "2026-02-30",
        "tenants[0].soteri[0].checked_on: Expected a day of the calendar, written YYYY-MM-DD",
    ),
    (
        "tenants/0/agreement/signatories/1/key",
        "rsa-1024",
        "tenants[0].agreement.signatories[1].key: Expected one of the values that the documentation lists",
    ),
    (
        "tenants/0/agreement/signatories/0/position",
        3,
        "tenants[0].agreement.signatories[0].position: Expected a whole number at most 2",
    ),
]
REFUSED = [
    ("main_connector/business_id", "9100100-7", "main_connector.business_id: its check digit does not fit its number"),
    ("main_connector/soteri", [], "main_connector.soteri: no look into the Soteri register by 2026-03-02 is recorded"),
    ("tenants/0/soteri", [], "tenants[0].soteri: no look into the Soteri register by 2026-03-02 is recorded"),
    (
        "tenants/0/soteri/0/finding",
        "not_registered",
        "tenants[0].soteri: on 2026-01-12 the party was not in the Soteri register",
    ),
    ("tenants/0/soteri/0/checked_on", "2026-03-03", "tenants[0].soteri[0].checked_on: it is still to come"),
    ("tenants/0/name", "a\u202eb", "tenants[0].name: character 2 is a bidirectional control, U+202E"),
    ("tenants/0/name", "a\0b", "tenants[0].name: character 2 is a control character, U+0000"),
    ("tenants/0/name", "\ud800", "tenants[0].name: character 1 is half of a surrogate pair, U+D800"),
    ("tenants/0/name", "x" * 10_000, "tenants[0].name: it has 10000 characters; 200 are allowed"),
    ("tenants/0/name_sv", " ", "tenants[0].name_sv: it is empty"),
    (
        "tenants/0/oid",
        "1.2.3",
        "tenants[0].oid: the OID of an organisation is 1.2.246.10. and a business id without its hyphen"
        " and first zeros",
    ),
    ("tenants/0/tenancy_reference", "a\nb", "tenants[0].tenancy_reference: character 2 is a control character, U+000A"),
    (
        "tenants/0/contacts/0/email",
        "aino",
        "tenants[0].contacts[0].email: an e-mail address is a name, @ and a domain, such as aino@example.org",
    ),
    (
        "tenants/0/contacts/0/valid_until",
        "2020-01-01",
        "tenants[0].contacts[0].valid_until: it is before the first day",
    ),
    (
        "tenants/0/agreement/services/0",
        "teleport",
        "tenants[0].agreement.services[0]: it is not a service that a tenant can join",
    ),
    (
        "tenants/0/agreement/services",
        [],
        "tenants[0].agreement.services: at least one Kanta service is ticked in Annex 1",
    ),
    (
        "tenants/0/agreement/registers",
        [],
        "tenants[0].agreement.registers: at least one register's technical upkeep is handed over",
    ),
    ("tenants/0/agreement/signatories", SAMPLE["tenants"][1]["agreement"]["signatories"][:1],
     "tenants[0].agreement.signatories: somebody signs for the tenant"),
    ("tenants/0/agreement/signatories/1/mandate", "", "tenants[0].agreement.signatories[1].mandate: it is empty"),
    (
        "tenants/0/business_id",
        SAMPLE["main_connector"]["business_id"],
        "tenants[0].business_id: main_connector has the same",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "sentence"), UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_what_cannot_be_read_is_told_by_its_field(written, path, value, sentence):
    with pytest.raises(WrongInput) as wrong:
        read_input(written(changed(path, value)))
    assert str(wrong.value) == sentence


@pytest.mark.parametrize("wrong", REFUSED, ids=[case[0] for case in REFUSED])
def test_what_the_service_would_refuse_is_refused_by_its_field(written, tmp_path, clock, wrong):
    path, value, sentence = wrong
    out = tmp_path / "out"
    with pytest.raises(DomainError) as refused:
        make_demo(read_input(written(changed(path, value))), out, clock)
    assert (refused.value.detail, refused.value.flaws) == (sentence, ())
    assert not out.exists()


def test_everything_that_is_wrong_is_told_at_once(written, tmp_path):
    said = a_small_file(name="", business_id="1")
    said["main_connector"]["contacts"][0]["phone"] = "none"
    result = run("--out", tmp_path / "out", "--input", written(said))
    assert result.returncode == 5
    lines = result.stderr.splitlines()
    assert lines[0] == "kanta-tenancy: 3 things in the file cannot be accepted:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "main_connector.contacts[0].phone", "tenants[0].business_id", "tenants[0].name",
    ]  # fmt: skip


def test_two_tenants_with_one_business_id_or_reference_are_refused(written, tmp_path, clock):
    said = a_small_file()
    said["tenants"] *= 2
    with pytest.raises(DomainError) as refused:
        make_demo(read_input(written(said)), tmp_path / "out", clock)
    assert [flaw.field for flaw in refused.value.flaws] == ["tenants[1].business_id", "tenants[1].tenancy_reference"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "line 1, column 1 is no JSON: Expecting value"),
        (b"{\n  'a': 1}", "line 2, column 3 is no JSON: Expecting property name enclosed in double quotes"),
        (b"[]", "the file: Expected an object, got a list"),
        (b"\n\xff", "line 2 is not UTF-8"),
        (b"[" * 100_000, "the file is nested too deeply"),
        (b'{"tenants": [], "tenants": []}', "the field 'tenants' of an object is given twice"),
        (b" " * (demo_input.LARGEST_FILE + 1), "the file is larger than 20 MB"),
        (b'{"main_connector": NaN}', "main_connector: Expected an object, got a number"),
    ],
    ids=["empty", "no JSON", "array", "no UTF-8", "nested", "twice", "large", "NaN"],
)
def test_a_file_that_is_none_is_told_in_one_sentence_and_exit_code_2(written, tmp_path, content, sentence):
    file = written(content)
    result = run("--out", tmp_path / "out", "--input", file)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"kanta-tenancy: {file}: {sentence}\n"
    assert not (tmp_path / "out").exists()


def test_no_such_file_is_wrong_usage(tmp_path):
    assert run("--out", tmp_path / "out", "--input", tmp_path / "none.json").returncode == 2
    assert run("--json").returncode == 2


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["name", "oid", "tenancy_reference"]))
def test_whatever_a_party_is_called_the_answer_is_a_document_or_a_refusal(text, field):
    said = as_input(a_small_file(**{field: text}))
    refusal = refused(said)
    assert refusal is None or refusal.startswith(f"tenants[0].{field}: ")


def refused(said: DemoInput) -> str | None:
    try:
        cases(said, NOW)
    except DomainError as refusal:
        return refusal.detail
    return None


def test_the_page_tells_of_every_field():
    page = (folder("examples") / "README.md").read_text("utf-8")
    structs = [demo_input.SaidTenant, demo_input.SaidContact, demo_input.SaidEvidence, demo_input.SaidAgreement]
    fields = {field for struct in [*structs, demo_input.SaidSigner, DemoInput] for field in struct.__struct_fields__}
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []
    kinds = [kind.value for kind in keys.KeyKind]
    assert [kind for kind in kinds if f"`{kind}`" not in page] == []
