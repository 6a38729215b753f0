"""Whether what was said about a party is acceptable; every flaw of it, field by field."""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import wording
from kanta_tenancy.parties.model import NewContact, NewEvidence, NewOrganisation, OrganisationChange
from kanta_tenancy.parties.wording import Examination


def organisation(new: NewOrganisation, seen: Examination) -> NewOrganisation:
    """Return the organisation as it will be kept; what is wrong with it is noted in `seen`."""
    return replace(
        new,
        business_id=seen.text("business_id", wording.business_id, new.business_id),
        name=seen.text("name", wording.name, new.name),
        parallel_names=_parallel_names(new.parallel_names, seen),
        oid=seen.optional("oid", wording.oid, new.oid),
    )


def change(change: OrganisationChange, seen: Examination) -> OrganisationChange:
    return replace(
        change,
        name=seen.text("name", wording.name, change.name),
        parallel_names=_parallel_names(change.parallel_names, seen),
        oid=seen.optional("oid", wording.oid, change.oid),
    )


def contact(new: NewContact, seen: Examination) -> NewContact:
    if new.valid_until is not None and new.valid_until < new.valid_from:
        seen.note("valid_until", "it is before the first day")
    return replace(
        new,
        name=seen.text("name", wording.name, new.name),
        email=seen.text("email", wording.email, new.email),
        phone=seen.optional("phone", wording.phone, new.phone),
    )


def evidence(new: NewEvidence, seen: Examination, *, today: date) -> NewEvidence:
    if new.checked_on > today:
        seen.note("checked_on", "it is still to come", clause="K1.2")
    if new.document_sha256 and not new.document_name:
        seen.note("document_name", "a digest needs the name of its document", clause="K1.2")
    return replace(
        new,
        entry_reference=seen.text("entry_reference", wording.name, new.entry_reference, clause="K1.2"),
        checked_by=seen.text("checked_by", wording.name, new.checked_by, clause="K1.2"),
        document_name=seen.optional("document_name", wording.name, new.document_name, clause="K1.2"),
        document_sha256=seen.optional("document_sha256", wording.sha256, new.document_sha256, clause="K1.2"),
    )


def _parallel_names(names: Mapping[Language, str], seen: Examination) -> dict[Language, str]:
    return {language: seen.text(f"parallel_names.{language}", wording.name, name) for language, name in names.items()}
