"""Links to the form as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from kanta_tenancy.disturbances.form.model import FormLink
from kanta_tenancy.kernel.records import Body

PATH = "/v1/report"  # of the forms, without their secrets


class SaidFormLink(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link for people who report without an access key."""

    name: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=200,
            description="Whom it is given to, so that the right one can be revoked",
            examples=["Ward 3"],
        ),
    ]
    tenancy_id: Annotated[
        UUID | None, msgspec.Meta(description="For whose people; left out: your own. A tenant has no other")
    ] = None


class ShownFormLink(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: for the main connector's own people")]
    name: str
    made_by: str
    made_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    version: int


class MadeFormLink(ShownFormLink, frozen=True, kw_only=True):
    path: Annotated[
        str,
        msgspec.Meta(
            description="Opens the form to whoever knows it; told this once. `?lang=fi`, `sv` or `en` sets the language"
        ),
    ]


def shown(link: FormLink) -> ShownFormLink:
    return ShownFormLink(**asdict(link))


def made(link: FormLink, secret: str) -> MadeFormLink:
    return MadeFormLink(**asdict(link), path=path_of(secret))


def path_of(secret: str) -> str:
    return f"{PATH}/{secret}"
