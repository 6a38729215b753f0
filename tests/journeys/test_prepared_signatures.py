"""Signing with a key that the service never sees, over HTTP: openssl is the device that has it."""

import asyncio
import subprocess
from base64 import b64decode, b64encode
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from kanta_tenancy import documents
from kanta_tenancy.agreements.model import Signatory
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.parties.model import Finding
from tests.agreements.conftest import AUTHORITY, BEGINS, LISTS, a_credential, signed_on_line
from tests.journeys.conftest import Realm
from tests.journeys.test_from_draft_to_in_force import hand_in, offered
from tests.parties.examples import looked

AINO = a_credential("Aino")


def lasting(span: timedelta) -> Credential:
    who = sample_authority.Signer(name="Aino", organisation="Esimerkki Oy")
    return sample_authority.issue(AUTHORITY, who, at=BEGINS, lasts=span)


def pem_of(signer: Credential) -> str:
    return sample_authority.chain_pem(*signer.chain).decode()


async def prepare(
    http: httpx.AsyncClient, agreement: dict[str, Any], signer: Credential = AINO, **said: Any
) -> httpx.Response:
    headers = {"If-Match": f'"{said.pop("version", agreement["version"])}"'} | said.pop("headers", {})
    body = {"certificates": pem_of(signer)} | said
    return await http.post(f"/v1/agreements/{agreement['id']}/signatures/prepared", json=body, headers=headers)


async def prepared(http: httpx.AsyncClient, agreement: dict[str, Any], signer: Credential = AINO, **said: Any) -> Any:
    answer = await prepare(http, agreement, signer, **said)
    assert answer.status_code == 201, answer.text
    return answer.json()


def value_of(ready: dict[str, Any], folder: Path, signer: Credential = AINO) -> str:
    """Sign on another machine, with openssl."""
    key = folder / "signer.key"
    key.write_bytes(sample_authority.key_pem(signer))
    command = ["openssl", "dgst", f"-{ready['to_sign']['digest_algorithm']}", "-sign", key]
    octets = b64decode(ready["to_sign"]["octets"])
    return b64encode(subprocess.run(command, input=octets, capture_output=True, check=True).stdout).decode()


async def complete(http: httpx.AsyncClient, ready: dict[str, Any], value: str, **headers: str) -> httpx.Response:
    return await http.post(f"/v1/prepared-signatures/{ready['id']}/completion", json={"value": value}, headers=headers)


async def signed(http: httpx.AsyncClient, agreement: dict[str, Any], folder: Path, **said: Any) -> dict[str, Any]:
    ready = await prepared(http, agreement, **said)
    answer = await complete(http, ready, value_of(ready, folder, said.get("signer", AINO)))
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


@pytest.mark.parametrize("kind", KeyKind)
async def test_both_sign_with_keys_that_the_service_never_sees_and_no_document_is_sent(realm, clock, tmp_path, kind):
    agreement = await offered(realm)
    for http, name in ((realm.of_tenant, "Åke"), (realm.main_connector, "Kaarina")):
        signer = sample_authority.issue(
            AUTHORITY, sample_authority.Signer(name=name, organisation="Oy"), at=BEGINS, kind=kind
        )
        answer = await prepare(http, agreement, signer, comments="Read and approved")
        ready = answer.json()
        assert answer.headers["location"] == f"/v1/prepared-signatures/{ready['id']}"
        assert (await http.get(answer.headers["location"])).json() == ready
        assert (ready["state"], ready["version"]) == ("open", agreement["version"])
        assert ready["content_sha256"] == ready["to_sign"]["content_digest"] == agreement["content_sha256"]
        done = await complete(http, ready, value_of(ready, tmp_path, signer))
        agreement = done.json()
        assert done.headers["etag"] == f'"{agreement["version"]}"'
    assert agreement["status"] == "in_force"
    document = (await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}/document")).content
    report = documents.verify(document, trust=[AUTHORITY.root], revocation=LISTS, at=clock.now())
    assert report.verdict is documents.Verdict.VALID
    assert [one.comments for one in report.signatures] == ["Read and approved"] * 2


