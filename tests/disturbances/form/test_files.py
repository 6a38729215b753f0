"""Files and the information system: chosen on the form, taken in with the report, or refused with nothing written."""

import asyncio
import json
import uuid

import httpx
import pytest

from kanta_tenancy.disturbances.form import attached, people
from kanta_tenancy.disturbances.form.model import Brought
from tests.disturbances.form.examples import Seen, filled, linked, opened
from tests.systems.examples import Register

PNG = b"\x89PNG\r\n\x1a\n...IEND\xaeB`\x82"
CODE = "131052-308T"  # a person's that does not exist


async def brought(http: httpx.AsyncClient, path: str, fields: dict[str, str], *files, language="en") -> httpx.Response:
    """Send the form as a browser does: with an empty file where none was chosen."""
    chosen = files or (("", b""),)
    parts = [("files", (name, content, "application/octet-stream")) for name, content in chosen]
    return await http.post(f"{path}?lang={language}", data=fields, files=parts)


async def reports_of(http: httpx.AsyncClient) -> list[dict]:
    """Return every report with the names of its files."""
    found = []
    for one in (await http.get("/v1/disturbances?state=any")).json()["items"]:
        whole = (await http.get(f"/v1/disturbances/{one['id']}")).json()
        for report in whole["reports"]:
            names = [file["name"] for file in whole["attachments"] if file["report_id"] == report["id"]]
            found.append(report | {"files": names})
    return found


