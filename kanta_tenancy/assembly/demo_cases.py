"""What a demo's file says, examined by the same rules as in the service: drafts with both of their parties. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from msgspec.structs import asdict

from kanta_tenancy.agreements import lifecycle
from kanta_tenancy.agreements.drafting import completeness, offering
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete, DraftRefused, EvidenceMissing
from kanta_tenancy.agreements.model import Agreement, Party
from kanta_tenancy.agreements.models.actions import NEWEST, OURS
from kanta_tenancy.assembly.demo_input import DemoInput, SaidContact, SaidOrganisation, SaidTenant
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import DomainError, Flaw
from kanta_tenancy.kernel.identifiers import AgreementId, ContactId, OrganisationId, TenancyId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.parties import ContactPerson, PartyFacts, Role, SoteriCheck, TheParties, checking, wording
from kanta_tenancy.parties.errors import PartyUnfit
from kanta_tenancy.parties.model import Function, NewContact, NewEvidence, NewOrganisation
from kanta_tenancy.parties.wording import Examination

_SPEAKS_FOR: Final = (
    Function.AGREEMENTS,
    Function.SIGNATORY,
    Function.ADMINISTRATOR,
)  # whoever there is, in this order
_OWNER: Final = "main_connector"


class Case(Record, frozen=True, kw_only=True):
    """A draft that can be offered, and what its signatories will sign with."""

    draft: Agreement
    both: TheParties
    keys: Mapping[tuple[Party, int], KeyKind]


def cases(said: DemoInput, at: datetime) -> tuple[Case, ...]:
    """Return a draft for each tenant, ready to be offered at `at`.

    Raises:
        PartyUnfit: what is said of a party is not acceptable (K1.1, K1.2).
        DraftRefused, DraftIncomplete: an agreement says what cannot be agreed, or lacks something (K1.3, K21).
        EvidenceMissing: a party is not shown to be in the Soteri register (K1.2).
    """
    parties = _parties(said, at)
    drafts = _drafts(said, parties, at)
    _check_evidence(parties, day_in_finland(at))
    return tuple(
        Case(
            draft=draft,
            both=both,
            keys={(signer.party, signer.position): signer.key for signer in tenant.agreement.signatories},
        )
        for tenant, both, draft in zip(said.tenants, parties, drafts, strict=True)
    )


def _parties(said: DemoInput, at: datetime) -> tuple[TheParties, ...]:
    flaws: list[Flaw] = []
    owner = _facts(Role.MAIN_CONNECTOR, said.main_connector, _OWNER, at, flaws)
    tenants = [_facts(Role.TENANT, one, _place(n), at, flaws) for n, one in enumerate(said.tenants)]
    _refuse(PartyUnfit, [*flaws, *_named_twice(owner, tenants), *_references_twice(said.tenants)])
    return tuple(TheParties(tenancy_id=TenancyId(new_id()), main_connector=owner, tenant=tenant) for tenant in tenants)


def _facts(role: Role, said: SaidOrganisation, place: str, at: datetime, flaws: list[Flaw]) -> PartyFacts:
    today = day_in_finland(at)
    seen = Examination(f"{place}.")
    new = checking.organisation(_organisation(said), seen)
    if isinstance(said, SaidTenant):
        seen.optional("tenancy_reference", wording.name, said.tenancy_reference)
    flaws += [_as_in_file(flaw) for flaw in seen.flaws]
    contacts = [_contact(one, f"{place}.contacts[{n}].", today, flaws) for n, one in enumerate(said.contacts)]
    return PartyFacts(
        role=role,
        organisation_id=OrganisationId(new_id()),
        business_id=new.business_id,
        name=new.name,
        parallel_names=new.parallel_names,
        language=new.language,
        oid=new.oid,
        contact=_speaker(contacts, today),
        soteri=_looks(said, place, at, flaws),
    )


def _organisation(said: SaidOrganisation) -> NewOrganisation:
    names = {language: getattr(said, f"name_{language}") for language in Language}
    return NewOrganisation(
        business_id=said.business_id,
        name=said.name,
        language=said.language,
        parallel_names={language: name for language, name in names.items() if name is not None},
        oid=said.oid,
    )


def _as_in_file(flaw: Flaw) -> Flaw:
    return Flaw(field=flaw.field.replace("parallel_names.", "name_"), detail=flaw.detail, rule=flaw.rule)


def _contact(said: SaidContact, path: str, today: date, flaws: list[Flaw]) -> NewContact:
    seen = Examination(path)
    new = checking.contact(NewContact(**asdict(said) | {"valid_from": said.valid_from or today}), seen)
    flaws += seen.flaws
    return new


def _speaker(contacts: Sequence[NewContact], today: date) -> ContactPerson | None:
    """Return whom an agreement prints as a party's contact, as party_facts() in the database chooses."""
    able = [
        one
        for function in _SPEAKS_FOR
        for one in contacts
        if one.function is function and one.valid_from <= today and (one.valid_until is None or today < one.valid_until)
    ]
    if not able:
        return None
    return ContactPerson(id=ContactId(new_id()), name=able[0].name, email=able[0].email, phone=able[0].phone)


