"""What the proof bundle of a breach holds: the register's entries of it, help that was asked for, documents."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy import papers
from kanta_tenancy.breaches import paper, reading
from kanta_tenancy.breaches.model import Breach, Entry, Reminded
from kanta_tenancy.breaches.reading import Answered
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.papers import PaperWithContent
from kanta_tenancy.proofs import Case


class KeptDocument(Record, frozen=True, kw_only=True):
    """A document that was drawn up: by whom, when, and its digest."""

    language: Language
    title: str
    sha256: str
    certificate: str
    made_by: str
    made_at: datetime


class CaseRecord(Record, frozen=True, kw_only=True):
    """A breach as it is in the bundle."""

    breach: Breach
    entries: tuple[Entry, ...]  # all that was said of it, with author and time
    reminders: tuple[Reminded, ...]
    help: tuple[Answered, ...]
    documents: tuple[KeptDocument, ...]  # in the order of the files


async def collect(tx: Transaction, breach_id: UUID) -> Case:
    """Read what the bundle of a breach holds.

    Raises:
        BreachNotFound: the scope has none of that id.
    """
    whole = await reading.whole(tx, breach_id)
    breach = whole.breach
    drawn = await papers.every(tx, [paper.about_of(breach)])
    helped = [await reading.help_with_answers(tx, one.id) for one in whole.help]
    parts = [f"breach_report/{breach.report_id}", *(f"breach_help/{one.asked.id}" for one in helped)]
    return Case(
        subject=paper.about_of(breach),
        subjects=(*parts, *(f"paper/{one.id}" for one in drawn)),
        reference=paper.reference_of(breach),
        tenancy_id=tx.scope.tenancy_id,
        chains=_chains(tx, breach),
        since=min(breach.recorded_at, *(one.said_at for one in whole.entries)),
        record=CaseRecord(
            breach=breach,
            entries=whole.entries,
            reminders=whole.reminders,
            help=tuple(helped),
            documents=tuple(map(_kept, drawn)),
        ),
        documents=tuple(one.content for one in drawn),
        attachments=(),
    )


def _kept(made: PaperWithContent) -> KeptDocument:
    return KeptDocument(**{name: getattr(made, name) for name in KeptDocument.__struct_fields__})


def _chains(tx: Transaction, breach: Breach) -> tuple[UUID, ...]:
    """Return the chains in which a breach may be told of: that of its register, and to the main connector its own."""
    own = (breach.tenancy_id or tx.scope.main_connector_id,)
    return own if tx.scope.tenancy_id is not None else (*own, tx.scope.main_connector_id)
