"""From what was put down to the ends that follow from it: notices and service-production agreements (clause 20). Pure.

Where several service-production agreements hold on the day of delivery and say different periods, the one that ends
last is taken. The agreement says nothing of that case; it is our reading, and the explanation says so.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from kanta_tenancy.agreements.endings import ending
from kanta_tenancy.agreements.endings.model import Notice, ServiceAgreement
from kanta_tenancy.agreements.ends import End
from kanta_tenancy.agreements.model import OUR_MODEL, Agreement, Origin


def ends(
    agreement: Agreement, notices: Iterable[Notice], service_agreements: Sequence[ServiceAgreement]
) -> tuple[End, ...]:
    """Return every end of an agreement in force that is to be foreseen; the earliest is the one that comes.

    What was over before the agreement took force does not bear on it.
    """
    found = [
        of_notice(agreement, notice, service_agreements)
        for notice in notices
        if notice.delivered_on is not None and not notice.is_withdrawn
    ]
    found += [
        ending.by_service_agreement(one.id, name=one.name, last_day=one.last_day)
        for one in service_agreements
        if one.last_day is not None
    ]
    since = agreement.in_force_from
    return tuple(one for one in found if one is not None and (since is None or one.until > since))


def of_notice(agreement: Agreement, notice: Notice, service_agreements: Iterable[ServiceAgreement]) -> End | None:
    """Return the end that a notice brings; None while it is not delivered."""
    if notice.delivered_on is None:
        return None
    delivered_on = notice.delivered_on
    others = [one for one in service_agreements if one.holds_on(delivered_on) and one.period is not None]
    chosen = max(others, key=lambda one: _last_day(one, delivered_on), default=None)
    return ending.by_notice(
        notice.id,
        given_on=notice.given_on,
        delivered_on=delivered_on,
        period=ending.ONE_MONTH if chosen is None or chosen.period is None else chosen.period,
        service_agreement=None if chosen is None else chosen.name,
        is_the_longest=len({one.period for one in others}) > 1,
        text_is_known=agreement.origin is Origin.HERE and agreement.model == OUR_MODEL,
    )


def _last_day(service_agreement: ServiceAgreement, delivered_on: date) -> date:
    period = service_agreement.period or ending.ONE_MONTH
    return ending.last_day_of(delivered_on, period)
