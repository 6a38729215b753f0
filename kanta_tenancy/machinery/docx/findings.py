"""What is wrong with a template, and where a person finds it."""

from functools import cached_property

from lxml import etree

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.wordml import text_of, w

_LONGEST_QUOTE = 60


class Finding(Record, frozen=True, kw_only=True):
    """One thing to put right in a template."""

    detail: str  # one plain sentence
    rule: str = ""  # R0 to R9, where one of them is broken
    part: str = ""  # such as `word/document.xml`; empty for the whole file
    paragraph: int = 0  # counted from 1 within the part; 0 when it is not in a paragraph
    near: str = ""  # the beginning of the paragraph's text, or of the nearest text before it
    tag: str = ""  # of the content control

    @property
    def where(self) -> str:
        """Say the place in words, such as `word/document.xml, paragraph 12, near “4 Acting in …”, tag tenant.name`."""
        place = [self.part] if self.part else []
        place += [f"paragraph {self.paragraph}"] if self.paragraph else []
        place += [f"near “{self.near}”"] if self.near else []
        place += [f"tag {self.tag}"] if self.tag else []
        return ", ".join(place)

    def flaw(self) -> Flaw:
        return Flaw(field=self.where, detail=self.detail, rule=self.rule)


class Story:
    """One part that holds text, such as the document or a footer, and where things are in it."""

    def __init__(self, name: str, root: etree._Element) -> None:
        self.name = name
        self.root = root

    @cached_property
    def _paragraphs(self) -> list[etree._Element]:
        return list(self.root.iter(w("p")))

    @cached_property
    def _numbers(self) -> dict[etree._Element, int]:
        return {paragraph: number for number, paragraph in enumerate(self._paragraphs, 1)}

    def finding(self, element: etree._Element, detail: str, *, rule: str = "", tag: str = "") -> Finding:
        """Return a finding about an element of this part."""
        number = self._number(element)
        return Finding(
            detail=detail,
            rule=rule,
            part=self.name.lstrip("/"),
            paragraph=number,
            near=self._text_near(number),
            tag=tag,
        )

    def _number(self, element: etree._Element) -> int:
        """Return the number of the paragraph around an element, in it, or in its table row, else of the one before."""
        around = (element, *element.iterancestors(w("p")))
        inside = (next(one.iter(w("p")), None) for one in (element, *element.iterancestors(w("tr"))))
        earlier = (other for one in (element, *element.iterancestors()) for other in one.itersiblings(preceding=True))
        before = (last for other in earlier for last in list(other.iter(w("p")))[-1:])
        candidates = (one for group in (around, inside, before) for one in group)
        return next((self._numbers[one] for one in candidates if one is not None and one in self._numbers), 0)

    def _text_near(self, number: int) -> str:
        for paragraph in reversed(self._paragraphs[:number]):
            text = " ".join(text_of(paragraph).split())
            if text:
                return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()}…"
        return ""
