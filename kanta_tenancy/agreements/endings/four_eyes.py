"""That two persons of the main connector act, not one twice (K20.4). Pure."""

from kanta_tenancy.agreements.endings.errors import FourEyes
from kanta_tenancy.kernel.identifiers import AccessKeyId, ContactId
from kanta_tenancy.kernel.records import Record


class Eyes(Record, frozen=True, kw_only=True):
    """A person at work: as which contact, with which key, under which address."""

    contact_id: ContactId
    key_id: AccessKeyId
    email: str


def check(first: Eyes, second: Eyes) -> None:
    """Refuse that one person does both; who is a contact for two functions is one person, known by the address.

    Raises:
        FourEyes: they are the same contact, use the same key, or have the same address.
    """
    same_address = first.email.strip().casefold() == second.email.strip().casefold()
    if first.contact_id == second.contact_id or first.key_id == second.key_id or same_address:
        raise FourEyes("another person than the one who proposed it confirms it", rule="K20.4")
