"""Who acts, and in whose realm."""

import enum

from kanta_tenancy.kernel.identifiers import AccessKeyId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record


class Scope(Record, frozen=True, kw_only=True):
    """Whose rows a transaction can see: all of one main connector's, or one tenancy's only."""

    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None = None  # None: the main connector itself


class ActorKind(enum.StrEnum):
    PERSON = "person"  # a contact of an organisation
    SYSTEM = "system"  # a named system of an organisation
    OPERATOR = "operator"  # someone at the command line of the machine
    SERVICE = "service"  # background work


class Actor(Record, frozen=True, kw_only=True):
    """Who did it, as the journal names them."""

    kind: ActorKind
    name: str  # contact id, system name, operating-system user or job name: never a person's own name
    key_id: AccessKeyId | None = None


class Caller(Record, frozen=True, kw_only=True):
    """An authenticated actor with the scope and permissions of the key it came with."""

    scope: Scope
    actor: Actor
    permissions: frozenset[str]
