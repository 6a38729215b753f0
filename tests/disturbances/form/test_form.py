"""A nurse without an access key reports by a link: in three answers, once, in her language, with nothing lost."""

import asyncio
import uuid

import asyncpg
import pytest

from kanta_tenancy.disturbances.form.layout import POLICY
from tests.disturbances.form.examples import Seen, filled, linked, sent

CODE = "131052-308T"  # a person's that does not exist


async def listed(http) -> list[dict]:
    return (await http.get("/v1/disturbances?state=any")).json()["items"]


async def test_three_answers_are_a_report_and_its_number_is_told(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    answer = await sent(anyone, path, await filled(anyone, path))
    assert answer.status_code == 303
    (one,) = await listed(both.main_connector)
    whole = (await both.main_connector.get(f"/v1/disturbances/{one['id']}")).json()
    (report,) = whole["reports"]
    assert (report["what"], report["ongoing"]) == ("Prescriptions do not open", True)
    assert report["since"] == "2026-03-02T12:00:00Z"  # the form was opened at that minute
    assert report["tenancy_id"] == str(both.tenant.tenancy.id)
    assert report["reported_by"].startswith("disturbance_form_link/")
    confirmed = await anyone.get(answer.headers["location"])
    assert confirmed.status_code == 200
    assert one["reference"] in confirmed.text
    assert "is called at once. If nobody answers in 15 minutes" in confirmed.text
    path_of_case = f"/v1/disturbances/{one['id']}/acknowledgement"
    await both.main_connector.post(path_of_case, headers={"If-Match": '"1"'})
    assert "Somebody took it up 2 March 2026 14:00." in (await anyone.get(answer.headers["location"])).text


async def test_what_more_somebody_knows_is_kept(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    more = {
        "since_day": "1.3.2026",
        "since_time": "23.59",
        "ongoing": "no",
        "patient_safety": "yes",
        "data_protection": "no",
        "contact": "Ward 3, 09 123 4567",
        "service": "prescription",
        "place": "kanta",
        "symptom": "Error 503\r\nagain",
        "tried": "Signed in anew",
        "message_ids": "1.2.246.1\r\n\r\n1.2.246.2",
        "units_hit": "2",
        "users_hit": "1 200",
    }
    await sent(anyone, path, await filled(anyone, path, **more))
    (one,) = await listed(both.of_tenant)
    (report,) = (await both.of_tenant.get(f"/v1/disturbances/{one['id']}")).json()["reports"]
    told = {name: report[name] for name in more if name in report}
    assert told == {
        "ongoing": False,
        "patient_safety": "yes",
        "data_protection": "no",
        "contact": "Ward 3, 09 123 4567",
        "service": "prescription",
        "place": "kanta",
        "symptom": "Error 503\nagain",
        "tried": "Signed in anew",
        "message_ids": ["1.2.246.1", "1.2.246.2"],
        "units_hit": 2,
        "users_hit": 1200,
    }
    assert report["since"] == "2026-03-01T21:59:00Z"


async def test_sent_twice_it_is_one_report_however_much_later(both, anyone, clock):
    path = (await linked(both.of_tenant))["path"]
    fields = await filled(anyone, path)
    answers = await asyncio.gather(*(sent(anyone, path, fields) for _ in range(4)))
    clock.advance(days=3)
    answers.append(await sent(anyone, path, fields, "fi"))
    assert {answer.headers["location"].partition("?")[0] for answer in answers} == {
        answers[0].headers["location"].partition("?")[0]
    }
    assert len(await listed(both.main_connector)) == 1


async def test_who_goes_back_and_writes_more_reports_more_of_the_same(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    fields = await filled(anyone, path)
    await sent(anyone, path, fields)
    await sent(anyone, path, fields | {"what": "Prescriptions and referrals do not open"})
    (one,) = await listed(both.main_connector)
    reports = (await both.main_connector.get(f"/v1/disturbances/{one['id']}")).json()["reports"]
    assert [each["what"] for each in reports] == [
        "Prescriptions do not open",
        "Prescriptions and referrals do not open",
    ]
    version = (await both.main_connector.get(f"/v1/disturbances/{one['id']}")).json()["disturbance"]["version"]
    path_of_case = f"/v1/disturbances/{one['id']}"
    for move, body in (("acknowledgement", None), ("dismissal", {"because": "A cable was out"})):
        headers = {"If-Match": f'"{version}"'}
        version = (await both.main_connector.post(f"{path_of_case}/{move}", json=body, headers=headers)).json()[
            "version"
        ]
    await sent(anyone, path, fields | {"what": "It is not the cable"})
    assert len(await listed(both.main_connector)) == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Rivillä 2 on henkilötunnus. Poista se: älä kirjoita potilastietoja."),
        ("sv", "På rad 2 finns en personbeteckning. Ta bort den: skriv inga patientuppgifter."),
        ("en", "Line 2 holds a personal identity code. Remove it: write no patient data."),
    ],
)
async def test_a_personal_identity_code_is_refused_at_its_field_and_nothing_typed_is_lost(
    both, anyone, owner, language, said
):
    path = (await linked(both.of_tenant))["path"]
    typed = {
        "what": "\r\n<b>It & that</b>",
        "symptom": f"Error\r\n{CODE}",
        "contact": 'Ward "3"',
        "patient_safety": "yes",
        "service": "imaging",
        "units_hit": "3",
    }
    fields = await filled(anyone, path, **typed)
    answer = await sent(anyone, path, fields, language)
    assert answer.status_code == 422
    assert said in answer.text
    seen = Seen(answer)
    kept = {name: seen.fields[name].replace("\r\n", "\n") for name in fields}
    assert kept == {name: value.replace("\r\n", "\n") for name, value in fields.items()}
    assert seen.links[:1] == ["#symptom"]
    assert seen.attributes("symptom")["aria-describedby"] == "symptom-flaw"
    assert seen.attributes("symptom")["aria-invalid"] == "true"
    assert any(name == "details" and "open" in has for name, has in seen.tags)
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 0
    corrected = await sent(anyone, path, seen.fields | {"symptom": "Error"}, language)
    assert corrected.status_code == 303


@pytest.mark.parametrize(
    ("typed", "target", "said"),
    [
        ({"what": " "}, "what", "Write what does not work."),
        ({"ongoing": ""}, "ongoing-yes", "Choose whether it is still going on."),
        ({"ongoing": "perhaps"}, "ongoing-yes", "Choose whether it is still going on."),
        ({"since_day": ""}, "since_day", "Write the day, such as 2.3.2026."),
        ({"since_time": "noon"}, "since_time", "Write the time, such as 14:05."),
        ({"since_day": "2026-02-30"}, "since_day", "There is no such day or time."),
        ({"since_day": "2026-03-03"}, "since_day", "This time has not come yet, or is too long ago."),
        ({"since_day": "0001-01-01"}, "since_day", "This time has not come yet, or is too long ago."),
        ({"units_hit": "many"}, "units_hit", "Write a number from 0 to 1,000,000."),
        ({"units_hit": "9999999"}, "units_hit", "Write a number from 0 to 1,000,000."),
        ({"contact": "a\u202eb"}, "contact", "This cannot be kept as it is"),
        ({"tried": "a\0b"}, "tried", "This cannot be kept as it is"),
        ({"tried": "x" * 2001}, "tried", "This has 2001 characters; 2000 fit."),
        ({"message_ids": "x\n" * 51}, "message_ids", "Write at most 50 ids"),
        ({"service": "nonsense"}, "service", "This cannot be kept as it is"),
    ],
)
async def test_every_flaw_is_told_at_its_field_with_a_link_to_it(both, anyone, typed, target, said):
    path = (await linked(both.of_tenant))["path"]
    answer = await sent(anyone, path, await filled(anyone, path) | typed)
    assert answer.status_code == 422
    seen = Seen(answer)
    assert seen.links[:1] == [f"#{target}"]
    assert target in seen.ids
    assert answer.text.count(said) == 2  # in the summary and at the field
    assert answer.text.count('role="alert"') == 1
    assert "<title>Error: " in answer.text


async def test_another_language_keeps_what_was_typed_and_sends_nothing(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    fields = await filled(anyone, path, what="Recept öppnas inte", ongoing="")
    answer = await sent(anyone, path, fields | {"switch": "sv"})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "sv"
    assert '<html lang="sv">' in answer.text
    assert Seen(answer).fields["what"] == "Recept öppnas inte"
    assert f'action="{path}?lang=sv"' in answer.text
    assert 'role="alert"' not in answer.text
    assert await listed(both.main_connector) == []


async def test_the_language_is_that_of_the_link_else_of_the_browser(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    for asked, accepted, language in (
        ("?lang=sv", "fi", "sv"),
        ("", "fi-FI,fi;q=0.9", "fi"),
        ("?lang=de&utm_source=x", "sv", "sv"),
        ("", "de", "en"),
    ):
        answer = await anyone.get(path + asked, headers={"Accept-Language": accepted})
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["content-language"] == language


async def test_every_field_has_a_label_and_whatever_describes_it_is_there(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    answer = await sent(anyone, path, await filled(anyone, path) | {"what": "", "units_hit": "x"})
    seen = Seen(answer)
    for name, has in seen.tags:
        kind = has.get("type")
        if name in {"input", "textarea", "select"} and kind not in {"hidden", "radio"}:
            assert has["id"] in seen.labelled
        for one in (has.get("aria-describedby") or "").split():
            assert one in seen.ids
    ids = [has["id"] for _, has in seen.tags if has.get("id")]
    assert len(ids) == len(set(ids))
    radios = [has for name, has in seen.tags if has.get("type") == "radio"]
    assert {has["name"] for has in radios} == {"ongoing", "patient_safety", "data_protection"}
    assert answer.text.count("<fieldset") == answer.text.count("<legend>") == 4


async def test_no_script_runs_nothing_is_kept_on_the_way_and_nobody_is_told_the_address(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    fields = await filled(anyone, path)
    good = await sent(anyone, path, fields)
    for answer in (
        await anyone.get(path),
        await sent(anyone, path, fields | {"what": ""}),
        await anyone.get(good.headers["location"]),
        await anyone.get(f"{path}/status"),
        await anyone.get("/v1/report/nothing"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script" not in policy
        assert "<script" not in answer.text
        assert policy.endswith("frame-ancestors 'none'")
    assert "form-action 'self'" in POLICY
    assert good.headers["cache-control"] == "no-store"


async def test_what_is_known_already_stands_on_the_form(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    taken = (
        await both.of_tenant.post(
            "/v1/disturbances",
            json={"what": "x", "since": "2026-03-02T11:00:00Z", "ongoing": True, "service": "prescription"},
        )
    ).json()
    assert "Already known" not in (await anyone.get(f"{path}?lang=en")).text
    case = f"/v1/disturbances/{taken['disturbance_id']}"
    for version, move in enumerate(("acknowledgement", "telling"), 1):
        body = {"json": {"text": {"en": "We look"}}} if move == "telling" else {}
        await both.main_connector.post(f"{case}/{move}", headers={"If-Match": f'"{version}"'}, **body)
    shown = (await anyone.get(f"{path}?lang=en")).text
    assert "Already known" in shown
    assert "Began 2 March 2026 13:00 (Finnish time)." in shown
    status = await anyone.get(f"{path}/status?lang=en")
    assert taken["reference"] in status.text


@pytest.mark.parametrize(
    "body",
    [b"\xff", b"what=%ff&token=x", b"what=x", b"token=nonsense", b"&".join(b"a=b" for _ in range(50)), b""],
)
async def test_what_is_no_filled_form_is_answered_with_a_page(both, anyone, body):
    path = (await linked(both.of_tenant))["path"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await anyone.post(f"{path}?lang=en", content=body, headers=headers)
    assert answer.status_code == 400
    assert "This could not be read" in answer.text


async def test_a_large_body_and_another_kind_of_body_are_refused_with_a_page(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    fields = await filled(anyone, path)
    large = await sent(anyone, path, fields | {"what": "x" * 250_000})
    other = await anyone.post(f"{path}?lang=en", json=fields)
    assert (large.status_code, other.status_code) == (413, 415)
    assert all("This could not be read" in answer.text for answer in (large, other))
    full = {"what": "\U0001f6d1" * 4000, "symptom": "\U0001f6d1" * 2000, "tried": "\U0001f6d1" * 2000}
    assert (await sent(anyone, path, fields | full)).status_code == 303


async def test_while_the_database_does_not_answer_the_form_comes_back_with_all_that_was_typed(both, anyone, owner):
    path = (await linked(both.of_tenant))["path"]
    fields = await filled(anyone, path, service="imaging", tried="All")
    await owner.execute("ALTER TABLE disturbance_form_sending RENAME TO elsewhere")
    with pytest.raises(asyncpg.UndefinedTableError):
        await owner.execute("SELECT 1 FROM disturbance_form_sending")
    broken = await sent(anyone, path, fields)
    assert broken.status_code == 500  # that is our fault, and told as such
    await owner.execute("ALTER TABLE elsewhere RENAME TO disturbance_form_sending")
    held = owner.transaction()
    await held.start()
    await owner.execute("LOCK TABLE disturbance_form_link, disturbance_form_sending IN ACCESS EXCLUSIVE MODE")
    answer = await sent(anyone, path, fields)
    await held.rollback()
    assert answer.status_code == 503
    assert "The report did not arrive" in answer.text
    seen = Seen(answer)
    assert {name: seen.fields[name] for name in fields} == fields
    assert (await sent(anyone, path, seen.fields)).status_code == 303
    assert len(await listed(both.main_connector)) == 1


async def test_a_confirmation_is_of_what_came_by_that_link_only(both, anyone):
    path = (await linked(both.of_tenant))["path"]
    other = (await linked(both.of_tenant, "Ward 4"))["path"]
    where = (await sent(anyone, path, await filled(anyone, path))).headers["location"]
    assert (await anyone.get(where)).status_code == 200
    assert (await anyone.get(where.replace(path, other))).status_code == 404
    assert (await anyone.get(f"{path}/sent/{uuid.uuid4()}")).status_code == 404
