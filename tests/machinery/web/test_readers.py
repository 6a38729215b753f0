"""Programs get JSON, people a page in their language; a header that cannot be read is as good as none."""

from typing import Any

import pytest
from litestar.testing import RequestFactory

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.web.readers import for_reader, language_of, wants_page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def request(**headers: str) -> Any:
    return RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("application/json", False),
        ("text/html", True),
        ("TEXT/HTML; charset=utf-8", True),
        (BROWSER, True),
        ("application/json, text/html;q=0.9", False),
        ("application/json;q=0.5, text/html;q=0.9", True),
        ("text/html;q=0", False),
        ("text/html;q=0.000", False),
        ("text/html;q=abc", False),
        ("text/html;q=2", False),
        (";;;,=,q,\x7f", False),
        (",".join(["a/b"] * 5_000), False),
    ],
)
def test_a_page_is_for_who_names_html_and_takes_json_no_more_gladly(accept: str | None, wanted: bool):
    assert wants_page(request() if accept is None else request(accept=accept)) is wanted


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fi", "fi"),
        ("FI-fi", "fi"),
        ("sv-FI, fi;q=0.9, en;q=0.8", "sv"),
        ("de, fi;q=0.4, sv;q=0.5", "sv"),
        ("en;q=0.1, fi;q=0", "en"),
        ("fi;q=0", "en"),
        ("de-CH, *;q=0.5", "en"),
        ("fi;q=x, sv;q=0.2", "sv"),
        ("fin", "en"),
    ],
)
def test_the_language_is_the_one_of_ours_that_is_most_gladly_read(header: str | None, language: str):
    asked = request() if header is None else request(accept_language=header)
    assert language_of(asked) is Language(language)


def test_the_page_says_its_language_and_what_a_browser_may_do_with_it():
    asked = request(accept=BROWSER, accept_language="sv")
    answer = for_reader(asked, {}, lambda language: f"<p>{language}</p>", policy="default-src 'none'")
    assert answer.content == "<p>sv</p>"
    assert answer.headers["Content-Language"] == "sv"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_both_answers_say_that_they_vary():
    for headers in ({}, {"accept": "text/html"}):
        answer = for_reader(request(**headers), {}, str, policy="")
        assert answer.headers["Vary"] == "Accept, Accept-Language"
