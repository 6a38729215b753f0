"""What time does to a request, looked at as it stands: however often, however late, always the same (K15). Pure."""

from datetime import datetime

from msgspec.structs import replace

from kanta_tenancy.renewals import deadlines, lifecycle, presence, routing
from kanta_tenancy.renewals.model import Decided, Done, Request, Situation, State


def decide(request: Request, situation: Situation, now: datetime) -> Decided:
    """Return what is to become of an open request: it lapses, is given to somebody, people are warned, or nothing.

    Of several warnings that are due at once, as after an outage, the most urgent is given and overtakes the others.
    What lapses is not warned of any more: that it has lapsed is told.
    """
    if now >= request.lapses_at:
        return Decided(request=lifecycle.lapse(request), done=Done.LAPSED, lapsed_with=request.party)
    due = deadlines.due_warnings(request, situation, now)
    given = replace(request, warned_hours=due[-1]) if due else request
    after, done = _given_to(given, situation, now)
    return Decided(
        request=replace(after, next_at=_next(after, situation, now)),
        done=done,
        warn=due[-1] if due else None,
        overtaken=due[:-1],
    )


def _given_to(request: Request, situation: Situation, now: datetime) -> tuple[Request, Done | None]:
    routed = routing.route(request, situation, now)
    stays = (routed.state, routed.person) == (request.state, request.person)
    hand_over = deadlines.hand_over_at(request, situation) if routed.state is State.WITH_PRESCRIBER else None
    if stays:
        return replace(request, hand_over_at=hand_over), None
    done = _done(request.state, routed.state)
    after = replace(
        request,
        state=lifecycle.placed(request, routed.state),
        person=routed.person,
        ground=routed.ground,
        passed=routing.written(routed.passed),
        since=now,
        hand_over_at=hand_over,
        version=request.version + 1,
    )
    return after, done


def _done(before: State, after: State) -> Done:
    if before is State.ARRIVED and after is State.WITH_PRESCRIBER:
        return Done.ROUTED
    if before is State.WITH_PHYSICIAN or after is State.WITH_PRESCRIBER:
        return Done.REROUTED
    return Done.HANDED_OVER


def _next(request: Request, situation: Situation, now: datetime) -> datetime:
    """Return when time does something next; what people do in between says so itself."""
    instants = [
        request.lapses_at,
        deadlines.next_warning(request, situation),
        request.hand_over_at,
        routing.kept_until(request, situation, now),
    ]
    if request.state is State.WITH_PRESCRIBER:
        instants.append(presence.next_begin(situation.house.prevented, now))
    return min(one for one in instants if one is not None and one > now)
