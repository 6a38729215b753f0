"""What is told around the form: that a report was received and what happens next, and that nothing opens. Pure."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from kanta_tenancy.disturbances.form import layout, words
from kanta_tenancy.disturbances.form.model import Sent
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.web.markup import tag


class Received(Record, frozen=True, kw_only=True):
    """What the confirmation tells."""

    path: str  # of the form, with its secret
    of: str  # whose people it is for
    main_connector: str
    minutes: int  # after which the next person is called
    sent: Sent


def received_page(received: Received, language: Language) -> str:
    """Return the confirmation, which also tells whether somebody has taken it up when it is read again."""
    return layout.page(
        f"{words.SENT.said_in(language)} \N{EN DASH} {received.of}",
        language,
        header=(tag("p", received.of), layout.language_links(language)),
        main=_received(received, language),
    )


def plain_page(title: Sentence, text: Sentence, language: Language) -> str:
    """Return a page that says one thing."""
    return layout.page(
        title.said_in(language),
        language,
        header=(layout.language_links(language),),
        main=(tag("h1", title.said_in(language)), tag("p", text.said_in(language))),
    )


def _received(received: Received, language: Language) -> Iterator[Element]:
    here = f"?lang={language.value}"
    yield tag("h1", words.SENT.said_in(language))
    yield tag("p", words.NUMBER.said_in(language), ":")
    yield tag("p", received.sent.reference, class_="number")
    yield tag("p", words.received(at=received.sent.sent_at).said_in(language))
    if received.sent.files:
        yield tag("p", words.with_files(count=received.sent.files).said_in(language))
    yield tag("h2", words.NEXT.said_in(language))
    yield tag("ul", *(tag("li", one.said_in(language)) for one in _next(received, language)))
    yield tag("p", words.FOLLOW.said_in(language), class_="note")
    yield tag("p", tag("a", words.LOOK_AGAIN.said_in(language), href=here))
    yield tag("p", tag("a", words.STATUS.said_in(language), href=f"{received.path}/status{here}"))
    yield tag("p", tag("a", words.ANOTHER.said_in(language), href=f"{received.path}{here}"))


def _next(received: Received, language: Language) -> Iterator[Sentence]:
    if received.sent.acknowledged_at is not None:
        yield words.acknowledged(at=received.sent.acknowledged_at)
    if not received.sent.is_open:
        yield words.OVER
    elif received.sent.acknowledged_at is None:
        who = words.named(name=received.main_connector).said_in(language)
        yield words.called(who=who, minutes=received.minutes)
    yield words.KEEP_NUMBER