class Browser:
    """Somebody with a link, who fills the form and sends it."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self.http = http
        self.path = path

    async def fills(self, **typed: str) -> dict[str, str]:
        return await filled(self.http, self.path, **typed)

    async def sends(self, fields: dict[str, str], *files, language="en") -> httpx.Response:
        return await brought(self.http, self.path, fields, *files, language=language)


@pytest.fixture
def nurse(anyone, path) -> Browser:
    return Browser(anyone, path)


@pytest.fixture
async def path(both) -> str:
    return (await linked(both.of_tenant))["path"]


@pytest.fixture
def register(both, database, clock) -> Register:
    return Register(database, clock, both.caller)


async def test_files_come_with_the_report_and_are_only_ever_saved(both, anyone, path):
    fields = await filled(anyone, path)
    answer = await brought(anyone, path, fields, ("Näyttö 1.png", PNG), ("loki.txt", "503 å\n".encode()))
    assert answer.status_code == 303, answer.text
    (report,) = await reports_of(both.main_connector)
    assert report["files"] == ["Näyttö 1.png", "loki.txt"]
    case = (await both.of_tenant.get(f"/v1/disturbances/{report['disturbance_id']}")).json()
    picture = case["attachments"][0]
    assert (picture["media_type"], picture["size"]) == ("image/png", len(PNG))
    fetched = await both.of_tenant.get(f"/v1/disturbances/reports/{report['id']}/attachments/{picture['id']}")
    assert fetched.content == PNG
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert "Attachments received: 2." in (await anyone.get(answer.headers["location"])).text


async def test_no_file_is_needed_and_the_confirmation_then_says_nothing_of_any(both, anyone, path):
    answer = await brought(anyone, path, await filled(anyone, path))
    assert answer.status_code == 303
    (report,) = await reports_of(both.main_connector)
    assert report["files"] == []
    assert "Attachments received" not in (await anyone.get(answer.headers["location"])).text


async def test_a_form_that_was_opened_before_it_took_files_is_still_read(both, anyone, path):
    answer = await anyone.post(f"{path}?lang=en", data=await filled(anyone, path))
    assert answer.status_code == 303
    assert len(await reports_of(both.main_connector)) == 1


@pytest.mark.parametrize(
    "wording",
    [
        ("fi", "virus.exe ei ole ehjä PDF, kuva (PNG, JPEG, TIFF), makroton Word", "Valitse liitteet uudelleen"),
        ("sv", "virus.exe är ingen hel PDF, bild (PNG, JPEG, TIFF), Wordfil", "Välj bilagorna på nytt"),
        ("en", "virus.exe is no whole PDF, picture (PNG, JPEG, TIFF), Word file", "Choose the attachments again"),
    ],
    ids=["fi", "sv", "en"],
)
async def test_when_one_file_is_refused_nothing_is_written_and_the_form_comes_back(nurse, owner, wording):
    language, said, again = wording
    fields = await nurse.fills(symptom="<503>", patient_safety="yes")
    files = (("hyvä.png", PNG), ("virus.exe", b"MZ\0\0"))
    answer = await nurse.sends(fields, *files, language=language)
    assert answer.status_code == 422
    seen = Seen(answer)
    assert {name: seen.fields[name] for name in fields if name != "files"} == {
        name: value for name, value in fields.items() if name != "files"
    }
    assert seen.links[:1] == ["#files"]
    assert seen.attributes("files")["aria-describedby"] == "files-hint files-flaw"
    assert seen.attributes("files")["aria-invalid"] == "true"
    assert answer.text.count(said) == answer.text.count(again) == 2  # in the summary and at the field
    for table in ("disturbance", "disturbance_report", "disturbance_attachment", "disturbance_form_sending"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 -- names of our own
    assert (await nurse.sends(seen.fields, files[0], language=language)).status_code == 303


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("tyhjä.txt", b"")], "tyhjä.txt is empty."),
        ([("makrot.docm", b"PK\3\4nothing")], "makrot.docm is no whole PDF"),
        ([(f"{CODE}.png", PNG)], "The name of file 1 cannot be kept"),
        ([("a.png", PNG), ("x" * 250 + ".png", PNG)], "The name of file 2 cannot be kept"),
        ([(f"{number}.png", PNG) for number in range(21)], "21 files are chosen; at most 20 are taken."),
        ([("iso.txt", b"x" * 20_000_001)], "iso.txt is too large: at most 20 MB."),
        (
            [(f"{number}.txt", b"x" * 15_000_000) for number in range(3)],
            "The files are too large together: at most 40 MB.",
        ),
    ],
    ids=["empty", "macros", "a code", "a long name", "too many", "too large", "too large together"],
)
async def test_what_is_wrong_with_a_file_is_told_by_its_name(nurse, owner, files, said):
    answer = await nurse.sends(await nurse.fills(), *files)
    assert (answer.status_code, answer.text.count(said)) == (422, 2)
    assert CODE not in answer.text
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 0


async def test_the_largest_file_that_the_api_takes_is_taken(both, anyone, path):
    answer = await brought(anyone, path, await filled(anyone, path), ("loki.txt", b"x" * attached.LARGEST_EACH))
    assert answer.status_code == 303
    (report,) = await reports_of(both.main_connector)
    case = (await both.of_tenant.get(f"/v1/disturbances/{report['disturbance_id']}")).json()
    assert case["attachments"][0]["size"] == 20_000_000


def test_each_file_and_all_of_them_may_be_as_large_as_is_said():
    part = [Brought(name=f"{number}.txt", size=10_000_000, content=b"x") for number in range(4)]
    assert attached.examine(part) == ()
    (wrong,) = attached.examine([*part, Brought(name="4.txt", size=1, content=b"x")])
    assert wrong.said.en.startswith("The files are too large together: at most 40 MB.")
    assert attached.LARGEST_TOGETHER + people.LIMITS.text < people.LARGEST


async def test_when_something_else_is_wrong_the_files_are_asked_for_again(both, anyone, path, owner):
    fields = await filled(anyone, path, what="", units_hit="many")
    answer = await brought(anyone, path, fields, ("a.png", PNG))
    assert answer.status_code == 422
    seen = Seen(answer)
    assert seen.links[:3] == ["#what", "#units_hit", "#files"]
    assert answer.text.count("Choose the attachments again: the browser does not keep them.") == 2
    without = await brought(anyone, path, fields)
    assert Seen(without).links[:2] == ["#what", "#units_hit"]
    assert "Choose the attachments again" not in without.text


async def test_another_language_says_that_the_files_are_to_be_chosen_again_and_is_no_error(both, anyone, path):
    fields = await filled(anyone, path) | {"switch": "sv"}
    answer = await brought(anyone, path, fields, ("a.png", PNG))
    assert (answer.status_code, answer.headers["content-language"]) == (200, "sv")
    assert "Välj bilagorna på nytt: webbläsaren behåller dem inte." in answer.text
    assert 'role="alert"' not in answer.text
    assert Seen(answer).attributes("files")["aria-describedby"] == "files-hint files-flaw"
    assert await reports_of(both.main_connector) == []


async def test_sent_twice_it_is_one_report_with_its_files_once(both, anyone, path, clock):
    fields = await filled(anyone, path)
    answers = await asyncio.gather(*(brought(anyone, path, fields, ("a.png", PNG)) for _ in range(3)))
    clock.advance(days=2)
    answers.append(await brought(anyone, path, fields, ("a.png", PNG)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    (report,) = await reports_of(both.main_connector)
    assert report["files"] == ["a.png"]


async def test_a_file_that_is_sent_after_the_same_words_comes_to_their_report(both, anyone, path):
    fields = await filled(anyone, path)
    first = await brought(anyone, path, fields)
    second = await brought(anyone, path, fields, ("a.png", PNG))
    third = await brought(anyone, path, fields, ("a.png", PNG), ("b.png", PNG + PNG))
    assert first.headers["location"] == second.headers["location"] == third.headers["location"]
    (report,) = await reports_of(both.main_connector)
    assert report["files"] == ["a.png", "b.png"]
    await brought(anyone, path, fields | {"what": "More does not open"}, ("c.png", PNG))
    assert [one["files"] for one in await reports_of(both.main_connector)] == [["a.png", "b.png"], ["c.png"]]


async def test_from_another_opened_form_the_same_words_bring_their_files_too_until_the_report_is_full(
    both, anyone, path, owner
):
    await brought(anyone, path, await filled(anyone, path), *((f"{number}.png", PNG) for number in range(19)))
    one_more = await brought(anyone, path, await filled(anyone, path), ("19.png", PNG), ("0.png", PNG))
    assert one_more.status_code == 303
    full = await brought(anyone, path, await filled(anyone, path), ("20.png", PNG))
    assert (full.status_code, "This report has 20 files already, and takes no more." in full.text) == (422, True)
    (report,) = await reports_of(both.main_connector)
    assert len(report["files"]) == 20
    assert await owner.fetchval("SELECT count(*) FROM disturbance_form_sending") == 2


async def test_while_the_database_does_not_answer_the_words_come_back_and_the_files_are_asked_for(
    both, anyone, path, owner
):
    fields = await filled(anyone, path, tried="All", system=str(uuid.uuid4()))
    held = owner.transaction()
    await held.start()
    await owner.execute("LOCK TABLE disturbance_form_link IN ACCESS EXCLUSIVE MODE")
    answer = await brought(anyone, path, fields, ("a.png", PNG))
    await held.rollback()
    assert answer.status_code == 503
    seen = Seen(answer)
    assert (seen.fields["tried"], seen.fields["system"]) == ("All", fields["system"])
    assert "Choose the attachments again" in answer.text


async def test_who_has_no_link_brings_no_file_into_memory(both, anyone):
    read = 0

    async def endless():
        nonlocal read
        yield b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + str(uuid.uuid4()).encode()
        yield b'\r\n--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(1000):
            read += 1
            yield b"x" * 10_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await anyone.post(f"/v1/report/{'a' * 52}", content=endless(), headers=headers)
    assert answer.status_code == 404
    assert "There is no form here" in answer.text
    assert read < 5


async def test_the_systems_in_use_that_the_tenant_sees_can_be_chosen(both, anyone, path, register, clock):
    own = await register.in_use(name="Zeta Care")
    another = await register.in_use(name="Alfa <Care>")
    await register.in_use(name="Of others")
    planned = await register.system(name="Planned")
    for system in (own, another, planned):
        await register.deployed(await register.released(system), both.tenant.tenancy.id)
    page = await anyone.get(f"{path}?lang=fi")
    shown = page.text.partition('name="system"')[2].partition("</select>")[0]
    assert shown.index("En tiedä") < shown.index("Alfa &lt;Care&gt;") < shown.index("Zeta Care")
    assert "Of others" not in page.text
    assert "Planned" not in page.text
    answer = await brought(anyone, path, await filled(anyone, path, system=str(own.id)))
    assert answer.status_code == 303
    (report,) = await reports_of(both.of_tenant)
    assert report["system_id"] == str(own.id)
    ours = (await linked(both.main_connector, "Service desk"))["path"]
    assert "Of others" in (await anyone.get(ours)).text


async def test_where_no_system_is_seen_none_is_asked_for(both, anyone, path, register):
    await register.in_use(name="Of others")
    seen = await opened(anyone, path)
    assert "system" not in seen.fields


@pytest.mark.parametrize(
    "wording",
    [
        ("fi", "Tämä tietojärjestelmä ei ole enää käytössänne. Valitse toinen."),
        ("sv", "Detta informationssystem är inte längre i bruk hos er. Välj ett annat."),
        ("en", "This information system is not in use with you any more. Choose another one."),
    ],
    ids=["fi", "sv", "en"],
)
async def test_a_system_of_others_is_refused_at_its_field(both, nurse, register, owner, wording):
    language, said = wording
    own, others = await register.in_use(name="Own"), await register.in_use(name="Of others")
    await register.deployed(await register.released(own), both.tenant.tenancy.id)
    for chosen in (str(others.id), str(uuid.uuid4()), "nonsense"):
        answer = await nurse.sends(await nurse.fills(system=chosen, symptom="504"), ("a.png", PNG), language=language)
        assert (answer.status_code, answer.text.count(said)) == (422, 2)
        seen = Seen(answer)
        assert seen.links[:2] == ["#system", "#files"]
        assert (seen.fields["symptom"], seen.fields["system"]) == ("504", "")
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 0


async def test_the_field_for_files_says_what_it_takes_and_is_sent_last(both, anyone, path):
    page = await anyone.get(f"{path}?lang=sv")
    seen = Seen(page)
    control = seen.attributes("files")
    assert (control["type"], control["multiple"]) == ("file", "multiple")
    assert set((control["accept"] or "").split(",")) == set(attached.ACCEPTED)
    assert "files" in seen.labelled
    assert seen.attributes("report")["enctype"] == "multipart/form-data"
    names = [has["name"] for name, has in seen.tags if name in {"input", "textarea", "select"}]
    assert names[-1] == "files"
    hint = page.text.partition('id="files-hint"')[2].partition("</p>")[0]
    for most in (str(attached.MOST), str(attached.LARGEST_EACH // 10**6), str(attached.LARGEST_TOGETHER // 10**6)):
        assert f"högst {most} " in hint
    assert json.dumps(names).count("token") == 1
