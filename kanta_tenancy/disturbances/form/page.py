"""The form as a page: plain, accessible, in one language, with what was typed and what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element

from kanta_tenancy.disturbances.form import layout, words
from kanta_tenancy.disturbances.form.attached import ACCEPTED, FIELD
from kanta_tenancy.disturbances.form.filled import DAY, LONGEST, TIME
from kanta_tenancy.disturbances.form.model import Wrong
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.web.access import FORM
from kanta_tenancy.machinery.web.markup import tag

_ANSWERS: Final = {"yes": words.YES, "no": words.NO, "unknown": words.DO_NOT_KNOW}
_YES_OR_NO: Final = {"yes": words.YES, "no": words.NO}
_MORE: Final = ("system", "service", "place", "symptom", "tried", "message_ids", "units_hit", "users_hit")


class Offer(Record, frozen=True, kw_only=True):
    """What the form shows beside what somebody types."""

    path: str  # of the form, with its secret
    token: UUID  # makes what is sent twice one report
    of: str | None  # whose people it is for; None: that cannot be found out now
    services: Mapping[str, Sentence]  # by key, in the order of Annex 1
    systems: Mapping[str, str]  # by id, the names of those in use that the party sees
    known: Sequence[Sentence]  # what goes on, as it was told


class Typed(Record, frozen=True, kw_only=True):
    """What was typed so far, and what is wrong with it."""

    fields: Mapping[str, str]
    wrong: Sequence[Wrong] = ()
    files_lost: bool = False  # files were chosen, which no page can give back
    trouble: bool = False  # it was sent, and could not be taken in


def beginning(now: datetime) -> Typed:
    """Return a form in which only this moment stands."""
    local = now.astimezone(HELSINKI)
    return Typed(fields={DAY: local.date().isoformat(), TIME: f"{local:%H:%M}"})


def form_page(offer: Offer, typed: Typed, language: Language) -> str:
    """Return the whole page."""
    shown = _Form(offer, typed, language)
    title = words.TITLE.said_in(language)
    if typed.wrong or typed.trouble:
        title = f"{words.ERROR.said_in(language)}: {title}"
    return layout.page(
        title if offer.of is None else f"{title} \N{EN DASH} {offer.of}",
        language,
        # Enter in a field presses the first button of a form: this one, which is not seen, and no language.
        header=(
            tag("button", type="submit", form=layout.FORM, hidden="hidden"),
            None if offer.of is None else tag("p", offer.of),
            layout.language_buttons(language),
        ),
        main=shown.main(),
    )


class _Form:
    def __init__(self, offer: Offer, typed: Typed, language: Language) -> None:
        self._offer = offer
        self._typed = typed
        self._language = language
        self._flaws = {one.field: one.said for one in reversed(typed.wrong)}
        if typed.files_lost:
            self._flaws.setdefault(FIELD, words.FILES_AGAIN)

    def main(self) -> Iterator[Element | None]:
        yield self._trouble() if self._typed.trouble else self._errors()
        yield tag("h1", self._say(words.TITLE))
        yield self._known()
        yield tag("p", self._say(words.LEAD))
        yield tag("p", tag("strong", self._say(words.NO_PATIENTS)), class_="note")
        yield tag(
            "form",
            tag("input", type="hidden", name="token", value=str(self._offer.token)),
            *self._needed(),
            self._choices("patient_safety", _ANSWERS, optional=True),
            self._choices("data_protection", _ANSWERS, optional=True),
            self._line("contact"),
            tag("details", tag("summary", self._say(words.MORE)), *self._more(), open=self._opened()),
            self._files(),  # after all that is typed: browsers send in this order
            tag("button", self._say(words.SEND), type="submit", class_="send"),
            id=layout.FORM,
            method="post",
            enctype=FORM,
            action=f"{self._offer.path}?lang={self._language.value}",
            novalidate="novalidate",
            accept_charset="utf-8",
        )

    def _needed(self) -> Iterator[Element]:
        yield self._area("what", rows="4", optional=False)
        yield tag(
            "fieldset",
            tag("legend", self._label("since")),
            self._hint("since"),
            self._flaw(DAY),
            self._flaw(TIME),
            tag("div", self._moment(DAY, "date"), self._moment(TIME, "time"), class_="when"),
            class_=self._marked(DAY, TIME),
        )
        yield self._choices("ongoing", _YES_OR_NO, optional=False)

    def _more(self) -> Iterator[Element | None]:
        yield self._system()
        yield self._select("service", self._said({"": words.DO_NOT_KNOW, **self._offer.services}))
        yield self._select("place", self._said(words.PLACES))
        yield self._area("symptom", rows="2")
        yield self._area("tried", rows="2")
        yield self._area("message_ids", rows="2")
        yield self._line("units_hit", inputmode="numeric")
        yield self._line("users_hit", inputmode="numeric")

    def _opened(self) -> str | None:
        """Show what is beneath when something was typed there, or is wrong: nobody looks for what is not seen."""
        unsaid = {"", "unknown"}
        used = any(self._value(name) not in unsaid or name in self._flaws for name in _MORE)
        return "open" if used else None

    def _trouble(self) -> Element:
        return _notice(words.TROUBLE, tag("p", self._say(words.TROUBLE_TEXT)), language=self._language)

    def _errors(self) -> Element | None:
        if not self._typed.wrong:
            return None
        links = [
            tag("li", tag("a", f"{self._label(one.field)} {self._say(one.said)}", href=f"#{_target(one.field)}"))
            for one in self._typed.wrong
        ]
        return _notice(words.NOT_SENT, tag("ul", *links), language=self._language)

    def _known(self) -> Element | None:
        if not self._offer.known:
            return None
        return tag(
            "section",
            tag("h2", self._say(words.KNOWN), id="known"),
            tag("ul", *(tag("li", self._say(one)) for one in self._offer.known)),
            tag("p", self._say(words.KNOWN_HINT)),
            tag("p", tag("a", self._say(words.STATUS), href=f"{self._offer.path}/status?lang={self._language.value}")),
            class_="known",
            aria_labelledby="known",
        )

    def _area(self, name: str, *, rows: str, optional: bool = True) -> Element:
        area = tag(
            "textarea",
            "\n" + self._value(name),  # the first end of a line is no part of the text
            rows=rows,
            maxlength=str(LONGEST[name]),
            **self._attributes(name, required=not optional),
        )
        return self._field(name, area, optional=optional)

    def _line(self, name: str, *, inputmode: str | None = None) -> Element:
        most = LONGEST.get(name)
        line = tag(
            "input",
            type="text",
            inputmode=inputmode,
            maxlength=None if most is None else str(most),
            value=self._value(name),
            **self._attributes(name),
        )
        return self._field(name, line)

    def _system(self) -> Element | None:
        """Let one of the systems be chosen; what was chosen is kept where they cannot be read now."""
        if self._offer.systems:
            return self._select("system", {"": self._say(words.DO_NOT_KNOW), **self._offer.systems})
        chosen = self._value("system")
        return tag("input", type="hidden", name="system", value=chosen) if chosen else None

    def _files(self) -> Element:
        control = tag("input", type="file", multiple="multiple", accept=",".join(ACCEPTED), **self._attributes("files"))
        return self._field("files", control)

    def _said(self, choices: Mapping[str, Sentence]) -> dict[str, str]:
        return {key: self._say(said) for key, said in choices.items()}

    def _select(self, name: str, choices: Mapping[str, str]) -> Element:
        chosen = self._value(name)
        options = (
            tag("option", text, value=key, selected="selected" if key == chosen else None)
            for key, text in choices.items()
        )
        return self._field(name, tag("select", *options, **self._attributes(name)))

    def _field(self, name: str, control: Element, *, optional: bool = True) -> Element:
        label = tag("label", *self._titled(name, optional=optional), for_=name)
        return tag("div", label, self._hint(name), self._flaw(name), control, class_=self._marked(name))

    def _moment(self, name: str, kind: str) -> Element:
        control = tag("input", type=kind, value=self._value(name), **self._attributes(name, required=True))
        return tag("div", tag("label", self._label(name), for_=name), control)

    def _choices(self, name: str, choices: Mapping[str, Sentence], *, optional: bool) -> Element:
        chosen = self._value(name)
        radios = (
            tag(
                "label",
                tag(
                    "input",
                    type="radio",
                    name=name,
                    id=f"{name}-{key}",
                    value=key,
                    checked="checked" if key == chosen else None,
                    aria_describedby=f"{name}-flaw" if name in self._flaws else None,
                ),
                tag("span", self._say(said)),
                class_="choice",
            )
            for key, said in choices.items()
        )
        legend = tag("legend", *self._titled(name, optional=optional))
        return tag("fieldset", legend, self._flaw(name), *radios, class_=self._marked(name))

    def _attributes(self, name: str, *, required: bool = False) -> dict[str, str | None]:
        """Return what ties a control to its label, its hint and its flaw."""
        hinted = "since" if name == DAY else name
        described = [
            *([f"{hinted}-hint"] if hinted in words.HINTS else []),
            *([f"{name}-flaw"] if name in self._flaws else []),
        ]
        return {
            "id": name,
            "name": name,
            "aria_describedby": " ".join(described) or None,
            "aria_invalid": "true" if name in self._flaws else None,
            "aria_required": "true" if required else None,
        }

    def _titled(self, name: str, *, optional: bool) -> Iterator[Element | str]:
        yield self._label(name)
        if optional:
            yield " "
            yield tag("span", self._say(words.OPTIONAL), class_="optional")

    def _hint(self, name: str) -> Element | None:
        said = words.HINTS.get(name)
        return None if said is None else tag("p", self._say(said), id=f"{name}-hint", class_="hint")

    def _flaw(self, name: str) -> Element | None:
        said = self._flaws.get(name)
        return None if said is None else tag("p", self._say(said), id=f"{name}-flaw", class_="flaw")

    def _marked(self, *names: str) -> str | None:
        return "wrong" if any(name in self._flaws for name in names) else None

    def _label(self, name: str) -> str:
        return self._say(words.LABELS[name])

    def _value(self, name: str) -> str:
        return self._typed.fields.get(name, "")

    def _say(self, said: Sentence) -> str:
        return said.said_in(self._language)


def _target(field: str) -> str:
    """Return the id of the control that a flaw leads to: of several, the first."""
    return f"{field}-yes" if field in {"ongoing", "patient_safety", "data_protection"} else field


def _notice(title: Sentence, content: Element, *, language: Language) -> Element:
    """Return what stands first and is read first: without a script, the page's own focus goes there."""
    return tag(
        "div",
        tag("h2", title.said_in(language), id="errors-title"),
        content,
        id="errors",
        class_="errors",
        role="alert",
        tabindex="-1",
        autofocus="autofocus",
        aria_labelledby="errors-title",
    )