async def test_what_is_handed_out_says_whose_line_it_is_on_and_until_when(realm: Realm, clock):
    agreement = await offered(realm)
    usual = await prepared(realm.of_tenant, agreement)
    longest = await prepared(realm.of_tenant, agreement, lasts_minutes=24 * 60)
    who = next(one for one in agreement["signatories"] if one["party"] == "tenant")
    assert (usual["party"], usual["position"], usual["signatory"]) == ("tenant", 1, who["name"])
    assert [msgspec.convert(one["expires_at"], type(clock.now())) - clock.now() for one in (usual, longest)] == [
        timedelta(hours=1),
        timedelta(days=1),
    ]
    assert refusal(await prepare(realm.of_tenant, agreement, lasts_minutes=24 * 60 + 1)) == (422, "request-invalid")


async def test_whoever_fetches_the_document_too_can_check_what_is_to_be_signed(realm: Realm):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement)
    document = (await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}/document")).content
    to_sign = documents.read_to_sign(msgspec.json.encode(ready["to_sign"]))
    documents.check(document, to_sign)
    with pytest.raises(documents.CannotComplete):
        documents.check(document, msgspec.structs.replace(to_sign, octets=to_sign.octets + b" "))


async def test_preparing_signs_nothing_and_can_be_done_again(realm: Realm, tmp_path):
    agreement = await offered(realm)
    before = (await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}")).json()
    first = await prepared(realm.of_tenant, agreement)
    second = await prepared(realm.of_tenant, agreement)
    assert (await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}")).json() == before
    assert (await complete(realm.of_tenant, first, value_of(first, tmp_path))).status_code == 200
    assert refusal(await complete(realm.of_tenant, second, value_of(second, tmp_path))) == (
        409,
        "prepared-signature-superseded",
    )


async def test_a_repeated_request_gets_the_same_answer_and_has_no_second_effect(realm: Realm, tmp_path, owner):
    agreement = await offered(realm)
    key = {"Idempotency-Key": "once"}
    first, again = [await prepare(realm.of_tenant, agreement, headers=key) for _ in range(2)]
    assert (first.status_code, first.text, first.headers["location"]) == (201, again.text, again.headers["location"])
    assert await owner.fetchval("SELECT count(*) FROM prepared_signature") == 1
    value = value_of(first.json(), tmp_path)
    done, repeated = [await complete(realm.of_tenant, first.json(), value, **key) for _ in range(2)]
    assert (done.status_code, done.text) == (200, repeated.text)
    assert await owner.fetchval("SELECT count(*) FROM agreement_signature") == 1


async def test_a_prepared_signature_is_used_once(realm: Realm, tmp_path):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement)
    value = value_of(ready, tmp_path)
    assert (await complete(realm.of_tenant, ready, value)).status_code == 200
    assert refusal(await complete(realm.of_tenant, ready, value)) == (409, "prepared-signature-used")
    seen = (await realm.of_tenant.get(f"/v1/prepared-signatures/{ready['id']}")).json()
    assert (seen["state"], seen["to_sign"], seen["completed_at"] is None) == ("used", None, False)


