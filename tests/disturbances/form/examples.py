"""Links to the form, and what a browser sends. Say only what matters to the test."""

from html.parser import HTMLParser
from typing import Any

import httpx


async def linked(http: httpx.AsyncClient, name: str = "Ward 3", **said: Any) -> dict[str, Any]:
    answer = await http.post("/v1/disturbances/form-links", json={"name": name} | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


class Seen(HTMLParser):
    """A page as a browser has it: what stands in its fields, its links, its texts by id."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.labelled: set[str] = set()
        self._inside: str | None = None
        self._select: str | None = None
        self.feed(answer.text)

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        has = dict(attributes)
        self.tags.append((name, has))
        if has.get("id"):
            self.ids.add(has["id"] or "")
        if name == "a":
            self.links.append(has.get("href") or "")
        if name == "label" and has.get("for"):
            self.labelled.add(has["for"] or "")
        if name == "input" and (has.get("type") != "radio" or "checked" in has):
            self.fields[has["name"] or ""] = has.get("value") or ""
        if name == "textarea":
            self._inside = has["name"]
            self.fields[has["name"] or ""] = ""
        if name == "select":
            self._select = has["name"]
            self.fields[has["name"] or ""] = ""
        if name == "option" and "selected" in has:
            self.fields[self._select or ""] = has["value"] or ""

    def handle_endtag(self, name: str) -> None:
        if name == "textarea" and self._inside:
            self.fields[self._inside] = self.fields[self._inside].removeprefix("\n")
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.fields[self._inside] += data

    def attributes(self, of: str) -> dict[str, str | None]:
        return next(has for _, has in self.tags if has.get("id") == of)


async def opened(anyone: httpx.AsyncClient, path: str, language: str = "en") -> Seen:
    answer = await anyone.get(f"{path}?lang={language}")
    assert answer.status_code == 200, answer.text
    return Seen(answer)


async def filled(anyone: httpx.AsyncClient, path: str, **typed: str) -> dict[str, str]:
    """Open the form, type the smallest report into it, and return what a browser sends."""
    seen = await opened(anyone, path)
    return seen.fields | {"what": "Prescriptions do not open", "ongoing": "yes"} | typed


async def sent(anyone: httpx.AsyncClient, path: str, fields: dict[str, str], language: str = "en") -> httpx.Response:
    return await anyone.post(f"{path}?lang={language}", data=fields)
