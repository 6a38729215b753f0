"""The address to which a monitoring system sends its alerts."""

from typing import Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from kanta_tenancy.disturbances.actions import alerting
from kanta_tenancy.disturbances.bodies.alerts import SentAlerts, ShownAlert, shown
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission


@post(
    "/disturbances/alerts",
    operation_id="sendAlerts",
    opt=needs(Permission.DISTURBANCES_REPORT),
    status_code=200,
    responses=refusals(DisturbanceRefused),
)
async def send_alerts(data: JSONBody[SentAlerts], call: NamedDependency[Call]) -> Response[ShownAlert]:
    """Report by what a monitoring system sends: the webhook of Prometheus Alertmanager, which Grafana sends too.

    A group of alerts is one disturbance, whose named person is called at once. Sent again it is the same report,
    however much later; more of the group, and that it is resolved, is a further report of it while it is open.
    """
    return await once(
        call,
        lambda tx: alerting.take_in(tx, call.clock, data.said()),
        answer=lambda found: Response(shown(found)),
    )


HANDLERS: Final = (send_alerts,)