async def test_of_two_completions_at_once_one_signs(realm: Realm, tmp_path, owner):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement)
    value = value_of(ready, tmp_path)
    answers = await asyncio.gather(*(complete(realm.of_tenant, ready, value) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    assert {refusal(answer)[1] for answer in answers if answer.status_code == 409} == {"prepared-signature-used"}
    assert await owner.fetchval("SELECT count(*) FROM agreement_signature") == 1


async def test_of_both_parties_completing_at_once_one_is_told_to_prepare_anew(realm: Realm, tmp_path):
    agreement = await offered(realm)
    both = (realm.of_tenant, realm.main_connector)
    ready = [await prepared(http, agreement) for http in both]
    values = [value_of(one, tmp_path) for one in ready]
    answers = await asyncio.gather(
        *(complete(http, one, value) for http, one, value in zip(both, ready, values, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert refusal(late) == (409, "prepared-signature-superseded")
    assert "prepare the signature anew" in late.json()["detail"]


async def test_it_is_completed_until_its_last_second_and_not_after(realm: Realm, tmp_path, clock):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement, lasts_minutes=1)
    value = value_of(ready, tmp_path)
    clock.advance(seconds=60)
    assert refusal(await complete(realm.of_tenant, ready, value)) == (409, "prepared-signature-expired")
    seen = (await realm.of_tenant.get(f"/v1/prepared-signatures/{ready['id']}")).json()
    assert (seen["state"], seen["to_sign"]) == ("expired", None)
    clock.advance(seconds=-1)
    assert (await complete(realm.of_tenant, ready, value)).status_code == 200


async def test_once_somebody_handed_in_a_signed_document_it_is_prepared_anew(realm: Realm, tmp_path, clock):
    agreement = await offered(realm)
    ready = await prepared(realm.main_connector, agreement)
    document = await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}/document")
    tenant = next(Signatory(**one) for one in agreement["signatories"] if one["party"] == "tenant")
    newer = (await hand_in(realm.of_tenant, agreement, signed_on_line(document.content, tenant, clock.now()))).json()
    late = await complete(realm.main_connector, ready, value_of(ready, tmp_path))
    assert refusal(late) == (409, "prepared-signature-superseded")
    assert late.json()["facts"]["version"] == newer["version"]
    seen = (await realm.main_connector.get(f"/v1/prepared-signatures/{ready['id']}")).json()
    assert (seen["state"], seen["to_sign"]) == ("superseded", None)
    assert (await signed(realm.main_connector, newer, tmp_path))["status"] == "in_force"


async def test_a_withdrawn_agreement_is_signed_by_no_value(realm: Realm, tmp_path):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement)
    path = f"/v1/agreements/{agreement['id']}/withdrawal"
    await realm.main_connector.post(path, json={"reason": "A mistake"}, headers={"If-Match": '"2"'})
    assert refusal(await complete(realm.of_tenant, ready, value_of(ready, tmp_path))) == (
        409,
        "agreement-move-not-allowed",
    )
    assert refusal(await prepare(realm.of_tenant, agreement, version=3)) == (409, "agreement-move-not-allowed")


async def test_a_value_of_another_key_another_preparation_or_none_at_all_is_refused(realm: Realm, tmp_path):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement)
    other = await prepared(realm.of_tenant, agreement, comments="Another")
    good = value_of(ready, tmp_path)
    for wrong in (value_of(ready, tmp_path, a_credential("Eino")), value_of(other, tmp_path), good[:-8], "AAAA"):
        assert refusal(await complete(realm.of_tenant, ready, wrong)) == (422, "signature-value-wrong")
    for unreadable in ("", "%", "A" * 4096):
        assert (await complete(realm.of_tenant, ready, unreadable)).status_code in {400, 422}
    assert (await complete(realm.of_tenant, ready, good)).status_code == 200


async def test_what_one_party_prepared_is_not_there_for_the_other(realm: Realm, tmp_path):
    agreement = await offered(realm)
    both = (realm.of_tenant, realm.main_connector)
    for own, other in (both, both[::-1]):
        ready = await prepared(own, agreement)
        value = value_of(ready, tmp_path)
        assert refusal(await complete(other, ready, value)) == (404, "prepared-signature-not-found")
        seen = await other.get(f"/v1/prepared-signatures/{ready['id']}")
        assert refusal(seen) == (404, "prepared-signature-not-found")
    for http, party in zip(both, ("tenant", "main_connector"), strict=True):
        listed = await http.get(f"/v1/agreements/{agreement['id']}/signatures/prepared")
        assert [one["party"] for one in listed.json()["items"]] == [party]


async def test_the_list_has_what_is_open_newest_first_page_by_page(realm: Realm, tmp_path, clock):
    agreement = await offered(realm)
    path = f"/v1/agreements/{agreement['id']}/signatures/prepared"
    made = [(await prepared(realm.of_tenant, agreement, lasts_minutes=minutes))["id"] for minutes in (1, 90, 90, 90)]
    clock.advance(minutes=1)
    first = await realm.of_tenant.get(path, params={"limit": 2})
    second = await realm.of_tenant.get(first.json()["next"])
    assert [[one["id"] for one in page.json()["items"]] for page in (first, second)] == [made[:1:-1], made[1:2]]
    assert second.json()["next"] is None
    assert {one["state"] for one in first.json()["items"]} == {"open"}
    await signed(realm.of_tenant, agreement, tmp_path)
    assert (await realm.of_tenant.get(path)).json()["items"] == []


async def test_only_a_signatory_of_ones_own_who_has_not_signed_is_prepared_for(realm: Realm, tmp_path):
    who = {"title": "Direktör", "mandate": "Handelsregistret"}
    places = [("main_connector", 1), ("tenant", 1), ("tenant", 2)]
    signatories = [{"party": party, "position": at, "name": f"{party} {at}", **who} for party, at in places]
    agreement = await offered(realm, signatories=signatories)
    assert refusal(await prepare(realm.main_connector, agreement, position=2)) == (422, "agreement-signature-refused")
    agreement = await signed(realm.of_tenant, agreement, tmp_path, position=2)
    assert refusal(await prepare(realm.of_tenant, agreement, position=2)) == (409, "agreement-move-not-allowed")
    same = await prepare(realm.of_tenant, agreement, AINO, position=1)
    assert (refusal(same), same.json()["errors"][0]["field"]) == ((422, "agreement-signature-refused"), "certificates")
    agreement = await signed(realm.of_tenant, agreement, tmp_path, signer=a_credential("Åke"))
    assert {(one["party"], one["position"]) for one in agreement["signatures"]} == {("tenant", 1), ("tenant", 2)}


async def test_what_could_not_be_signed_is_not_prepared(realm: Realm):
    agreement = await offered(realm)
    headers = {"If-Match": '"1"'}
    path = f"/v1/agreements/{agreement['id']}/signatures/prepared"
    assert refusal(await prepare(realm.of_tenant, agreement, headers=headers)) == (412, "agreement-changed")
    assert (await realm.of_tenant.post(path, json={"certificates": pem_of(AINO)})).status_code == 428
    unreadable = await prepare(realm.of_tenant, agreement, certificates="no certificate")
    assert refusal(unreadable) == (400, "certificate-unreadable")
    key = sample_authority.key_pem(AINO).decode()
    assert refusal(await prepare(realm.of_tenant, agreement, certificates=key)) == (400, "certificate-unreadable")
    unprintable = await prepare(realm.of_tenant, agreement, comments="Approved\uffff")
    assert refusal(unprintable) == (422, "document-cannot-be-signed")
    expired = await prepare(realm.of_tenant, agreement, lasting(timedelta(days=30)))
    assert refusal(expired) == (422, "document-cannot-be-signed")


async def test_a_certificate_that_expires_meanwhile_signs_nothing(realm: Realm, tmp_path, clock):
    agreement = await offered(realm)
    signer = lasting(clock.now() - BEGINS + timedelta(minutes=30))
    ready = await prepared(realm.of_tenant, agreement, signer)
    clock.advance(minutes=31)
    late = await complete(realm.of_tenant, ready, value_of(ready, tmp_path, signer))
    assert refusal(late) == (422, "document-cannot-be-signed")


async def test_a_completion_that_is_refused_leaves_it_open(realm: Realm, tmp_path, database, clock):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement, lasts_minutes=24 * 60)
    value = value_of(ready, tmp_path)
    clock.advance(hours=20)
    today = clock.now().date()
    for finding, expected in ((Finding.NOT_REGISTERED, 409), (Finding.REGISTERED, 200)):
        organisation = realm.tenant.organisation.id
        await looked(database, clock, realm.caller, organisation, finding=finding, checked_on=today)
        assert (await complete(realm.of_tenant, ready, value)).status_code == expected


