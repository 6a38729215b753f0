"""What a receipt says when it is sealed, and the promise to seal it. Pure."""

from datetime import datetime
from typing import Final

from kanta_tenancy.agreements.model import Agreement, Form, Party, Receipt
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.promises import Owed, Owner

SEAL: Final = "receipt.seal"


class ReceiptStatement(Record, frozen=True, kw_only=True):
    """What is sealed of a receipt: which party held which original of which agreement, and since when."""

    main_connector_id: MainConnectorId
    tenancy_id: TenancyId
    agreement_id: AgreementId
    reference: str
    party: Party
    form: Form
    original: str  # SHA-256 of the document, or of the scan of the paper, hexadecimal
    at: datetime


class Unsealed(Record, frozen=True, kw_only=True):
    """An agreement with a receipt that is not sealed."""

    agreement_id: AgreementId
    tenancy_id: TenancyId


def statement(main_connector_id: MainConnectorId, agreement: Agreement, receipt: Receipt) -> ReceiptStatement:
    return ReceiptStatement(
        main_connector_id=main_connector_id,
        tenancy_id=agreement.tenancy_id,
        agreement_id=agreement.id,
        reference=agreement.reference,
        party=receipt.party,
        form=receipt.form,
        original=receipt.sha256,
        at=receipt.at,
    )


def key(agreement_id: AgreementId) -> str:
    return f"{SEAL}/{agreement_id}"


def subject(agreement_id: AgreementId) -> str:
    return f"agreement/{agreement_id}"


def to_seal(unsealed: Unsealed, *, at: datetime) -> Owed:
    """Return the system's promise to seal the receipts of an agreement, due at once."""
    return Owed(
        key=key(unsealed.agreement_id),
        kind=SEAL,
        subject=subject(unsealed.agreement_id),
        owner=Owner.SYSTEM,
        due_at=at,
        rule="K21",
        title=sentence(
            "Alkuperäiskappaleiden kuittaukset sinetöidään",
            "Kvittenserna på originalen förseglas",
            "The receipts of the originals are sealed",
        ),
        made_at=at,
        tenancy_id=unsealed.tenancy_id,
    )
