"""From a file of parties to signed agreements, without a service or a database: the rooms' pure functions in a row."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from kanta_tenancy.agreements import lifecycle
from kanta_tenancy.agreements.drafting import documents, offering
from kanta_tenancy.agreements.model import Agreement, Party, Signatory
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.rendering import line_to_sign
from kanta_tenancy.agreements.signing.acceptance import Ground, accept
from kanta_tenancy.assembly.demo_cases import Case, cases
from kanta_tenancy.assembly.demo_folder import DemoResult, Made, check_folder, name_file, write
from kanta_tenancy.assembly.demo_input import DemoInput
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import SampleAuthority, Signer

AUTHORITY: Final = "Kanta Tenancy Sample Authority"


class Trusted(Record, frozen=True, kw_only=True):
    """Whom the demo's verifier trusts, and what that authority says of revocation."""

    root: x509.Certificate
    lists: RevocationData


class Person(Record, frozen=True, kw_only=True):
    """Somebody who signs, in one agreement or in many, always with the same key."""

    name: str
    organisation: str
    key: KeyKind


def make_demo(said: DemoInput, out: Path, clock: Clock) -> DemoResult:
    """Make, sign and verify an agreement for each tenant, and write them with a report into a folder.

    The keys are made on the spot, by an authority that is too, and forgotten.

    Raises:
        FolderTaken: the folder has a file of another origin where one of ours would stand.
        DomainError: the service would refuse it too.
    """
    at = clock.now()
    ready = cases(said, at)
    names = [name_file(number, case, len(ready)) for number, case in enumerate(ready, 1)]
    check_folder(out, names)
    authority = sample_authority.found(AUTHORITY, at=at)
    credentials = _credentials(ready, authority, at)
    trusted = Trusted(root=authority.root, lists=sample_authority.empty_lists(authority, at=at))
    made = tuple(_made(case, name, credentials, trusted, clock) for case, name in zip(ready, names, strict=True))
    result = DemoResult(out=out, made_at=at, root=trusted.root, lists=trusted.lists, agreements=made)
    write(result)
    return result


def _credentials(ready: Sequence[Case], authority: SampleAuthority, at: datetime) -> Mapping[Person, Credential]:
    """Make a key for each person, on all processors at once and the slowest kind first: RSA takes up to seconds."""
    persons = sorted({_person(case, who) for case in ready for who in case.draft.signatories}, key=_slowness)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        issued = pool.map(
            lambda one: sample_authority.issue(
                authority, Signer(name=one.name, organisation=one.organisation), at=at, kind=one.key
            ),
            persons,
        )
        return dict(zip(persons, issued, strict=True))


def _slowness(person: Person) -> tuple[int, str, str]:
    return -list(_BY_SPEED).index(person.key), person.organisation, person.name


_BY_SPEED: Final = (KeyKind.EC_P256, KeyKind.EC_P384, KeyKind.RSA_2048, KeyKind.RSA_3072, KeyKind.RSA_4096)


def _person(case: Case, who: Signatory) -> Person:
    party = case.both.main_connector if who.party is Party.MAIN_CONNECTOR else case.both.tenant
    return Person(name=who.name, organisation=party.name, key=case.keys[who.party, who.position])


def _made(case: Case, name: str, credentials: Mapping[Person, Credential], trusted: Trusted, clock: Clock) -> Made:
    agreement, docx = _offered(case, clock.now())
    for who in agreement.signatories:
        agreement, docx = _signed(agreement, docx, who, credentials[_person(case, who)], clock.now())
    return Made(
        tenant=case.both.tenant.name,
        reference=agreement.reference,
        language=agreement.language,
        in_force_on=agreement.in_force_on,
        file=name,
        docx=docx,
        report=verify(docx, at=clock.now(), anchors=[trusted.root], revocation=trusted.lists),
    )


def _offered(case: Case, at: datetime) -> tuple[Agreement, bytes]:
    draft, day = case.draft, day_in_finland(at)
    model = models.builtin()[draft.model, draft.model_version, draft.language]
    content = offering.content(draft, case.both, model_sha256=model.frozen.content_sha256, day=day)
    issued = documents.issue(content, model.template)
    offered, _ = lifecycle.offer(draft, content, content_sha256=issued.content_sha256, at=at)
    return offered, issued.docx


def _signed(
    agreement: Agreement, docx: bytes, who: Signatory, credential: Credential, at: datetime
) -> tuple[Agreement, bytes]:
    signed = sign(docx, credential, at=at, line=line_to_sign(who))
    accepted = accept(Ground(agreement=agreement, docx=docx), signed, party=who.party, at=at)
    after, _, _ = lifecycle.sign(agreement, accepted.signature)
    return after, accepted.docx
