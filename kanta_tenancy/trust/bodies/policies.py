"""Policies as the API shows and takes them."""

from datetime import datetime
from typing import Annotated

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.trust.checking import LONGEST_URL, MOST_AUTHORITIES
from kanta_tenancy.trust.model import Obligation, Policy, TimestampAuthority, Wish


class SaidAuthority(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A timestamp authority (RFC 3161)."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    url: Annotated[
        str,
        msgspec.Meta(
            min_length=8, max_length=LONGEST_URL, pattern="^https?://", examples=["https://timestamps.example.org/"]
        ),
    ]


class SaidPolicy(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What signatures are to reach from now on."""

    level: Annotated[
        Level, msgspec.Meta(description="Of ETSI EN 319 132-1: B as signed, T timestamped, LT self-contained")
    ]
    obligation: Annotated[
        Obligation,
        msgspec.Meta(description="required: a signature below the level is not taken; best_effort: what lacks is owed"),
    ]
    authorities: Annotated[
        tuple[SaidAuthority, ...],
        msgspec.Meta(max_length=MOST_AUTHORITIES, description="Who makes timestamps, in the order of asking"),
    ] = ()
    fresh_for_hours: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=8760)] | None,
        msgspec.Meta(description="How old revocation data may be; left out: until the authority has newer"),
    ] = None

    @property
    def wish(self) -> Wish:
        return Wish(
            level=self.level,
            obligation=self.obligation,
            authorities=tuple(TimestampAuthority(name=one.name, url=one.url) for one in self.authorities),
            fresh_for_hours=self.fresh_for_hours,
        )


class ShownPolicy(Body, frozen=True, kw_only=True):
    version: Annotated[int, msgspec.Meta(description="0: nobody has decided anything yet, and this is what holds then")]
    level: Level
    obligation: Obligation
    authorities: tuple[TimestampAuthority, ...]
    fresh_for_hours: int | None
    since: datetime | None
    decided_by: str | None


def shown(policy: Policy) -> ShownPolicy:
    return ShownPolicy(**msgspec.structs.asdict(policy))
