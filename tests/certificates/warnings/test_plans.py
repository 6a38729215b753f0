"""How PostgreSQL sweeps and lists: from one index each, by what is due, however many certificates there are."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.certificates.warnings import levels, thresholds
from kanta_tenancy.certificates.warnings.model import THIRD
from kanta_tenancy.certificates.warnings.store import amiss, digests, sweeps, warnings
from kanta_tenancy.kernel.acting import Caller
from tests.certificates.warnings.examples import DAY, MARCH_2
from tests.parties.examples import a_realm
from tests.plans import plans as plans_of

CERTIFICATES, EACH_DAY = 20_000, 20
NOW = datetime(2026, 3, 3, 4, tzinfo=UTC)
# Servers and test servers; some end on each day, most of them long from now. Each was warned of before.
FILL = """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, authority, seen, not_before, not_after,
                         third_left_at, state, state_since, version, first_seen_at, issuer_sha256, snoozed_until,
                         snoozed_because)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, content, encode(sha256(content), 'hex'),
       CASE WHEN n % 10 = 0 THEN 'server_test' ELSE 'server' END, false, '{}', ends - interval '365 days', ends,
       ends - interval '2920 hours', 'in_use', now(), 1, now(), CASE WHEN n % 100 = 0 THEN (n / 2000)::text END,
       CASE WHEN n % 500 = 0 THEN date '2026-03-02' END, CASE WHEN n % 500 = 0 THEN 'x' END
  FROM generate_series(1, $2::integer) AS n
 CROSS JOIN LATERAL (
       SELECT int4send(n) AS content, timestamptz '2026-03-02 09:00+00' + (n / $3) * interval '1 day' AS ends) AS made
"""
WARN = """
INSERT INTO certificate_warning (main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at, told_at,
                                 settled_at, next_at)
SELECT $1, id, level, date '2026-01-01', (not_after AT TIME ZONE 'Europe/Helsinki')::date,
       CASE WHEN level = 200 THEN 'open' ELSE 'superseded' END, now(), now(), CASE WHEN level <> 200 THEN now() END,
       CASE WHEN level = 200 THEN now() + interval '1 year' END
  FROM certificate, unnest(ARRAY[200, 201, 202]) AS level
