"""What papers of every room say alike: to whom, from whom, by which rule, and an instant. Pure."""

from datetime import datetime
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence, sentence

TO: Final = Sentence(fi="Vastaanottaja", sv="Mottagare", en="To")
FROM: Final = Sentence(fi="Lähettäjä", sv="Avsändare", en="From")
BY: Final = Sentence(fi="Peruste", sv="Grund", en="By")


def sender(name: str, business_id: str, oid: str | None) -> str:
    """Return who tells, in lines."""
    return "\n".join(filter(None, (name, business_id, oid and f"OID {oid}")))


def instant(at: datetime) -> Sentence:
    """Return an instant, and that it is said in Finnish time."""
    return sentence("{at} (Suomen aikaa)", "{at} (finsk tid)", "{at} (Finnish time)", at=at)
