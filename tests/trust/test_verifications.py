"""Any signed document is verified by what the main connector trusts, and nothing of it is kept."""

from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from kanta_tenancy.machinery.ooxml.page import STYLE_DIGEST
from kanta_tenancy.machinery.ooxml.presentation import QUESTIONS
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.opc.limits import LIMITS
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import Revoked, revocation_list
from kanta_tenancy.trust import fitting
from kanta_tenancy.trust.store import revocation as store
from tests.machinery.ooxml.signing.documents import document
from tests.trust.examples import AUTHORITY, ISSUING, NOON, OTHER, ROOT, SIGNER, der
from tests.trust.test_routes import load

DOCX = {"Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


@pytest.fixture(scope="module")
def signed() -> bytes:
    return sign(document(), SIGNER, at=NOON)


async def verify(http: httpx.AsyncClient, content: bytes, **headers: str) -> httpx.Response:
    return await http.post("/v1/verifications", content=content, headers=DOCX | headers)


async def test_trust_is_what_the_main_connector_trusts_now(both, clock, signed):
    before = await verify(both.main_connector, signed)
    assert before.status_code == 200, before.text
    assert (before.json()["verdict"], before.json()["signatures"][0]["trust"]) == ("indeterminate", "unknown")
    await load(both.main_connector, der(OTHER.root))
    assert (await verify(both.main_connector, signed)).json()["verdict"] == "indeterminate"
    root = (await load(both.main_connector, der(ROOT))).json()["items"][0]["anchor"]
    clock.advance(seconds=1)
    for http in (both.main_connector, both.of_tenant):
        answer = (await verify(http, signed)).json()
        assert {name: answer["signatures"][0][name] for name in QUESTIONS} == {
            "integrity": "passed", "coverage": "passed", "certificate": "passed", "trust": "passed",
            "revocation": "unknown", "algorithms": "passed", "time": "unknown",
        }  # fmt: skip
        assert (answer["signatures"][0]["signer"], answer["signatures"][0]["signed_at"]) == (
            "CN=Aino Ahola,O=Oy,C=FI",
            "2026-03-02T12:00:00Z",
        )
        assert (answer["verdict"], answer["indication"]) == ("indeterminate", "INDETERMINATE")
    reason = {"json": {"reason": "x"}, "headers": {"If-Match": '"1"'}}
    await both.main_connector.post(f"/v1/trust/anchors/{root['id']}/removal", **reason)
    assert (await verify(both.of_tenant, signed)).json()["signatures"][0]["trust"] == "unknown"


async def test_with_kept_revocation_data_and_no_older_than_the_policy_says_it_is_valid(both, database, clock, signed):
    await load(both.main_connector, der(ROOT))
    await published(database, both)
    for http in (both.main_connector, both.of_tenant):
        answer = (await verify(http, signed)).json()
        assert (answer["verdict"], answer["indication"]) == ("valid", "TOTAL-PASSED")
    wish = {"level": "B", "obligation": "required", "fresh_for_hours": 6}
    await both.main_connector.put("/v1/trust/policy", json=wish, headers={"If-Match": '"0"'})
    clock.advance(hours=5)
    assert (await verify(both.of_tenant, signed)).json()["verdict"] == "valid"
    clock.advance(hours=2)
    assert (await verify(both.of_tenant, signed)).json()["signatures"][0]["revocation"] == "unknown"


async def test_a_revoked_signer_is_invalid(both, database, signed):
    await load(both.main_connector, der(ROOT))
    await published(database, both, Revoked(certificate=SIGNER.certificate, at=NOON - timedelta(days=1)))
    answer = (await verify(both.of_tenant, signed)).json()
    assert (answer["signatures"][0]["revocation"], answer["verdict"]) == ("failed", "invalid")


async def test_whoever_accepts_a_page_gets_one_in_their_language(both, signed):
    await load(both.main_connector, der(ROOT))
    for language, verdict in (("fi", "Jää avoimeksi"), ("sv-FI,fi;q=0.5", "Förblir öppet"), ("de", "Left open")):
        answer = await verify(both.of_tenant, signed, Accept="text/html", **{"Accept-Language": language})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert f"<strong>{verdict}</strong>" in answer.text
        assert "<bdi>Aino Ahola</bdi>" in answer.text
        assert STYLE_DIGEST in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    told = (await verify(both.of_tenant, signed)).json()
    assert told["sentence"]["sv"].startswith("Inget fel hittades i dokumentet")
    assert told["signatures"][0]["sentence"]["en"].startswith("Nobody says whether the certificate")


async def test_what_is_no_document_has_a_page_too(both):
    answer = await verify(both.main_connector, b"<script>", Accept="text/html")
    assert (answer.status_code, "<script>" in answer.text) == (200, False)
    assert "<strong>Not valid</strong>" in answer.text


async def published(database, both, *revoked: Revoked) -> None:
    """Keep the lists that the two authorities publish at noon."""
    lists = [
        revocation_list(AUTHORITY.issuing, at=NOON, revoked=revoked).public_bytes(Encoding.DER),
        revocation_list(AUTHORITY.top, at=NOON).public_bytes(Encoding.DER),
    ]
    data = RevocationData(crls=tuple(lists))
    async with database.transaction(both.caller) as tx:
        await store.add(tx, fitting.statements(data, (SIGNER.certificate, ISSUING, ROOT)), at=NOON)


async def test_an_intermediate_fills_a_gap_and_is_trusted_by_itself_by_nobody(both, clock):
    alone = sign(document(), replace(SIGNER, chain=SIGNER.chain[:1]), at=NOON)
    await load(both.main_connector, der(ISSUING), kind="intermediate")
    assert (await verify(both.main_connector, alone)).json()["signatures"][0]["trust"] == "unknown"
    await load(both.main_connector, der(ROOT))
    assert (await verify(both.main_connector, alone)).json()["signatures"][0]["trust"] == "passed"


async def test_an_anchor_of_timestamps_is_none_of_signatures(both, signed):
    await load(both.main_connector, der(ROOT), kind="timestamps")
    assert (await verify(both.main_connector, signed)).json()["signatures"][0]["trust"] == "unknown"


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", document(), document()[:-40]])
async def test_whatever_is_sent_has_an_answer(both, content):
    answer = await verify(both.main_connector, content)
    assert (answer.status_code, answer.json()["verdict"]) == (200, "invalid")
    assert answer.json()["reasons"]


async def test_a_changed_document_is_invalid_whomever_one_trusts(both, signed):
    await load(both.main_connector, der(ROOT))
    changed = bytearray(signed)
    changed[len(changed) // 2] ^= 1
    assert (await verify(both.main_connector, bytes(changed))).json()["verdict"] == "invalid"


async def test_too_much_and_other_kinds_are_refused(both):
    assert (await verify(both.main_connector, b"x" * (LIMITS.file_size + 1))).status_code == 413
    answer = await both.main_connector.post("/v1/verifications", json={})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type-unsupported")


async def test_nothing_of_it_is_kept_not_even_with_a_key_for_repeating(both, owner, signed):
    tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    async def rows() -> dict[str, int]:
        return {
            one["tablename"]: await owner.fetchval(f"SELECT count(*) FROM {one['tablename']}")  # noqa: S608 -- a table
            for one in tables
        }

    before = await rows()
    first, again = [await verify(both.main_connector, signed, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert first.json() == again.json()
    assert await rows() == before
