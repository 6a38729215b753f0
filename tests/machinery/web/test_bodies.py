import pytest

from kanta_tenancy.machinery.web.bodies import read_json
from kanta_tenancy.machinery.web.errors import RequestInvalid, RequestMalformed
from tests.machinery.web.shelf import NewBook


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"{}", "title"),
        (b'{"title": 3}', "title"),
        (b'{"title": ""}', "title"),
        (b'{"title": "a", "titel": "b"}', "titel"),
        (b'{"title": "a", "authors": [{"name": "b"}, {"name": "c", "email": "nowhere"}]}', "authors[1].email"),
        (b'{"title": "a", "authors": [{"name": "b", "born_on": "1999-02-30"}]}', "authors[0].born_on"),
        (b'{"title": "a", "authors": [{"name": "b", "born_on": "9999-12-31"}]}', "authors[0].born_on"),
        (b'{"title": "a", "authors": [{}]}', "authors[0].name"),
        (b'{"title": "a", "authors": [{"name": "b", "n\\u0000": 1}]}', "authors[0].n�"),
        (b'{"title": "a", "shelf": "131052-308T"}', "shelf"),
        (b'{"title": "a", "printed_at": "2026-03-02T09:00:00"}', "printed_at"),
        (b'{"title": "a", "printed_at": "0001-01-01T00:00:00+14:00"}', "printed_at"),
        (b'{"title": "a", "printed_at": "9999-12-31T23:59:59-12:00"}', "printed_at"),
        (b'{"title": "a\\u0000b"}', "title"),
        (b'{"title": "a", "notes": {"n": "\\u0000"}}', "notes.n"),
        (b'{"title": "a", "notes": {"n": 1}}', "notes[...]"),
        (b"null", ""),
        (b"[]", ""),
    ],
)
def test_what_is_wrong_is_named_by_its_field(raw: bytes, field: str):
    with pytest.raises(RequestInvalid) as refused:
        read_json(raw, NewBook)
    assert [flaw.field for flaw in refused.value.flaws] == [field]
    assert "131052-308T" not in refused.value.detail
    assert "`" not in refused.value.detail


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"title": "a"',
        b'{"title": "a",}',
        b'{"title": "a"} {}',
        b'{"title": NaN}',
        b'\xef\xbb\xbf{"title": "a"}',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"title": ' + b"[" * 40_000,
        b'{"title": "a", "title": "b"}',
        b'{"title": "a", "authors": [{"name": "b", "name": "c"}]}',
    ],
)
def test_what_is_no_json_is_malformed(raw: bytes):
    with pytest.raises((RequestMalformed, RequestInvalid)) as refused:
        read_json(raw, NewBook)
    nested = raw.startswith(b'{"title": [')  # a list is refused as a title before its depth is seen
    assert isinstance(refused.value, RequestInvalid if nested else RequestMalformed)


def test_depth_is_refused_even_where_any_value_may_stand():
    for depth in (900, 40_000):
        with pytest.raises(RequestMalformed):
            read_json(b"[" * depth + b"]" * depth, object)


def test_a_good_body_is_read_as_it_was_sent():
    book = read_json(b'{"title": "Kalevala \\u00e4 & <b>", "printed_at": "2026-03-02T09:00:00+02:00"}', NewBook)
    assert book.title == "Kalevala ä & <b>"
    assert book.printed_at is not None
    assert book.printed_at.isoformat() == "2026-03-02T09:00:00+02:00"
