"""What people read: order now while there is time for it, then that it ends soon, then that it has ended."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from kanta_tenancy.certificates.orders.model import ListedOrder, OrderState
from kanta_tenancy.certificates.warnings import thresholds, wording
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence

KIND = Sentence(fi="palvelinvarmenne", sv="servercertifikat", en="server certificate")
LAST_DAY = date(2026, 5, 3)
NOT_AFTER = datetime(2026, 5, 3, 20, 59, 59, tzinfo=UTC)
DVV = thresholds.delivery_on(LAST_DAY, "dvv-server")


def told(days_left: int, delivery=DVV, now: datetime | None = None) -> tuple[Sentence, Sentence]:
    today = LAST_DAY - timedelta(days=days_left)
    at = now or datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    said = {"today": today, "now": at}
    return (
        wording.ends("resepti.example.fi", KIND, NOT_AFTER, LAST_DAY, **said),
        wording.to_do(NOT_AFTER, LAST_DAY, delivery, **said),
    )


def test_it_says_which_one_ends_when_in_three_languages():
    ends, _ = told(30)
    assert ends == Sentence(
        fi="resepti.example.fi (palvelinvarmenne): varmenne vanhenee 3.5.2026 23.59, 30 vuorokauden kuluttua.",
        sv="resepti.example.fi (servercertifikat): certifikatet löper ut 3.5.2026 23.59, om 30 dygn.",
        en="resepti.example.fi (server certificate): the certificate expires on 3 May 2026 23:59, in 30 days.",
    )


@pytest.mark.parametrize(("days", "when"), [(2, "in 2 days."), (1, "tomorrow."), (0, "today.")])
def test_the_last_days_have_names(days, when):
    assert told(days)[0].en.endswith(when)


@pytest.mark.parametrize(
    ("days", "says"),
    [(121, "Order a new one now"), (8, "Order a new one now"), (7, "It expires soon"), (0, "It expires soon")],
)
def test_where_the_issuer_needs_a_week_order_now_comes_before_it_expires_soon(days, says):
    assert told(days)[1].en.startswith(says)


def test_how_long_the_issuer_needs_is_unverified_unless_it_was_read():
    assert "(unverified)" in told(30)[1].en
    assert "(vahvistamaton tieto)" in told(30)[1].fi
    assert "(obekräftad uppgift)" in told(3)[1].sv
    assert "unverified" not in told(30, delivery=replace(DVV, certainty=Certainty.READ))[1].en


def test_where_nobody_knows_how_long_the_issuer_needs_nothing_is_said_of_it():
    assert thresholds.delivery_on(LAST_DAY, None) is None
    assert thresholds.delivery_on(LAST_DAY, "rfc5280") is None
    assert told(30, delivery=None)[1].en == "Get another one and take it into use before that."


def test_on_the_last_day_it_has_ended_once_its_instant_is_over():
    ends, to_do = told(0, now=NOT_AFTER + timedelta(seconds=1))
    assert ends.en.endswith("the certificate expired on 3 May 2026 23:59.")
    assert to_do.en.startswith("Take another one into use at once.")


def test_what_stands_in_a_name_is_no_part_of_the_text():
    assert wording.ends("{kind} {0}", KIND, NOT_AFTER, LAST_DAY, today=LAST_DAY, now=NOT_AFTER).en.startswith(
        "{kind} {0} ("
    )


@pytest.mark.parametrize("days", [121, 7, 0, -2])
def test_where_a_new_one_is_ordered_already_nobody_is_told_to_order_another(days):
    assert to_do(days, OrderState.ORDERED) == Sentence(
        fi="Uusi on tilattu 20.4.2026, mutta se ei ole saapunut. Varmistakaa myöntäjältä, että se tulee, ja ottakaa se"
        " käyttöön heti sen saavuttua.",
        sv="Ett nytt beställdes 20.4.2026 men har inte kommit. Försäkra er hos utfärdaren om att det kommer, och ta det"
        " i bruk genast när det är här.",
        en="A new one was ordered on 20 April 2026 and has not arrived. Make sure with its issuer that it comes, and"
        " take it into use as soon as it is here.",
    )
    assert to_do(days, OrderState.ARRIVED).en == (
        "The new one that was ordered on 20 April 2026 has arrived: take it into use now, and record that."
    )


def test_an_order_that_is_through_says_nothing_of_a_certificate_that_is_in_use_again():
    assert to_do(30, OrderState.DEPLOYED).en.startswith("Order a new one now")


def to_do(days_left: int, state: OrderState) -> Sentence:
    today = LAST_DAY - timedelta(days=days_left)
    order = ListedOrder(
        id=uuid4(),
        state=state,
        version=1,
        profile="dvv-server",
        ordered_on=date(2026, 4, 20),
        purpose=None,
        reference=None,
        subject="CN=resepti.example.fi",
        replaces_id=uuid4(),
        certificate_id=None,
    )
    return wording.to_do(
        NOT_AFTER, LAST_DAY, DVV, order, today=today, now=datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    )
