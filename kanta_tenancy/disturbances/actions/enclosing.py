"""The sealed document that goes with the mail of a duty: made before the mail is told, and never waited for.

Ordinary mail is no secure channel, so a document goes with it only where a source has it sent so, or where a person
decides that it does. A duty to tell does not wait for a paper: what cannot be sealed in time is left out, and said.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from kanta_tenancy import papers
from kanta_tenancy.agreements.exhibits.kinds import DOCX
from kanta_tenancy.disturbances import carrying, reading, wording
from kanta_tenancy.disturbances.actions import drawing_up
from kanta_tenancy.disturbances.case import Disturbance, KeptDuty
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Attached, Notice
from kanta_tenancy.papers import KeptPaper, PaperWithContent
from kanta_tenancy.seals import SealKeys, SealKeyUnusable, SealNotSetUp

Transactions = Callable[[], AbstractAsyncContextManager[Transaction]]
PATIENCE_S: Final = 20.0  # with a key that is elsewhere, before the mail goes without its document
_TOO_SLOW: Final = "The key of the service's seal did not answer in time"
_GOES_WITH_IT: Final = Sentence(
    fi="Liitteenä on sama ilmoitus Word-asiakirjana, jonka palvelu on sinetöinyt.",
    sv="Samma anmälan bifogas som ett Word-dokument som tjänsten har förseglat.",
    en="The same notice is attached as a Word document that the service has sealed.",
)
_FOLLOWS: Final = Sentence(
    fi="Tästä ei saatu nyt sinetöityä asiakirjaa liitteeksi. Sen saa pyydettäessä lähettäjältä.",
    sv="Något förseglat dokument kunde inte bifogas nu. Avsändaren ger det på begäran.",
    en="No sealed document of this could be attached now. The sender gives it on request.",
)

log: Final = structlog.get_logger("kanta_tenancy.work")


class Enclosure(Record, frozen=True, kw_only=True):
    """What goes with a mail: a paper that is kept already, or is to be; or why there is none."""

    paper: KeptPaper | None = None
    missing: str | None = None  # a sentence; None: none was wanted


NOTHING: Final = Enclosure()


async def prepare(
    begin: Transactions,
    clock: Clock,
    keys: SealKeys | None,
    duty_id: UUID,
    language: Language,
    *,
    asked: bool | None,
    patience_s: float = PATIENCE_S,
) -> Enclosure:
    """Make the document of a duty, where one goes with its mail; no transaction is open while it is sealed.

    What is reported in the moment between this and the mail stands in the mail alone: each says as of when it is.

    Args:
        asked: whether a person wants it; None: as the source of the duty has it.

    Raises:
        DutyNotFound: the scope has none of that id.
    """
    try:
        async with begin() as tx:
            duty = await reading.duty(tx, duty_id)
            if not (carrying.rule_of(duty).document_by_mail if asked is None else asked):
                return NOTHING
            begun = await papers.begin(tx, clock, keys, await drawing_up.said(tx, clock, duty, language))
        if isinstance(begun, KeptPaper):
            return Enclosure(paper=begun)
        async with asyncio.timeout(patience_s):
            return Enclosure(paper=await papers.seal(begun))
    except (SealNotSetUp, SealKeyUnusable) as why:
        log.warning("a notice is mailed without its document", duty=str(duty_id), reason=why.detail)
        return Enclosure(missing=why.title)
    except TimeoutError:
        log.warning("a notice is mailed without its document", duty=str(duty_id), reason=_TOO_SLOW)
        return Enclosure(missing=_TOO_SLOW)


async def keep(tx: Transaction, enclosure: Enclosure) -> KeptPaper | None:
    """Keep the document that goes with a mail, in the transaction that tells it."""
    paper = enclosure.paper
    return await papers.keep(tx, paper) if isinstance(paper, PaperWithContent) else paper


def noted(address: str, document: KeptPaper | None, enclosure: Enclosure) -> str:
    """Say where a mail went and with what, for whoever asks what was told."""
    if document is not None:
        return f"{address}, with {document.subject} (SHA-256 {document.sha256})"
    return address if enclosure.missing is None else f"{address}, without a document: {enclosure.missing}"


def enclosed(
    notice: Notice, disturbance: Disturbance, duty: KeptDuty, document: KeptPaper | None, enclosure: Enclosure
) -> Notice:
    """Return a notice with its document, or with the sentence that there is none."""
    if document is not None:
        attached = Attached(
            of=document.subject,
            name=_name(disturbance, duty),
            media_type=DOCX,
            size=document.size,
            sha256=document.sha256,
        )
        return replace(notice, lines=(*notice.lines, _GOES_WITH_IT), attached=attached)
    return notice if enclosure.missing is None else replace(notice, lines=(*notice.lines, _FOLLOWS))


def _name(disturbance: Disturbance, duty: KeptDuty) -> Sentence:
    said = wording.PURPOSES[duty.purpose]
    named = {language.value: f"{said.said_in(language)} {disturbance.reference}.docx" for language in Language}
    return Sentence(**named)
