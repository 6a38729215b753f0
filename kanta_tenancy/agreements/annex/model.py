"""What is known of Annex 1 on a day (K1.3)."""

from datetime import date

from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record


class AnnexOnDay(Record, frozen=True, kw_only=True):
    """A version of Annex 1: what it says, and from which day until before which."""

    tenancy_id: TenancyId
    agreement_id: AgreementId  # the agreement that is in force
    said_by: AgreementId  # that agreement, or its amendment
    services: tuple[str, ...]
    since: date
    until: date | None


class AnnexSaid(Record, frozen=True, kw_only=True):
    """What an agreement, or an amendment that all have signed, says of Annex 1, and from which day."""

    said_by: AgreementId
    since: date


class AnnexPeriod(Record, frozen=True, kw_only=True):
    """How long that holds; where `until` is `since`, it never did or never will."""

    said_by: AgreementId
    since: date
    until: date | None  # exclusive; None: until further notice
