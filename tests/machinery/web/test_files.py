import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.web.files import attachment


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("agreement.docx", "agreement.docx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x", "C__x"),
        ("a\0b", "a b"),
        ('a"; filename="b.exe', "a__ filename__b.exe"),
        ("a\r\nSet-Cookie: x=1", "a  Set-Cookie_ x_1"),
        ("Väinämöisen sopimus.docx", "V_in_m_isen sopimus.docx"),
        ("", "file"),
        ("...", "file"),
        ("CON", "_CON"),
        ("nul.docx", "_nul.docx"),
        ("console.docx", "console.docx"),
        ("\u202excod.exe", "xcod.exe"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(name: str, plain: str):
    assert attachment(name).startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")


def test_a_long_name_keeps_its_ending():
    assert f'filename="{"x" * 115}.docx"' in attachment("x" * 300 + ".docx")


def test_the_full_name_travels_beside_the_plain_one():
    assert attachment("Väinö.docx").endswith("filename*=UTF-8''V%C3%A4in%C3%B6.docx")


@given(st.text(max_size=400))
def test_no_name_can_break_out_of_its_header(name: str):
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.count(";") == 2
    assert "/" not in header
    assert "\\" not in header
    assert len(header) < 2_000


async def test_a_file_is_sent_under_its_name(client):
    book = (await client.post("/v1/books", json={"title": "../Väinö"})).json()["id"]
    answer = await client.get(f"/v1/books/{book}/text")
    assert answer.content == b"PK"
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_V_in_.docx\"; filename*=UTF-8''_V%C3%A4in%C3%B6.docx"
    )
