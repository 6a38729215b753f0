"""How a deadline came about is told with the ground of awareness, in three languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kanta_tenancy.breaches import deadlines
from kanta_tenancy.breaches.model import AwareGround

HELSINKI = ZoneInfo("Europe/Helsinki")


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=HELSINKI)


def test_how_the_time_came_about_is_told_with_the_ground_and_in_three_languages():
    told = deadlines.explained(local(2026, 4, 2, 16, 0), AwareGround.TOLD_BY_PROCESSOR, "A call at four")
    assert told.result == "2026-04-05T13:00:00+00:00"
    assert told.inputs["reason"] == "A call at four"
    assert told.sources[0] == "Regulation (EU) 2016/679, Article 33(1)"
    assert [step.en for step in told.steps] == [
        "The controller became aware on 2 April 2026 16:00.",
        "The processor told the controller.",
        "The 72 hours run hour by hour, at night, at weekends and when clocks are set too: the time ends on 5 April"
        " 2026 16:00.",
        "For information only: by the general rules on periods (Regulation 1182/71) the time might, in our reading, run"
        " until 8 April 2026 0:00. That is not verified, and nothing here goes by it.",
    ]
    for ground in AwareGround:
        assert deadlines.explained(local(2026, 4, 2), ground, "x").inputs["ground"] == ground.value