"""
TABLES = {
    "certificate",
    "certificate_warning",
    "certificate_digest",
    "certificate_digest_item",
    "certificate_digest_finding",
    "certificate_finding",
    "certificate_revocation",
}


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    await owner.execute(FILL, made.scope.main_connector_id, CERTIFICATES, EACH_DAY)
    await owner.execute(WARN, made.scope.main_connector_id)
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made


plans = partial(plans_of, tables=TABLES)


def asked_of_a_sweep(
    realm: Caller, swept: Collection[str], after: int, through: int, *, anew: bool = False
) -> dict[str, object]:
    days = [MARCH_2 + one * DAY for one in (after, through)]
    windows = levels.windows(thresholds.thresholds_on(MARCH_2, swept), *days)
    by_days = [one for one in windows if one.level != THIRD]
    by_third = [one for one in windows if one.level == THIRD]
    return {
        "main_connector_id": realm.scope.main_connector_id,
        "kinds": [one.kind for one in by_days],
        "levels": [str(one.level) for one in by_days],
        "lengths": [f"{one.level} days" for one in by_days],
        "due_ons": [one.due_on.isoformat() for one in by_days],
        "since": [one.since.isoformat() for one in by_days],
        "until": [one.until.isoformat() for one in by_days],
        "third": int(THIRD),
        "kinds_by_third": [one.kind for one in by_third],
        "thirds_due_on": [one.due_on.isoformat() for one in by_third],
        "thirds_since": [one.since.isoformat() for one in by_third],
        "thirds_until": [one.until.isoformat() for one in by_third],
        "through": days[1],
        "at": NOW,
        "anew": anew,
    }


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize(("days", "certificates"), [(0, 0), (1, EACH_DAY * 10), (7, EACH_DAY * 10 * 7)])
async def test_a_sweep_reads_what_is_due_and_nothing_else(database, realm, days, certificates, anew):
    for plan in await plans(database, realm, sweeps.SWEEP, **asked_of_a_sweep(realm, kinds(), 1, 1 + days, anew=anew)):
        assert plan.indexes("certificate") == {"certificate_by_kind_and_end", "certificate_by_kind_and_third"}
        assert plan.read("certificate") - plan.rounding("certificate") <= certificates
        assert plan.read("certificate_warning") <= 6 * certificates  # those that it has: found, closed, written
        assert (days == 0) == (plan.read("certificate") == 0)


async def test_where_all_are_of_one_kind_a_sweep_looks_for_that_kind_alone(database, realm, owner):
    await owner.execute("UPDATE certificate SET kind = 'server'")
    await owner.execute("VACUUM (FULL, ANALYZE) certificate")
    async with database.transaction(realm) as tx:
        found = await sweeps.kinds_in_use(tx)
    assert found == ["server"]
    for plan in await plans(database, realm, sweeps.SWEEP, **asked_of_a_sweep(realm, found, 1, 2)):
        assert plan.read("certificate") - plan.rounding("certificate") <= EACH_DAY * 10


async def test_the_kinds_in_use_are_found_by_a_look_at_an_index_for_each(database, realm):
    async with database.transaction(realm) as tx:
        assert await sweeps.kinds_in_use(tx) == ["server", "server_test"]
    for plan in await plans(database, realm, sweeps.KINDS_IN_USE):
        assert plan.read("certificate") <= 2
        assert "Sort" not in plan.kinds


async def test_the_nightly_look_reads_what_has_come_to_a_level_and_no_certificate_that_has_not(database, realm):
    by_kind = thresholds.thresholds_on(MARCH_2, kinds())
    spans = levels.spans(by_kind, MARCH_2)
    by_days = [one for one in spans if one.level is not None]
    by_third = [one for one in spans if one.level is None and one.third_until is not None]
    asked = {
        "main_connector_id": realm.scope.main_connector_id,
        "kinds": [one.kind for one in by_days],
        "levels": [str(one.level) for one in by_days],
        "since": [one.since.isoformat() for one in by_days],
        "until": [one.until.isoformat() for one in by_days],
        "third_until": [one.third_until.isoformat() if one.third_until else "NULL" for one in by_days],
        "third": int(THIRD),
        "kinds_by_third": [one.kind for one in by_third],
        "ends_since": [one.since.isoformat() for one in by_third],
        "thirds_until": [one.third_until.isoformat() for one in by_third],
        "through": MARCH_2,
        "settled_before": NOW.replace(year=2999),
    }
    come = EACH_DAY * 122
    for plan in await plans(database, realm, sweeps.MISSED, **asked):
        assert "certificate_by_kind_and_end" in plan.indexes("certificate")
        assert come / 2 < plan.read("certificate") <= 2 * come
        assert plan.read("certificate_warning") <= come


async def test_what_the_next_people_are_owed_is_read_from_what_is_open(database, realm, owner):
    await owner.execute(
        "UPDATE certificate_warning SET state = 'released', settled_at = now()"
        " WHERE state = 'open' AND ends_on > '2026-05-02'"
    )
    await owner.execute("VACUUM (ANALYZE) certificate_warning")
    still_open = EACH_DAY * 63
    asked = {"main_connector_id": realm.scope.main_connector_id}
    for plan in await plans(database, realm, warnings.ESCALATIONS, **asked):
        assert plan.indexes("certificate_warning") == {"certificate_warning_next"}
        assert plan.read("certificate_warning") <= still_open
    for plan in await plans(
        database, realm, sweeps.OUTLIVED, **asked, through=MARCH_2, settled_before=NOW.replace(year=2999)
    ):
        assert plan.read("certificate_warning") <= still_open
    for plan in await plans(database, realm, sweeps.ANY_CERTIFICATE, **asked):
        assert plan.read("certificate") <= 1


async def test_what_is_to_be_told_is_read_from_what_was_not_told_or_not_acknowledged(database, realm):
    asked = {"main_connector_id": realm.scope.main_connector_id, "today": MARCH_2}
    for plan in await plans(database, realm, warnings.UNTOLD, **asked):
        assert plan.indexes("certificate_warning") == {"certificate_warning_untold"}
        assert plan.read("certificate") == 0
    for plan in await plans(database, realm, warnings.UNANSWERED, **asked, now=NOW):
        assert plan.read("certificate_warning") == 0
        assert plan.read("certificate") == 0
    asked = {"main_connector_id": realm.scope.main_connector_id}
    for plan in await plans(database, realm, warnings.UNTOLD_ONES, **asked):
        assert plan.read("certificate_warning") == 0


async def test_what_is_open_is_listed_by_the_end_of_the_certificates(database, realm):
    asked = {
        "main_connector_id": realm.scope.main_connector_id,
        "before": MARCH_2 + 900 * DAY,
        "after_day": MARCH_2 + 100 * DAY,
        "after_id": UUID(int=7),
        "count": 51,
    }
    for plan in await plans(database, realm, warnings.OPEN, **asked):
        assert plan.indexes("certificate_warning") == {"certificate_warning_untold", "certificate_warning_told"}
        assert plan.read("certificate_warning") <= 201
        assert plan.read("certificate") <= 201
        assert "Sort" not in plan.kinds


async def test_certificates_looked_at_by_themselves_are_found_by_themselves(database, realm):
    asked = {"main_connector_id": realm.scope.main_connector_id}
    ids = [str(UUID(int=one)) for one in range(100, 200)]
    for plan in await plans(database, realm, sweeps.TO_WEIGH, **asked, certificate_ids=ids):
        assert plan.read("certificate") <= 100
        assert plan.read("certificate_warning") <= 2 * 300
    for plan in await plans(database, realm, warnings.TELL_ANEW, **asked, certificate_ids=ids):
        assert plan.read("certificate_warning") <= 300
        assert plan.read("certificate") <= 100
    for plan in await plans(database, realm, warnings.CLOSE, **asked, certificate_ids=ids, state="released", at=NOW):
        assert plan.read("certificate_warning") <= 300
    for plan in await plans(database, realm, warnings.OF_CERTIFICATE, **asked, certificate_id=ids[0]):
        assert plan.read("certificate_warning") <= 3
    snoozes = {"since": MARCH_2, "before": MARCH_2 + DAY}
    for plan in await plans(database, realm, sweeps.SNOOZES_OVER, **asked, **snoozes):
        assert plan.indexes("certificate") == {"certificate_by_snooze"}
        assert plan.read("certificate") <= CERTIFICATES / 500


async def test_digests_are_listed_newest_first_and_what_one_tells_of_by_certificate(database, realm, owner, clock):
    await owner.execute("SET session_replication_role = replica")  # no contact is asked for here
    await owner.execute(
        "INSERT INTO certificate_digest (id, main_connector_id, contact_id, certificates, findings, urgent, told_at)"
        " SELECT lpad(to_hex(n), 32, '0')::uuid, $1, $1, 50, 0, false, now() FROM generate_series(1, 400) AS n",
        realm.scope.main_connector_id,
    )
    await owner.execute(
        "INSERT INTO certificate_digest_item (main_connector_id, digest_id, certificate_id, level)"
        " SELECT $1, digest.id, lpad(to_hex(c), 32, '0')::uuid, 200"
        "   FROM certificate_digest AS digest, generate_series(15001, 15050) AS c",
        realm.scope.main_connector_id,
    )
    await owner.execute(FOUND, realm.scope.main_connector_id)
    await owner.execute(
        "INSERT INTO certificate_digest_finding (main_connector_id, digest_id, finding_id)"
        " SELECT $1, digest.id, lpad(to_hex(f), 32, '0')::uuid"
        "   FROM certificate_digest AS digest, generate_series(15001, 15050) AS f",
        realm.scope.main_connector_id,
    )
    for table in ("certificate_digest", "certificate_digest_item", "certificate_digest_finding", "certificate_finding"):
        await owner.execute(f"ANALYZE {table}")
    asked = {"main_connector_id": realm.scope.main_connector_id}
    for plan in await plans(database, realm, digests.PAGE, **asked, before=UUID(int=300), count=51):
        assert plan.read("certificate_digest") <= 51
        assert "Sort" not in plan.kinds
    one = {"digest_id": UUID(int=7)}
    for plan in await plans(database, realm, digests.ITEMS, **asked, **one, after=UUID(int=0), count=51):
        assert plan.read("certificate_digest_item") <= 50
        assert plan.read("certificate_warning") <= 50
        assert "Sort" not in plan.kinds
    for plan in await plans(database, realm, amiss.OF_DIGEST, **asked, **one, after=UUID(int=0), count=51):
        assert plan.read("certificate_digest_finding") <= 51
        assert plan.read("certificate_finding") <= 51
        assert "Sort" not in plan.kinds
    for plan in await plans(database, realm, digests.ACKNOWLEDGE_ITEMS, **asked, **one, at=NOW, by="x"):
        assert plan.read("certificate_digest_item") <= 50
        assert plan.read("certificate_warning") <= 3 * 50
    for plan in await plans(database, realm, amiss.ACKNOWLEDGE_ITEMS, **asked, **one, at=NOW, by="x"):
        assert plan.read("certificate_digest_finding") <= 50
        assert plan.read("certificate_finding") <= 50


FOUND = """
INSERT INTO certificate_finding (id, main_connector_id, rule, severity, source, certainty, subject, certificate_id,
                                 sentence, facts, first_at, last_at, cleared_at, told_at, next_at, acknowledged_at,
                                 acknowledged_by)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'lint.key', 'error', 'x', 'read', 'certificate/' || n,
       lpad(to_hex(n), 32, '0')::uuid, '{}', '{}', now(), now(), CASE WHEN n % 2 = 0 THEN now() END,
       CASE WHEN n % 1000 <> 1 THEN now() END, CASE WHEN n % 4 = 1 THEN now() + n * interval '1 day' END,
       CASE WHEN n % 4 = 3 THEN now() END, CASE WHEN n % 4 = 3 THEN 'x' END
  FROM generate_series(1, 20000) AS n