async def test_what_expired_unsigned_is_forgotten_and_what_was_used_stays(realm: Realm, tmp_path, clock, owner):
    agreement = await offered(realm)
    forgotten = await prepared(realm.of_tenant, agreement)
    clock.advance(hours=2)
    used = await prepared(realm.of_tenant, agreement)
    gone = await realm.of_tenant.get(f"/v1/prepared-signatures/{forgotten['id']}")
    assert refusal(gone) == (404, "prepared-signature-not-found")
    await complete(realm.of_tenant, used, value_of(used, tmp_path))
    clock.advance(days=2)
    agreement = (await realm.main_connector.get(f"/v1/agreements/{agreement['id']}")).json()
    await prepared(realm.main_connector, agreement)
    assert (await realm.of_tenant.get(f"/v1/prepared-signatures/{used['id']}")).json()["state"] == "used"
    assert await owner.fetchval("SELECT count(*) FROM prepared_signature") == 2


async def test_what_an_earlier_program_prepared_is_prepared_anew(realm: Realm, tmp_path, owner):
    agreement = await offered(realm)
    ready = await prepared(realm.of_tenant, agreement)
    value = value_of(ready, tmp_path)
    await owner.execute("UPDATE prepared_signature SET to_sign = $1", b'{"format": 0}')
    for answer in (
        await complete(realm.of_tenant, ready, value),
        await realm.of_tenant.get(f"/v1/prepared-signatures/{ready['id']}"),
    ):
        assert refusal(answer) == (409, "prepared-signature-superseded")
    moved = {**ready["to_sign"], "comments": "Not what was asked for"}
    await owner.execute("UPDATE prepared_signature SET to_sign = $1", msgspec.json.encode(moved))
    assert refusal(await complete(realm.of_tenant, ready, value)) == (409, "prepared-signature-superseded")


