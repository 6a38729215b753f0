"""Links to the form, and what was sent through them."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.disturbances.case import SaidReport
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record


class FormLink(Record, frozen=True, kw_only=True):
    """A link, without its secret."""

    id: UUID
    tenancy_id: TenancyId | None  # None: for the main connector's own people
    name: str  # whom it was given to
    made_by: str
    made_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    version: int


class OpenedLink(Record, frozen=True, kw_only=True):
    """Whose people a link is for that is good now."""

    id: UUID
    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None

    @property
    def caller(self) -> Caller:
        """Who reports by it: somebody whom the party gave the link, in that party's scope, who may do nothing else."""
        return Caller(
            scope=Scope(main_connector_id=self.main_connector_id, tenancy_id=self.tenancy_id),
            actor=Actor(kind=ActorKind.SYSTEM, name=f"disturbance_form_link/{self.id}"),
            permissions=frozenset(),
        )


class Sending(Record, frozen=True, kw_only=True):
    """That something was sent through a link, and what became of it."""

    content_sha256: bytes
    disturbance_id: UUID
    report_id: UUID
    sent_at: datetime


class Sent(Record, frozen=True, kw_only=True):
    """How something stands that was sent."""

    reference: str
    sent_at: datetime
    acknowledged_at: datetime | None
    is_open: bool
    files: int


class Brought(Record, frozen=True, kw_only=True):
    """A file that came with what was sent."""

    name: str
    size: int
    content: bytes | None  # None: it was larger than what is kept


class Filled(Record, frozen=True, kw_only=True):
    """What somebody sends from the form, as it can be taken in."""

    said: SaidReport
    files: tuple[Brought, ...] = ()


class Wrong(Record, frozen=True, kw_only=True):
    """What is wrong with one field of the form."""

    field: str  # by its name in the form
    said: Sentence