"""


async def test_of_what_is_amiss_is_read_what_is_to_be_told_and_not_what_is_open_cleared_or_seen_to(
    database, realm, owner
):
    await owner.execute(FOUND, realm.scope.main_connector_id)
    await owner.execute("ANALYZE certificate_finding")
    asked = {"main_connector_id": realm.scope.main_connector_id}
    for plan in await plans(database, realm, amiss.UNTOLD, **asked, today=MARCH_2):
        assert plan.indexes("certificate_finding") == {"certificate_finding_untold"}
        assert plan.read("certificate_finding") <= 20
        assert plan.read("certificate") <= 20
    for plan in await plans(database, realm, amiss.UNANSWERED, **asked, now=NOW, today=MARCH_2):
        assert "certificate_finding_next" in plan.indexes()
        assert plan.read("certificate_finding") == 0
    for plan in await plans(database, realm, amiss.ESCALATIONS, **asked):
        assert "certificate_finding_next" in plan.indexes()
        assert plan.read("certificate_finding") <= 5_000
    ids = [str(UUID(int=one)) for one in range(100, 200)]
    for plan in await plans(database, realm, amiss.TELL_ANEW, **asked, certificate_ids=ids):
        assert plan.read("certificate_finding") <= 100
        assert plan.read("certificate") <= 100
    for plan in await plans(database, realm, amiss.ACKNOWLEDGE, **asked, finding_id=ids[1], by="x", at=NOW):
        assert plan.read("certificate_finding") <= 1
    each = {"ids": ids, "rungs": ["1"] * 100, "told_tos": ["NULL"] * 100, "next_ats": ["NULL"] * 100}
    for plan in await plans(database, realm, amiss.TOLD, **asked, **each, at=NOW):
        assert plan.read("certificate_finding") <= 100


async def test_what_an_authority_issued_is_counted_from_what_it_issued(database, realm):
    asked = {"main_connector_id": realm.scope.main_connector_id, "sha256s": ["3"], "now": NOW}
    for plan in await plans(database, realm, digests.ISSUED, **asked):
        assert plan.indexes("certificate") == {"certificate_by_issuer"}
        assert plan.read("certificate") <= 2 * CERTIFICATES / 1000
