"""The administrators are told before a trusted certificate expires, on the days that `owing` names, and then."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Keeper, Kept, Later, Outcome, Promise, Released
from kanta_tenancy.trust import owing
from kanta_tenancy.trust.errors import AnchorNotFound
from kanta_tenancy.trust.model import Anchor, AnchorKind, Standing
from kanta_tenancy.trust.store import anchors as store

ToldElsewhere = Callable[[Transaction, str], Awaitable[bool]]

TOPIC: Final = "trust.certificate_expires"
ADMINISTRATORS: Final = (Function.ADMINISTRATOR,)
_EXPIRES: Final = Sentence(
    fi="Luotettu varmenne vanhenee pian",
    sv="Ett betrott certifikat löper snart ut",
    en="A trusted certificate expires soon",
)
_IN_TIME: Final = Sentence(
    fi="Luotetun varmenteen voimassaolosta on jäljellä kolmannes",
    sv="En tredjedel av ett betrott certifikats giltighetstid återstår",
    en="A third of the lifetime of a trusted certificate is left",
)
_SOON: Final = timedelta(days=90)
_EXPIRED: Final = Sentence(
    fi="Luotettu varmenne on vanhentunut",
    sv="Ett betrott certifikat har löpt ut",
    en="A trusted certificate has expired",
)
_LOAD: Final = Sentence(
    fi="Hankkikaa varmentajan uusi varmenne ja ladatkaa se palveluun ennen sitä.",
    sv="Skaffa utfärdarens nya certifikat och läs in det i tjänsten före det.",
    en="Get the authority's new certificate and load it before that.",
)
_GONE: Final = Sentence(
    fi="Sen jälkeen tehtyjen allekirjoitusten luotettavuutta ei voida todeta sen avulla.",
    sv="Tilliten till underskrifter som görs efter det kan inte konstateras med det.",
    en="Trust in signatures that are made after that cannot be established by it.",
)
NAME: Final = Sentence(fi="Varmenne", sv="Certifikat", en="Certificate")
FINGERPRINT: Final = Sentence(fi="SHA-256", sv="SHA-256", en="SHA-256")
_PURPOSE: Final = Sentence(fi="Käyttötarkoitus", sv="Ändamål", en="Kept for")


def warner(told_elsewhere: ToldElsewhere) -> Keeper:
    """Return the keeper of `trust.warn_of_expiry`.

    Args:
        told_elsewhere: whether people are told of the certificate with a fingerprint anyway, and would be twice.
    """

    async def warn(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
        return await _warn(tx, clock, promise, told_elsewhere)

    return warn


async def _warn(tx: Transaction, clock: Clock, promise: Promise, told_elsewhere: ToldElsewhere) -> Outcome:
    """Tell the administrators how soon a certificate expires."""
    try:
        anchor = await store.find(tx, owing.anchor_of(promise.key))
    except AnchorNotFound:
        return Released(because="the certificate is not there")
    if anchor.standing is Standing.REMOVED:
        return Released(because="the certificate was removed")
    at = clock.now()
    before = owing.reached(anchor, at)
    if before is not None and not await told_elsewhere(tx, anchor.sha256):
        people = await readers(tx, ADMINISTRATORS, tenancy_id=None, at=at)
        await tell(tx, at, [_notice(anchor, before, person) for person in people])
    following = owing.next_warning(anchor, at)
    return Kept(result={"expired_at": anchor.not_after.isoformat()}) if following is None else Later(due_at=following)


def _notice(anchor: Anchor, before: timedelta, reader: Recipient) -> Notice:
    over = before == timedelta(0)
    ahead = _IN_TIME if before > _SOON else _EXPIRES
    return Notice(
        key=f"{owing.WARN}/{anchor.id}/{before.days}/{reader.contact_id}",
        to=reader,
        topic=TOPIC,
        subject=_EXPIRED if over else ahead,
        lines=(_when(anchor.not_after, over=over), _GONE if over else _LOAD),
        facts=((NAME, anchor.name), (FINGERPRINT, anchor.sha256), (_PURPOSE, _KINDS[anchor.kind])),
        tenancy_id=None,
        urgent=before <= timedelta(days=7),
    )


def _when(not_after: datetime, *, over: bool) -> Sentence:
    day = day_in_finland(not_after)
    if over:
        return sentence("Se vanheni {day}.", "Det löpte ut {day}.", "It expired on {day}.", day=day)
    return sentence("Se vanhenee {day}.", "Det löper ut {day}.", "It expires on {day}.", day=day)


_KINDS: Final[Mapping[AnchorKind, str]] = {kind: kind.value for kind in AnchorKind}
