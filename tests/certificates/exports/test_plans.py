"""How PostgreSQL reads the inventory whole: a page at a time from an index, however many certificates there are."""

import uuid
from datetime import UTC, date, datetime

from kanta_tenancy.certificates.exports import store
from tests.certificates.impact import test_plans as impact
from tests.certificates.impact.test_plans import CERTIFICATES, plans, realm
from tests.conftest import someone

__all__ = ["realm"]

TENANCY = uuid.UUID(int=7)  # one certificate in ten is a tenant's, each of another one's


async def test_a_page_is_read_in_the_order_in_which_certificates_came(database, realm):
    asked = {"after": uuid.UUID(int=100), "states": ["in_use"], "count": 50}
    for plan in await plans(database, realm, store.IDS, **asked):
        assert plan.read("certificate") <= 51
    tenant = someone(realm.scope.main_connector_id, TENANCY)
    for plan in await plans(database, tenant, store.IDS_OF, **asked, tenancy_id=TENANCY):
        assert plan.read("certificate") <= 1


async def test_what_is_known_of_a_page_is_found_certificate_by_certificate(database, realm):
    ids = [uuid.UUID(int=number) for number in range(1, 51)]
    for plan in await plans(database, realm, store.ROWS, ids=ids, day=date(2026, 6, 1)):
        assert plan.read("certificate") <= len(ids)
        assert plan.read("certificate_use") <= 2 * 3 * len(ids)
        assert plan.read("information_system") <= 2 * 3 * len(ids)


async def test_those_in_use_are_read_by_their_end(database, realm):
    asked = {"after_end": datetime(2026, 6, 5, tzinfo=UTC), "after_id": uuid.UUID(int=0), "count": 50}
    for plan in await plans(database, realm, store.ENDING, **asked):
        assert plan.indexes("certificate") == {"certificate_by_end"}
        assert plan.read("certificate") <= min(CERTIFICATES, store.LONGEST_PAGE)
    tenant = someone(realm.scope.main_connector_id, TENANCY)
    for plan in await plans(database, tenant, store.ENDING_OF, **asked, tenancy_id=TENANCY):
        assert plan.read("certificate") <= 1


async def test_those_that_cannot_be_read_are_counted_from_the_index(database, realm):
    for plan in await plans(database, realm, store.UNREADABLE):
        assert plan.read("certificate") == 0
        assert plan.indexes("certificate") <= {"certificate_by_end", "certificate_by_kind_and_end"}


def test_the_tables_are_those_that_are_looked_at():
    assert {"certificate", "certificate_use", "information_system"} <= impact.TABLES