def _looks(said: SaidOrganisation, place: str, at: datetime, flaws: list[Flaw]) -> tuple[SoteriCheck, ...]:
    looks = []
    for number, one in enumerate(said.soteri):
        seen = Examination(f"{place}.soteri[{number}].")
        new = checking.evidence(NewEvidence(**asdict(one)), seen, today=day_in_finland(at))
        flaws += seen.flaws
        looks.append(
            SoteriCheck(
                id=new_id(),
                finding=new.finding,
                entry_reference=new.entry_reference,
                checked_on=new.checked_on,
                recorded_at=at,
            )
        )
    return tuple(sorted(looks, key=lambda look: (look.checked_on, look.id)))


def _named_twice(owner: PartyFacts, tenants: Sequence[PartyFacts]) -> Iterator[Flaw]:
    places = {owner.business_id: _OWNER}
    for number, tenant in enumerate(tenants):
        first = places.setdefault(tenant.business_id, _place(number))
        if first != _place(number):
            yield Flaw(field=f"{_place(number)}.business_id", detail=f"{first} has the same", rule="K1.1")


def _references_twice(tenants: Sequence[SaidTenant]) -> Iterator[Flaw]:
    places: dict[str, str] = {}
    for number, tenant in enumerate(tenants):
        first = places.setdefault(tenant.tenancy_reference or tenant.business_id, _place(number))
        if first != _place(number):
            yield Flaw(field=f"{_place(number)}.tenancy_reference", detail=f"{first} has the same", rule="K1.1")


def _drafts(said: DemoInput, parties: Sequence[TheParties], at: datetime) -> list[Agreement]:
    refused: list[Flaw] = []
    lacking: list[Flaw] = []
    drafts = []
    for number, (tenant, both) in enumerate(zip(said.tenants, parties, strict=True)):
        path = f"{_place(number)}.agreement."
        try:
            fit = completeness.examined(tenant.agreement.draft(OURS, NEWEST))
        except DraftRefused as refusal:
            refused += [_under(path, flaw) for flaw in refusal.flaws]
            continue
        draft = lifecycle.draft(fit, agreement_id=AgreementId(new_id()), tenancy_id=both.tenancy_id, at=at)
        lacking += [_under(path, flaw) for flaw in completeness.lacking(draft)]
        drafts.append(draft)
    _refuse(DraftRefused, refused)
    _refuse(DraftIncomplete, lacking)
    return drafts


def _check_evidence(parties: Sequence[TheParties], today: date) -> None:
    found: dict[str, Flaw] = {}
    for number, both in enumerate(parties):
        try:
            offering.check_evidence(both, today)
        except EvidenceMissing as refusal:
            for flaw in refusal.flaws:
                field = flaw.field.replace(f"{Role.TENANT}.", f"{_place(number)}.")
                found[field] = Flaw(field=field, detail=flaw.detail, rule=flaw.rule)
    _refuse(EvidenceMissing, list(found.values()))


def _place(number: int) -> str:
    return f"tenants[{number}]"


def _under(path: str, flaw: Flaw) -> Flaw:
    return Flaw(field=path + flaw.field, detail=flaw.detail, rule=flaw.rule)


def _refuse(kind: type[DomainError], flaws: Sequence[Flaw]) -> None:
    if len(flaws) == 1:
        raise kind(f"{flaws[0].field}: {flaws[0].detail}", rule=flaws[0].rule)
    if flaws:
        raise kind(f"{len(flaws)} things in the file cannot be accepted:", flaws=tuple(flaws))
