"""The inventory over HTTP: handed in safely, listed by end, changed from the version that was seen."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)

from tests.certificates.inventory.examples import NOON, a_key, der, many
from tests.parties.examples import owner_of
from tests.systems.test_routes import SYSTEM, problem

OCTETS = {"Content-Type": "application/octet-stream"}


def pem(*ders: bytes) -> bytes:
    return b"".join(x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in ders)


async def sent(http: httpx.AsyncClient, content: bytes, **query: str) -> httpx.Response:
    return await http.post("/v1/certificates", content=content, params=query, headers=OCTETS)


async def handed_in(http: httpx.AsyncClient, *ders: bytes, **query: str) -> list[dict[str, Any]]:
    answer = await sent(http, pem(*ders), **query)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"]


async def done(http: httpx.AsyncClient, certificate: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    """Do something with a certificate, from the version in hand."""
    seen = {"If-Match": f'"{certificate["version"]}"'}
    answer = await http.post(f"/v1/certificates/{certificate['id']}/{what}", json=body, headers=seen)
    assert answer.status_code in {200, 201}, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


async def listed(http: httpx.AsyncClient, **query: object) -> list[str]:
    answer = await http.get("/v1/certificates", params=query)
    assert answer.status_code == 200, answer.text
    return [one["common_name"] for one in answer.json()["items"]]


@pytest.mark.parametrize("form", ["pem", "der", "pkcs7"])
async def test_a_certificate_is_handed_in_in_any_form_and_read_with_all_that_it_says(both, form):
    http, one = both.main_connector, der()
    certificate = x509.load_der_x509_certificate(one)
    content = {
        "pem": b"Bag Attributes\n" + pem(one),
        "der": one,
        "pkcs7": pkcs7.serialize_certificates([certificate], Encoding.DER),
    }[form]
    answer = await sent(http, content, place="palvelin 7")
    made = answer.json()["items"][0]
    assert answer.headers["location"] == f"/v1/certificates/{made['id']}"
    read = await http.get(answer.headers["location"])
    shown = read.json()
    assert (shown["kind"], shown["kind_name"]["fi"], shown["state"]) == ("server", "palvelinvarmenne", "in_use")
    assert (shown["says"]["fingerprint"], shown["says"]["extended_usages"]) == (made["sha256"], ["server_auth"])
    assert [(place["source_kind"], place["place"], place["until"]) for place in shown["places"]] == [
        ("handed_in", "palvelin 7", None)
    ]
    assert (read.headers["etag"], shown["next_moves"]) == ('"1"', ["describe", "replace", "retire", "snooze"])
    again = await http.get(answer.headers["location"], headers={"If-None-Match": '"1"'})
    content = await http.get(f"{answer.headers['location']}/content")
    assert (again.status_code, content.content) == (304, one)


async def test_handing_the_same_in_again_makes_no_second_entry(both):
    http, one = both.main_connector, der()
    first = await sent(http, one)
    again = await sent(http, one, place="elsewhere")
    assert (len(first.json()["new"]), again.json()["new"]) == (1, [])
    assert first.json()["items"] == again.json()["items"]
    key = {"Idempotency-Key": "x"} | OCTETS
    answers = [await http.post("/v1/certificates", content=der("b.example.org"), headers=key) for _ in range(2)]
    assert (answers[0].status_code, answers[1].status_code) == (201, 422)  # another body under the same key
    body = der("c.example.org")
    key = {"Idempotency-Key": "y"} | OCTETS
    answers = [await http.post("/v1/certificates", content=body, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()


async def test_key_material_is_refused_in_whichever_form(both):
    http, key, one = both.main_connector, a_key("secret"), der(key="secret")
    certificate = x509.load_der_x509_certificate(one)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    closed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    for content in (
        plain,
        closed,
        pem(one) + plain,
        key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(b"x")),
        pkcs12.serialize_key_and_certificates(b"x", None, certificate, None, NoEncryption()),
        b"\xfe\xed\xfe\xed" + bytes(40),
    ):
        assert problem(await sent(http, content)) == (422, "private-key-not-taken")
    assert await listed(http) == []


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"hello", "it is neither PEM, DER, PKCS#7, PKCS#12 nor a zip"),
        (b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", "is not base64"),
        (b"\x30\x03\x06\x01\x00", "it does not begin as a certificate does"),
        (b"", "it is neither"),
    ],
)
async def test_what_is_no_certificate_is_refused_with_the_reason(both, content, detail):
    answer = await sent(both.main_connector, content)
    assert problem(answer) == (422, "no-certificate-in-it")
    assert detail in answer.json()["detail"]


async def test_a_key_that_claims_to_be_a_certificate_is_refused(both):
    key = a_key("secret").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    body = base64.encodebytes(key)
    answer = await sent(both.main_connector, b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n")
    assert problem(answer) == (422, "no-certificate-in-it")
    assert await listed(both.main_connector) == []


async def test_more_than_ten_or_over_64_kb_is_refused_with_the_size(both):
    answer = await sent(both.main_connector, pem(*many(11)))
    assert problem(answer) == (413, "certificate-too-large")
    assert "At most 10 certificates are taken at once, there are 11." in answer.json()["detail"]
    large = der(extensions=[x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), bytes(70_000))])
    answer = await sent(both.main_connector, large)
    assert problem(answer) == (413, "certificate-too-large")
    assert f"there is one of {len(large)}" in answer.json()["detail"]


async def test_what_cannot_be_read_is_kept_and_shown_with_the_reason(both):
    answer = await sent(both.main_connector, der()[:-40])
    (kept,) = answer.json()["items"]
    assert (kept["not_after"], kept["kind"]) == (None, "other")
    shown = (await both.main_connector.get(f"/v1/certificates/{kept['id']}")).json()
    assert shown["says"] is None
    assert "no certificate that can be read" in shown["unreadable"]
    assert await listed(both.main_connector) == [None]
    assert await listed(both.main_connector, ending_before="2099-01-01") == []


async def test_certificates_are_listed_by_their_end_a_page_at_a_time(both):
    http = both.main_connector
    ends = {"c": 300, "a": -3, "b": 40}
    for name, days in ends.items():
        await handed_in(http, der(name, starts=NOON - timedelta(days=400), lasts=timedelta(days=400 + days)))
    await sent(http, der()[:-40])
    await handed_in(http, der("root", extensions=[x509.BasicConstraints(ca=True, path_length=None)]))
    assert await listed(http, ending_before="2026-05-01") == ["a", "b"]
    assert await listed(http, kind="authority") == ["root"]
    assert await listed(http, kind="server") == ["a", "b", "c"]
    assert await listed(http, kind="other") == [None]
    found, address = [], "/v1/certificates?limit=2"
    while address:
        page = (await http.get(address)).json()
        found += [one["common_name"] for one in page["items"]]
        address = page["next"]
    assert found == ["a", "b", "c", "root", None]


async def test_a_certificate_is_described_and_found_by_who_answers_and_where_it_is_used(both, database):
    http = both.main_connector
    (certificate,) = await handed_in(http, der("a"))
    await handed_in(http, der("b"))
    own = await owner_of(database, both.caller)
    person = await a_contact(http, own, "Vastuu Henkilö")
    deputy = await a_contact(http, own, "Vara Henkilö")
    system = (await http.post("/v1/systems", json=SYSTEM)).json()
    said = {
        "kind": "system_signature",
        "profile": "dvv-system-signature",
        "purpose": "Reseptien allekirjoitus",
        "responsible_id": person,
        "deputy_id": deputy,
    }
    address = f"/v1/certificates/{certificate['id']}"
    shown = (await http.put(address, json=said, headers={"If-Match": '"1"'})).json()
    assert {name: shown[name] for name in said} == said
    shown = await done(http, shown, "uses", since="2026-01-01", system_id=system["id"])
    shown = await done(http, shown, "uses", since="2026-01-01", host="Palvelin.example.org:443", access_point="LP 1")
    assert [(use["system_id"], use["host"]) for use in shown["uses"]] == [
        (system["id"], None),
        (None, "palvelin.example.org:443"),
    ]
    assert await listed(http, system_id=system["id"]) == ["a"]
    assert await listed(http, responsible_id=person) == ["a"]
    assert await listed(http, responsible_id=person, kind="server") == []
    use = f"{address}/uses/{shown['uses'][0]['id']}"
    ended = await http.put(use, json={"until": "2026-03-02"}, headers={"If-Match": f'"{shown["version"]}"'})
    assert ended.json()["uses"][0]["until"] == "2026-03-02"
    assert await listed(http, system_id=system["id"]) == []


async def a_contact(http: httpx.AsyncClient, organisation_id: object, name: str) -> str:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    body = {"name": name, "email": email, "function": "technical", "valid_from": "2026-01-01"}
    answer = await http.post(f"/v1/organisations/{organisation_id}/contacts", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_one_replaces_another_with_the_overlap_in_days(both):
    http = both.main_connector
    (old,) = await handed_in(http, der("old", lasts=timedelta(days=60)))
    (new,) = await handed_in(http, der("new", starts=NOON - timedelta(days=1)))
    described = {"kind": "server", "purpose": "Liityntäpiste"}
    old = (await http.put(f"/v1/certificates/{old['id']}", json=described, headers={"If-Match": '"1"'})).json()
    old = await done(http, old, "uses", since="2026-01-01", host="palvelin.example.org")
    old = await done(http, old, "replacement", successor_id=new["id"])
    assert (old["state"], old["next_moves"]) == ("replaced", ["describe", "unreplace"])
    assert (old["replaced_by"]["certificate_id"], old["replaced_by"]["overlap_days"]) == (new["id"], 31)
    shown = (await http.get(f"/v1/certificates/{new['id']}")).json()
    assert (shown["purpose"], [(use["host"], use["since"]) for use in shown["uses"]]) == (
        "Liityntäpiste", [("palvelin.example.org", "2026-03-02")],
    )  # fmt: skip
    assert [(one["certificate_id"], one["overlap_days"]) for one in shown["replaces"]] == [(old["id"], 31)]
    assert await listed(http, state="replaced") == ["old"]
    back = await http.delete(f"/v1/certificates/{old['id']}/replacement", headers={"If-Match": f'"{old["version"]}"'})
    assert (back.json()["state"], back.json()["replaced_by"]) == ("in_use", None)


async def test_a_certificate_is_snoozed_retired_and_restored_with_a_reason(both):
    http = both.main_connector
    (certificate,) = await handed_in(http, der())
    snoozed = await done(http, certificate, "snooze", until="2026-03-09", reason="Tilattu")
    assert (snoozed["snoozed_until"], snoozed["snoozed_because"]) == ("2026-03-09", "Tilattu")
    address = f"/v1/certificates/{certificate['id']}"
    awake = await http.delete(f"{address}/snooze", headers={"If-Match": f'"{snoozed["version"]}"'})
    assert awake.json()["snoozed_until"] is None
    retired = await done(http, awake.json(), "retirement", reason="Palvelin poistettiin")
    assert (retired["state"], retired["state_because"]) == ("retired", "Palvelin poistettiin")
    refused = await http.post(
        f"{address}/snooze",
        json={"until": "2026-03-09", "reason": "x"},
        headers={"If-Match": f'"{retired["version"]}"'},
    )
    assert problem(refused) == (409, "certificate-move-not-allowed")
    restored = await done(http, retired, "restoration", reason="Se on yhä käytössä")
    assert restored["state"] == "in_use"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"kind": "server", "profile": "nothing"}, "profile"),
        ({"kind": "server", "responsible_id": "0197b1f0-0000-7000-8000-000000000001"}, "responsible_id"),
        ({"kind": "server", "deputy_id": "0197b1f0-0000-7000-8000-000000000001"}, "responsible_id"),
        ({"kind": "server", "purpose": "\u202e"}, "purpose"),
    ],
)
async def test_what_cannot_be_said_of_a_certificate_names_the_field(both, body, field):
    (certificate,) = await handed_in(both.main_connector, der())
    answer = await both.main_connector.put(
        f"/v1/certificates/{certificate['id']}", json=body, headers={"If-Match": '"1"'}
    )
    assert problem(answer) == (422, "certificate-refused")
    assert [flaw["field"] for flaw in answer.json()["errors"]] == [field]


async def test_a_contact_of_a_tenant_does_not_answer_for_a_certificate(both):
    http = both.main_connector
    tenants = (await http.get("/v1/tenancies")).json()["items"]
    person = await a_contact(http, tenants[0]["organisation_id"], "Vuokralainen")
    (certificate,) = await handed_in(http, der())
    body = {"kind": "server", "responsible_id": person}
    answer = await http.put(f"/v1/certificates/{certificate['id']}", json=body, headers={"If-Match": '"1"'})
    assert problem(answer) == (422, "certificate-refused")


async def test_a_change_from_an_old_version_is_refused(both):
    http = both.main_connector
    (certificate,) = await handed_in(http, der())
    await done(http, certificate, "snooze", until="2026-03-09", reason="x")
    refused = await http.post(
        f"/v1/certificates/{certificate['id']}/retirement", json={"reason": "x"}, headers={"If-Match": '"1"'}
    )
    assert (problem(refused), refused.json()["facts"]) == ((412, "certificate-changed"), {"version": 2})


async def test_a_tenant_reads_its_own_certificates_and_writes_nothing(both):
    http, tenant = both.main_connector, both.of_tenant
    (own,) = await handed_in(http, der("own"), tenancy_id=str(both.tenant.tenancy.id))
    (other,) = await handed_in(http, der("other"))
    assert (await listed(tenant), sorted(await listed(http))) == (["own"], ["other", "own"])
    assert await listed(http, tenancy_id=str(both.tenant.tenancy.id)) == ["own"]
    shown = (await tenant.get(f"/v1/certificates/{own['id']}")).json()
    assert (shown["common_name"], shown["places"]) == ("own", [])
    assert (await tenant.get(f"/v1/certificates/{own['id']}/content")).status_code == 200
    for address in (f"/v1/certificates/{other['id']}", f"/v1/certificates/{other['id']}/content"):
        assert problem(await tenant.get(address)) == (404, "certificate-not-found")
    assert (await tenant.get("/v1/certificate-sources")).json()["items"] == []
    assert problem(await sent(tenant, der("third"))) == (403, "permission-missing")


async def test_a_source_is_promised_and_ended(both):
    http = both.main_connector
    (certificate,) = await handed_in(http, der())
    (source,) = (await http.get("/v1/certificate-sources")).json()["items"]
    assert (source["kind"], source["certificates"], source["trouble"]) == ("handed_in", 1, None)
    address = f"/v1/certificate-sources/{source['id']}"
    promised = await http.put(address, json={"read_every_hours": 24}, headers={"If-Match": '"1"'})
    assert promised.json()["read_every_hours"] == 24
    stale = await http.delete(address, headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "certificate-source-changed")
    ended = await http.delete(address, headers={"If-Match": '"2"'})
    assert ended.json()["certificates"] == 0
    shown = (await http.get(f"/v1/certificates/{certificate['id']}")).json()
    assert [place["until"] is None for place in shown["places"]] == [False]
    assert (await http.get("/v1/certificate-sources")).json()["items"] == []
    assert problem(await http.delete(address, headers={"If-Match": '"3"'})) == (404, "certificate-source-not-found")
    (again,) = await handed_in(http, der())  # the name is free again
    assert again["version"] == 1


async def test_every_kind_has_a_name_in_three_languages(both):
    kinds = (await both.of_tenant.get("/v1/certificate-kinds")).json()["items"]
    assert {"server", "system_signature", "professional_card", "saml", "other"} <= {one["key"] for one in kinds}
    assert all(one["name"].keys() == {"fi", "sv", "en"} for one in kinds)
