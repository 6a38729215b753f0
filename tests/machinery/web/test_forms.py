"""A filled form is read as browsers send it: fields first, files when they are wanted, no more than is kept."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, Response, post

from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.web.bodies import StrictRequest
from kanta_tenancy.machinery.web.forms import FilledForm, FormLimits

LIMITS = FormLimits(text=1_000, file=100, files=150)


@post("/", request_max_body_size=10_000)
async def read(request: Request[Any, Any, Any]) -> dict[str, Any]:
    form = FilledForm(request, LIMITS)
    await form.read_fields()
    first, brings_files = dict(form.fields), form.brings_files
    await form.read_files()
    files = [[one.name, one.size, None if one.content is None else one.content.decode()] for one in form.files]
    return {"first": first, "brings_files": brings_files, "fields": form.fields, "files": files}


def refused(_: object, error: DomainError) -> Any:
    return Response({"refused": error.slug}, status_code=400)


def browser() -> httpx.AsyncClient:
    app = Litestar([read], request_class=StrictRequest, exception_handlers={DomainError: refused})
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = "" if filename is None else f'; filename="{filename}"'
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"


async def sent(*parts: bytes, cut_into: int = 10_000, end: bytes = b"--x--\r\n") -> httpx.Response:
    body = b"".join(parts) + end

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), cut_into):
            yield body[start : start + cut_into]

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with browser() as http:
        return await http.post("/", content=pieces(), headers=headers)


@pytest.mark.parametrize("cut_into", [1, 7, 10_000])
async def test_fields_and_files_are_read_however_they_come(cut_into):
    answer = await sent(
        part("what", "å\r\nb".encode()),
        part("empty", b""),
        part("files", b"", ""),
        part("files", b"one", "Näyttö.txt"),
        part("files", b"--x\r\nlooks like one", "b.txt"),
        part("after", b"z"),
        cut_into=cut_into,
    )
    assert answer.json() == {
        "first": {"what": "å\r\nb", "empty": ""},
        "brings_files": True,
        "fields": {"what": "å\r\nb", "empty": "", "after": "z"},
        "files": [["Näyttö.txt", 3, "one"], ["b.txt", 19, "--x\r\nlooks like one"]],
    }


async def test_a_form_without_files_says_so():
    assert (await sent(part("a", b"1"), part("files", b"", ""))).json() == {
        "first": {"a": "1"},
        "brings_files": False,
        "fields": {"a": "1"},
        "files": [],
    }
    async with browser() as http:
        plain = await http.post("/", data={"a": "å & b", "c": ""})
    assert plain.json()["fields"] == {"a": "å & b", "c": ""}


async def test_what_is_too_large_is_counted_and_not_kept():
    answer = await sent(
        part("files", b"x" * 101, "large"), part("files", b"y" * 100, "fits"), part("files", b"z" * 51, "together")
    )
    assert answer.json()["files"] == [["large", 101, None], ["fits", 100, "y" * 100], ["together", 51, None]]


async def test_too_much_text_is_refused_and_too_large_a_body_too():
    assert (await sent(part("a", b"x" * 600), part("b", b"x" * 401))).status_code == 413
    assert (await sent(part("a", b"x" * 600), part("b", b"x" * 400))).status_code == 201
    assert (await sent(part("files", b"", ""), part("files", b"x" * 1001, ""))).status_code == 413
    assert (await sent(part("files", b"x" * 11_000, "a"))).status_code == 413
    async with browser() as http:
        assert (await http.post("/", data={"a": "x" * 1001})).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        part("a", b"1"),
        part("a", b"\xff") + b"--x--\r\n",
        b"--x\r\nContent-Disposition: attachment\r\n\r\n1\r\n--x--\r\n",
        b"".join(part(f"f{number}", b"") for number in range(41)) + b"--x--\r\n",
    ],
    ids=["nothing", "nonsense", "cut off", "no text", "no form data", "too many fields"],
)
async def test_what_is_no_form_is_refused(body):
    answer = await sent(body, end=b"")
    assert (answer.status_code, answer.json()) == (400, {"refused": "request-malformed"})


async def test_what_stands_behind_the_end_is_nothing():
    assert (await sent(part("a", b"1"), end=b"--x--\r\n\r\nmore")).json()["fields"] == {"a": "1"}


async def test_a_form_without_a_boundary_is_refused():
    async with browser() as http:
        answer = await http.post("/", content=b"--x--", headers={"Content-Type": "multipart/form-data"})
    assert answer.status_code == 400


@given(st.binary(max_size=300))
async def test_no_bytes_break_it(body):
    assert (await sent(b"--x\r\n", body, end=b"")).status_code in {201, 400, 413}
