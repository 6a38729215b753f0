"""Identifiers that cannot be mixed up, made by the application so that they are known before they are written."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

MainConnectorId = NewType("MainConnectorId", UUID)
OrganisationId = NewType("OrganisationId", UUID)
TenancyId = NewType("TenancyId", UUID)
ContactId = NewType("ContactId", UUID)
AccessKeyId = NewType("AccessKeyId", UUID)
AgreementId = NewType("AgreementId", UUID)


def new_id() -> UUID:
    """Return a UUIDv7: unique, and in the order of creation, so that an index on it grows at one end."""
    return uuid7()
