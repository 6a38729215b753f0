"""What monitoring systems send, as they send it: the webhook of Prometheus Alertmanager, version 4."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances import owing
from kanta_tenancy.disturbances.actions.alerting import TakenAlert
from kanta_tenancy.disturbances.alerts import Alert, AlertGroup, AlertState
from kanta_tenancy.disturbances.bodies.reports import Instant
from kanta_tenancy.kernel.records import Body

Label = Annotated[str, msgspec.Meta(max_length=4000)]


class SentAlert(Body, frozen=True, kw_only=True, forbid_unknown_fields=False, rename={"starts_at": "startsAt"}):
    """An alert; whatever else it says is not read."""

    status: AlertState
    starts_at: Instant
    fingerprint: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    labels: Annotated[
        Mapping[str, Label],
        msgspec.Meta(description="`kanta_service` names a service of the catalogue", examples=[{"alertname": "Down"}]),
    ] = {}
    annotations: Mapping[str, Label] = {}


class SentAlerts(Body, frozen=True, kw_only=True, forbid_unknown_fields=False, rename={"group_key": "groupKey"}):
    """A group of alerts; whatever else is sent is not read."""

    group_key: Annotated[str, msgspec.Meta(min_length=1, max_length=4000, description="The same for the same event")]
    alerts: Annotated[tuple[SentAlert, ...], msgspec.Meta(min_length=1, max_length=1000)]

    def said(self) -> AlertGroup:
        return AlertGroup(key=self.group_key, alerts=tuple(Alert(**msgspec.structs.asdict(one)) for one in self.alerts))


class ShownAlert(Body, frozen=True, kw_only=True):
    """What became of a group of alerts."""

    disturbance_id: Annotated[
        UUID | None, msgspec.Meta(description="null: it says that something is over of which nothing is open here")
    ]
    reference: str | None
    report_id: UUID | None
    repeated: Annotated[bool, msgspec.Meta(description="It was sent before: this is that report")]


def shown(found: TakenAlert) -> ShownAlert:
    taken = found.taken
    if taken is None:
        return ShownAlert(disturbance_id=None, reference=None, report_id=None, repeated=found.repeated)
    return ShownAlert(
        disturbance_id=taken.disturbance_id,
        reference=owing.reference(taken.disturbance_id),
        report_id=taken.report_id,
        repeated=found.repeated,
    )
