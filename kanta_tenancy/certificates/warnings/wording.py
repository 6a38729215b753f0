"""What people are told of a certificate that ends: order now, it ends soon, it has ended (K7). Pure.

Where the issuer needs days to deliver, "order now" is said while there is time for that, and "expires soon" afterwards;
where a new one is ordered already, what that order waits for.
How long an issuer needs is told as unverified unless its source was read.
"""

from datetime import date, datetime
from typing import Final

from kanta_tenancy.certificates.orders.model import ListedOrder, OrderState
from kanta_tenancy.certificates.warnings.model import Delivery
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence, sentence

_NOTHING: Final = Sentence(fi="", sv="", en="")
_UNVERIFIED: Final = Sentence(fi=" (vahvistamaton tieto)", sv=" (obekräftad uppgift)", en=" (unverified)")
_TODAY: Final = Sentence(fi="tänään", sv="i dag", en="today")
_TOMORROW: Final = Sentence(fi="huomenna", sv="i morgon", en="tomorrow")
_GET_ANOTHER: Final = Sentence(
    fi="Hankkikaa uusi ja ottakaa se käyttöön ennen sitä.",
    sv="Skaffa ett nytt och ta det i bruk innan dess.",
    en="Get another one and take it into use before that.",
)
# What became of an order says what is to be done, also when the old one has ended meanwhile.
_UNDER_WAY: Final = {
    OrderState.ORDERED: Sentence(
        fi="Uusi on tilattu {on}, mutta se ei ole saapunut. Varmistakaa myöntäjältä, että se tulee, ja ottakaa se"
        " käyttöön heti sen saavuttua.",
        sv="Ett nytt beställdes {on} men har inte kommit. Försäkra er hos utfärdaren om att det kommer, och ta det"
        " i bruk genast när det är här.",
        en="A new one was ordered on {on} and has not arrived. Make sure with its issuer that it comes, and take it"
        " into use as soon as it is here.",
    ),
    OrderState.ARRIVED: Sentence(
        fi="Uusi, joka tilattiin {on}, on saapunut: ottakaa se käyttöön nyt ja kirjatkaa se.",
        sv="Det nya, som beställdes {on}, har kommit: ta det i bruk nu och anteckna det.",
        en="The new one that was ordered on {on} has arrived: take it into use now, and record that.",
    ),
}
_REPLACE_AT_ONCE: Final = Sentence(
    fi="Ottakaa uusi käyttöön heti. Jos varmenne ei ole enää käytössä, kirjatkaa se.",
    sv="Ta ett nytt i bruk genast. Om certifikatet inte längre används, anteckna det.",
    en="Take another one into use at once. If it is not in use any more, record that.",
)


def ends(name: str, kind: Sentence, not_after: datetime, last_day: date, *, today: date, now: datetime) -> Sentence:
    """Say which certificate ends when, or has ended.

    Args:
        name: what people know it by.
    """
    left = (last_day - today).days
    if now > not_after:
        texts = (
            "{name} ({kind}): varmenne on vanhentunut {at}.",
            "{name} ({kind}): certifikatet har löpt ut {at}.",
            "{name} ({kind}): the certificate expired on {at}.",
        )
    else:
        texts = (
            "{name} ({kind}): varmenne vanhenee {at}, {when}.",
            "{name} ({kind}): certifikatet löper ut {at}, {when}.",
            "{name} ({kind}): the certificate expires on {at}, {when}.",
        )
    return _said(texts, {"kind": kind, "when": _in(left)}, name=name, at=not_after)


def to_do(
    not_after: datetime,
    last_day: date,
    delivery: Delivery | None,
    order: ListedOrder | None = None,
    *,
    today: date,
    now: datetime,
) -> Sentence:
    """Say what to do about it now.

    Args:
        order: by which a new one is under way; nobody is told to order another.
    """
    if order is not None and order.state in _UNDER_WAY:
        return _waiting(order)
    if now > not_after:
        return _REPLACE_AT_ONCE
    if delivery is None:
        return _GET_ANOTHER
    if (last_day - today).days > delivery.days:
        texts = (
            "Tilatkaa uusi nyt: myöntäjältä se kestää noin {days} vuorokautta{sure}.",
            "Beställ ett nytt nu: utfärdaren behöver ungefär {days} dygn{sure}.",
            "Order a new one now: its issuer takes about {days} days{sure}.",
        )
    else:
        texts = (
            "Se vanhenee pian: myöntäjältä kestää noin {days} vuorokautta{sure}, joten tänään tilattu ei ehkä ehdi"
            " ajoissa. Tilatkaa heti ja sopikaa toimituksesta myöntäjän kanssa.",
            "Det löper ut snart: utfärdaren behöver ungefär {days} dygn{sure}, så ett som beställs i dag kanske inte"
            " kommer i tid. Beställ genast och kom överens om leveransen med utfärdaren.",
            "It expires soon: its issuer takes about {days} days{sure}, so one that is ordered today may come too"
            " late. Order at once, and agree with the issuer on the delivery.",
        )
    sure = _NOTHING if delivery.certainty is Certainty.READ else _UNVERIFIED
    return _said(texts, {"sure": sure}, days=delivery.days)


def _waiting(order: ListedOrder) -> Sentence:
    texts = _UNDER_WAY[order.state]
    return sentence(texts.fi, texts.sv, texts.en, on=order.ordered_on)


def _in(days: int) -> Sentence:
    if days <= 1:
        return _TOMORROW if days == 1 else _TODAY
    return sentence("{days} vuorokauden kuluttua", "om {days} dygn", "in {days} days", days=days)


def _said(texts: tuple[str, str, str], parts: dict[str, Sentence], **values: str | int | datetime) -> Sentence:
    """Write a sentence that has parts in the same three languages."""
    fi, sv, en = texts
    written = {
        language: {name: getattr(part, language) for name, part in parts.items()} for language in ("fi", "sv", "en")
    }
    return Sentence(
        fi=sentence(fi, fi, fi, **values, **written["fi"]).fi,
        sv=sentence(sv, sv, sv, **values, **written["sv"]).sv,
        en=sentence(en, en, en, **values, **written["en"]).en,
    )
