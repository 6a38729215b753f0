"""The page for people: whole, in their language, and nothing that a stranger wrote becomes more than text."""

import base64
import hashlib
import re
from html import escape
from html.parser import HTMLParser

import pytest

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml import page_words, sentences
from kanta_tenancy.machinery.ooxml.indication import Cause
from kanta_tenancy.machinery.ooxml.page import STYLE_DIGEST, as_page, circumstances
from kanta_tenancy.machinery.ooxml.presentation import QUESTIONS
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.sample_authority import Signer, issue
from tests.machinery.ooxml.signing.documents import document
from tests.machinery.ooxml.verification.asking import ask
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document
from tests.machinery.ooxml.verification.forger import Forgery, signed
from tests.machinery.ooxml.verification.signers import ISSUED, NOW, authority, lists

SIGNED = signed(a_document())
CHANGED = {**SIGNED, DOCUMENT: SIGNED[DOCUMENT].replace(b"100", b"900")}
HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202eelims\u202c"
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "h3", "p", "strong", "small"),
    *("span", "bdi", "time", "dl", "dt", "dd", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "aria-labelledby", "scope", "datetime"}
EMPTY = {"meta"}


class Read(HTMLParser):
    """What a browser makes of a page: tags that close what they opened, attributes, and texts by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.languages: list[str | None] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.languages += [value for name, value in attrs if name == "lang"]
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1], data.strip()))

    def all_of(self, tag: str) -> list[str]:
        return [text for where, text in self.texts if where == tag]


def shown(report: Report, language: Language = Language.ENGLISH, name: str = "agreement.docx") -> str:
    return as_page(report, circumstances(b"file", NOW, [authority().root], [authority().root], name=name), language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("parts", [SIGNED, CHANGED, a_document(), b"no zip"], ids=["valid", "changed", "unsigned", "-"])
def test_a_page_is_whole_and_says_what_the_report_says(language: Language, parts: dict[str, bytes] | bytes):
    report = ask(parts)
    page = Read(shown(report, language))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert page.languages[0] == language
    assert page_words.VERDICTS[report.verdict].said_in(language) in page.all_of("strong")
    assert sentences.of_report(report).said_in(language) in page.all_of("p")
    assert page.all_of("td").count(sentences.OUTCOMES[Outcome.PASSED].said_in(language)) == sum(
        getattr(one, question).outcome is Outcome.PASSED for one in report.signatures for question in QUESTIONS
    )
    for one in report.signatures:
        for question in QUESTIONS:
            assert sentences.of_answer(question, getattr(one, question)).said_in(language) in page.all_of("td")
    for reason in report.reasons:
        assert reason.detail in page.all_of("bdi")
    assert {each.said_in(language) for each in page_words.NOT_SAYINGS} <= set(page.all_of("li"))
    assert report.indicated.indication in " ".join(page.all_of("dd"))


def test_a_page_names_file_digest_time_authorities_signer_comment_and_links():
    page = Read(shown(ask(SIGNED)))
    said = [text for _, text in page.texts]
    for text in (
        "agreement.docx",
        hashlib.sha256(b"file").hexdigest(),
        "1 June 2026 15:00 Finnish time",
        "Test Root",
        "Aino",
        "CN=Aino,O=Hoivakoti,C=FI",
        "Hyväksyn",
        "https://www.example.fi/",
    ):
        assert text in said, text


def test_what_is_not_covered_is_listed_and_without_it_there_is_no_such_heading():
    report = ask({**SIGNED, "word/media/more.png": b"png"})
    page = Read(shown(report))
    assert page_words.UNCOVERED.en in page.all_of("h2")
    assert set(report.uncovered) <= set(page.all_of("bdi"))
    assert page_words.UNCOVERED.en not in Read(shown(ask(SIGNED))).all_of("h2")


def test_what_a_stranger_writes_is_text_and_nothing_else():
    how = Forgery(office=lambda text: text.replace("Hyväksyn", escape(HOSTILE, quote=False)))
    report = ask(signed(a_document(), how))
    assert "<script>" in report.signatures[0].comments
    named = issue(authority(), Signer(name=HOSTILE[:60], organisation="<b>Oy</b>"), at=ISSUED)
    by_hostile = verify(sign(document(), named, at=NOW), at=NOW, anchors=[named.certificate], revocation=lists())
    for one in (report, by_hostile):
        text = shown(one, name=HOSTILE)
        page = Read(text)
        assert page.tags <= TAGS
        assert page.attributes <= ATTRIBUTES
        assert "\u202e" not in text
        assert not re.search(r"<(script|img|b)\b", text)
    assert any("<script>alert(1)</script>" in text for text in page.all_of("bdi"))


def test_a_trusted_authority_of_a_hostile_name_is_text_too():
    named = issue(authority(), Signer(name="<i>Root</i>", organisation="Oy"), at=ISSUED).certificate
    page = as_page(ask(SIGNED), circumstances(b"", NOW, [named]), Language.FINNISH)
    assert Read(page).tags <= TAGS
    assert "&lt;i&gt;Root&lt;/i&gt;" in page
    assert page_words.NOBODY.fi in page  # of timestamp authorities


def test_the_page_lets_in_its_own_style_alone():
    page = shown(ask(SIGNED))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" == STYLE_DIGEST
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert STYLE_DIGEST in policy[1]
    assert not re.search(r"(src|href|url\(|@import|style=)", page.replace("default-src", "").replace("style-src", ""))


def test_every_cause_question_verdict_and_outcome_has_a_sentence_in_each_language():
    assert set(sentences.CAUSES) == set(Cause)
    assert set(sentences.PASSED) == set(sentences.QUESTIONS) == set(QUESTIONS)
    assert set(sentences.VERDICTS) == set(page_words.VERDICTS) == set(Verdict)
    assert set(sentences.OUTCOMES) == set(Outcome)
    for table in (sentences.CAUSES, sentences.PASSED, sentences.VERDICTS):
        for language in Language:
            said = [each.said_in(language) for each in table.values()]
            assert len(set(said)) == len(said)
            assert all(each.endswith(".") for each in said)


def test_what_is_said_of_time_differs_when_the_signature_cannot_be_read():
    whole, broken = ask(SIGNED), ask({**SIGNED, "_xmlsignatures/sig1.xml": b"<a/>"})
    said = [sentences.of_answer("time", one.signatures[0].time).en for one in (whole, broken)]
    assert said == [
        "Only the signer says when; no trusted timestamp confirms it.",
        "The signature cannot be read far enough to tell.",
    ]


def test_a_file_that_is_unsigned_is_told_apart_from_one_that_was_changed():
    assert "missing" in sentences.of_report(ask(a_document())).en
    assert sentences.of_report(ask(CHANGED)).en == (
        "The document is not validly signed. Something was changed after it was signed."
    )
