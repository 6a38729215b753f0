"""What is to be done so that the realm holds what a file says; what the realm knows otherwise is a flaw of the file."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties.imports.examining import Good, GoodContact, GoodEvidence
from kanta_tenancy.parties.imports.rows import BadRow, Part
from kanta_tenancy.parties.model import (
    Contact,
    NewContact,
    NewEvidence,
    NewOrganisation,
    Organisation,
    Role,
    SoteriEvidence,
    Tenancy,
)

_FOR_EVER: Final = date.max


class Known(Record, frozen=True, kw_only=True):
    """What the realm holds of the organisations that a file names."""

    organisations: Mapping[str, Organisation] = {}  # by business id
    tenancies: Mapping[OrganisationId, Tenancy] = {}
    references: frozenset[str] = frozenset()  # those of the file that a tenancy of the realm carries
    contacts: Mapping[OrganisationId, Sequence[Contact]] = {}
    evidence: Mapping[OrganisationId, Sequence[SoteriEvidence]] = {}


class Step(Record, frozen=True, kw_only=True):
    """What is to be done for one organisation; nothing of what is there already."""

    role: Role
    new: NewOrganisation
    existing: OrganisationId | None
    open_tenancy: bool
    reference: str | None
    contacts: tuple[NewContact, ...]
    evidence: tuple[NewEvidence, ...]
    already_there: int


class Plan(Record, frozen=True, kw_only=True):
    steps: tuple[Step, ...]
    bad: tuple[BadRow, ...]


def plan(entries: Iterable[Good], known: Known, owner: str) -> Plan:
    """Compare what a file says with what the realm holds.

    Args:
        owner: the business id of the realm's main connector, even while that is still to be made.
    """
    planner = _Planner(known, owner)
    # The main connector comes first, wherever it stands in the file: it makes the realm.
    ordered = sorted(entries, key=lambda good: good.new.business_id != owner)
    steps = [step for good in ordered if (step := planner.step(good)) is not None]
    return Plan(steps=tuple(steps), bad=tuple(planner.bad))


class _Planner:
    def __init__(self, known: Known, owner: str) -> None:
        self._known = known
        self._owner = owner
        self._references: dict[str, Part] = {}
        self._organisations: dict[str, Part] = {}
        self.bad: list[BadRow] = []

    def step(self, good: Good) -> Step | None:
        first = self._organisations.setdefault(good.new.business_id, good.part)
        if first is not good.part:
            twice = good.part.bad("business_id", f"the organisation stands on line {first.line} already")
            self.bad += [twice, *good.orphans({good.part.row})]
            return None
        existing = self._known.organisations.get(good.new.business_id)
        existing_id = None if existing is None else existing.id
        contacts, contact_flaws = self._contacts(good, existing_id)
        evidence, evidence_flaws = self._evidence(good, existing_id)
        flaws = [*self._role(good), *_differences(good, existing), *self._reference(good, existing_id)]
        flaws += [*contact_flaws, *evidence_flaws]
        spoilt = {row.row for row in flaws}
        self.bad += flaws
        if good.part.row in spoilt:
            self.bad += good.orphans(spoilt)
            return None
        contacts = [one for one in contacts if one.part.row not in spoilt]
        evidence = [one for one in evidence if one.part.row not in spoilt]
        given = [one.part.row for one in good.contacts] + [one.part.row for one in good.evidence]
        there = sum(row not in spoilt for row in given) - len(contacts) - len(evidence)
        return Step(
            role=good.role,
            new=good.new,
            existing=existing_id,
            open_tenancy=good.role is Role.TENANT and existing_id not in self._known.tenancies,
            reference=good.reference,
            contacts=tuple(one.new for one in contacts),
            evidence=tuple(one.new for one in evidence),
            already_there=there + (existing is not None),
        )

    def _role(self, good: Good) -> list[BadRow]:
        is_owner = good.new.business_id == self._owner
        if good.role is Role.MAIN_CONNECTOR and not is_owner:
            return [good.part.bad("role", f"the main connector of this realm is {self._owner}")]
        if good.role is Role.TENANT and is_owner:
            return [good.part.bad("role", "the main connector is not its own tenant")]
        return []

    def _reference(self, good: Good, existing_id: OrganisationId | None) -> list[BadRow]:
        tenancy = None if existing_id is None else self._known.tenancies.get(existing_id)
        if good.role is not Role.TENANT:
            return [good.part.bad("tenancy_reference", "only a tenant has one")] if good.reference else []
        if tenancy is not None:
            differs = good.reference is not None and good.reference != tenancy.reference
            return [good.part.bad("tenancy_reference", "its tenancy has another reference")] if differs else []
        reference = good.reference or good.new.business_id
        if reference in self._references:
            line = self._references[reference].line
            return [good.part.bad("tenancy_reference", f"the tenancy on line {line} has the same")]
        self._references[reference] = good.part
        if reference in self._known.references:
            return [good.part.bad("tenancy_reference", "another tenancy has it")]
        return []

    def _contacts(self, good: Good, existing_id: OrganisationId | None) -> tuple[list[GoodContact], list[BadRow]]:
        kept = () if existing_id is None else self._known.contacts.get(existing_id, ())
        wanted: list[GoodContact] = []
        flaws: list[BadRow] = []
        for one in good.contacts:
            same = next((old for old in kept if _meet(old, one.new)), None)
            if any(_meet(other.new, one.new) for other in wanted):
                flaws.append(one.part.bad("email", "the file names this person for this function twice"))
            elif same is None:
                wanted.append(one)
            elif not _says_the_same(one, same):
                flaws.append(one.part.bad("email", f"is a contact for {one.new.function} already, with other data"))
        return wanted, flaws

    def _evidence(self, good: Good, existing_id: OrganisationId | None) -> tuple[list[GoodEvidence], list[BadRow]]:
        old = () if existing_id is None else self._known.evidence.get(existing_id, ())
        kept = {_look(one) for one in old}
        wanted: dict[Any, GoodEvidence] = {}
        flaws: list[BadRow] = []
        for one in good.evidence:
            look = _look(one.new)
            if look in wanted:
                flaws.append(one.part.bad("entry_reference", "the file tells of this look twice"))
            elif look not in kept:
                wanted[look] = one
        return list(wanted.values()), flaws


def _differences(good: Good, existing: Organisation | None) -> list[BadRow]:
    if existing is None:
        return []
    said: dict[str, tuple[Any, Any]] = {
        "name": (good.new.name, existing.name),
        "language": (good.new.language, existing.language),
    }
    if good.new.oid is not None:
        said["oid"] = (good.new.oid, existing.oid)
    for language, name in good.new.parallel_names.items():
        said[f"name_{language}"] = (name, existing.parallel_names.get(language))
    reason = "the organisation is registered with another one; an import does not change it"
    return [good.part.bad(field, reason) for field, (new, old) in said.items() if new != old]


def _meet(one: Contact | NewContact, other: Contact | NewContact) -> bool:
    """Say whether both name the same person for the same function at the same time."""
    return (
        one.function is other.function
        and one.email.lower() == other.email.lower()
        and max(one.valid_from, other.valid_from) < min(one.valid_until or _FOR_EVER, other.valid_until or _FOR_EVER)
    )


def _says_the_same(said: GoodContact, kept: Contact) -> bool:
    return (
        said.new.name == kept.name
        and said.new.phone in {None, kept.phone}
        and said.new.valid_until == kept.valid_until
        and (said.from_today or said.new.valid_from == kept.valid_from)
    )


def _look(evidence: NewEvidence | SoteriEvidence) -> tuple[Any, ...]:
    return evidence.finding, evidence.entry_reference, evidence.checked_on
