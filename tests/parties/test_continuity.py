"""The journal tells the whole story of every party: no state changes between two entries."""

from collections import defaultdict
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from kanta_tenancy.kernel.identifiers import AccessKeyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.parties.actions.contacts import change_contact, end_contact
from kanta_tenancy.parties.actions.evidence import withdraw_evidence
from kanta_tenancy.parties.actions.keys import revoke_key
from kanta_tenancy.parties.actions.organisations import change_organisation
from kanta_tenancy.parties.actions.tenancies import open_tenancy
from kanta_tenancy.parties.model import OrganisationChange
from tests.parties.examples import a_contact, a_key, looked, named, registered

CHANGE = OrganisationChange(name="Nytt namn", language=Language.FINNISH)


class Story:
    """Acts one after another, each at an instant of its own."""

    def __init__(self, database, clock, realm) -> None:
        self._database, self._clock, self._realm = database, clock, realm

    async def tell(self, act, *given, **said):
        self._clock.advance(seconds=1)
        async with self._database.transaction(self._realm) as tx:
            return await act(tx, self._clock, *given, **said)

    async def make(self, example, *given, **said):
        self._clock.advance(seconds=1)
        return await example(self._database, self._clock, self._realm, *given, **said)


async def told(database, clock, realm) -> None:
    """Do everything there is to do to a party, before and after it becomes a tenant."""
    story = Story(database, clock, realm)
    firm = (await story.make(registered)).id
    await story.tell(change_organisation, firm, CHANGE, version=1)
    contact = (await story.make(named, firm)).id
    ending = (await story.make(named, firm, email="eino@example.org")).id
    await story.tell(change_contact, firm, contact, a_contact(phone="112"), version=1)
    look, late = [(await story.make(looked, firm)).id for _ in range(2)]
    await story.tell(withdraw_evidence, firm, late, reason="mistaken", version=1)
    await story.tell(open_tenancy, firm)
    await story.tell(change_organisation, firm, replace(CHANGE, name="Nyare namn"), version=3)
    await story.tell(change_contact, firm, contact, a_contact(phone="113"), version=2)
    await story.tell(end_contact, firm, ending, version=1)
    await story.tell(withdraw_evidence, firm, look, reason="mistaken", version=1)
    key: AccessKeyId = (await story.make(a_key, firm)).key_id
    uses = LastUses()
    uses.note(key, clock.now() + timedelta(hours=1))
    await uses.flush(database)
    await story.tell(revoke_key, key, version=1)


async def test_every_entry_begins_from_the_state_that_the_one_before_it_left(database, clock, realm, owner):
    await told(database, clock, realm)
    rows = await owner.fetch("SELECT entry FROM journal_entry ORDER BY at, chain, sequence")
    entries = defaultdict(list)
    for entry in (msgspec.json.decode(row["entry"]) for row in rows):
        entries[entry["subject"]].append(entry)
    for subject, own in entries.items():
        before = [(entry["action"], entry["before"]) for entry in own]
        after = [entry["after"] for entry in own]
        expected = [(entry["action"], left) for entry, left in zip(own, [None, *after], strict=False)]
        assert before == expected, subject
    acts = sorted({entry["action"] for own in entries.values() for entry in own})
    assert acts == [
        "access_key.created",
        "access_key.revoked",
        "contact.changed",
        "contact.ended",
        "contact.named",
        "organisation.changed",
        "organisation.handed_over",
        "organisation.registered",
        "soteri_evidence.recorded",
        "soteri_evidence.withdrawn",
        "tenancy.opened",
    ]


async def test_that_an_organisation_became_a_tenant_is_in_the_tenants_own_chain(database, clock, realm, owner):
    firm = await registered(database, clock, realm)
    async with database.transaction(realm) as tx:
        tenancy = await open_tenancy(tx, clock, firm.id)
    rows = await owner.fetch("SELECT entry FROM journal_entry WHERE chain = $1 ORDER BY sequence", tenancy.id)
    entries = [msgspec.json.decode(row["entry"]) for row in rows]
    assert [entry["action"] for entry in entries] == ["tenancy.opened", "organisation.handed_over"]
    assert entries[1]["subject"] == f"organisation/{firm.id}"