async def test_the_journal_tells_what_was_prepared_and_completed(realm: Realm, tmp_path, owner):
    agreement = await offered(realm)
    agreement = await signed(realm.of_tenant, agreement, tmp_path)
    await signed(realm.main_connector, agreement, tmp_path)
    told = await owner.fetch(
        "SELECT entry::jsonb ->> 'action' AS action, tenancy_id FROM journal_entry"
        " WHERE entry::jsonb ->> 'subject' LIKE 'prepared_signature/%'"
    )
    tenancy = realm.tenant.tenancy.id
    assert Counter((row["action"], row["tenancy_id"]) for row in told) == {
        (f"prepared_signature.{action}", chain): 1 for action in ("prepared", "completed") for chain in (tenancy, None)
    }


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE prepared_signature SET completed_at = NULL",
        "INSERT INTO prepared_signature SELECT gen_random_uuid(), main_connector_id, tenancy_id, agreement_id,"
        " 'main_connector', 1, 2, '0', '0', '', now(), now() + interval '1 hour', NULL FROM prepared_signature",
    ],
)
async def test_a_tenants_transaction_writes_nothing_of_the_other_party_and_takes_nothing_back(
    realm: Realm, database, mischief
):
    await prepared(realm.of_tenant, await offered(realm))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.transaction(realm.tenant.caller) as tx:
            await tx.connection.execute(mischief)


async def test_what_was_completed_is_neither_deleted_nor_changed(realm: Realm, database, tmp_path):
    await signed(realm.of_tenant, await offered(realm), tmp_path)
    for mischief in ("DELETE FROM prepared_signature", "UPDATE prepared_signature SET completed_at = now()"):
        async with database.transaction(realm.tenant.caller) as tx:
            assert (await tx.connection.execute(mischief)).endswith(" 0")
