"""The documentation page: the OpenAPI document as one HTML page, without scripts and without the network."""

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element

from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.web.examples import example_of
from kanta_tenancy.machinery.web.markup import tag, written
from kanta_tenancy.machinery.web.problems import PLAIN, STATUS, UNEXPECTED

Document = Mapping[str, Any]

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --accent: light-dark(#00539f, #7ab8ff); }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem 1.5rem 4rem; }
h1 { line-height: 1.2; } h2 { border-bottom: 2px solid var(--line); margin-top: 3rem; } h3 { margin-top: 2.2rem; }
a { color: var(--accent); } code, pre { font: .9em/1.5 ui-monospace, monospace; }
code { overflow-wrap: anywhere; } pre { background: var(--soft); overflow-x: auto; padding: .8rem 1rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
article { border-top: 1px solid var(--line); } nav ul { columns: 2 20rem; padding-left: 1.2rem; }
:target { outline: 2px solid var(--accent); outline-offset: .4rem; }
"""
STYLE_DIGEST: Final = f"sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}"

_BEGINNING: Final = """export URL=http://127.0.0.1:8000    # where the service answers
export KEY=kt_…                     # your access key"""
_LIMITS: Final = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "pattern": "matches {}",
    "default": "{} when left out",
}


def reference_page(document: Document) -> str:
    """Return the whole page; every text of the document is escaped on the way."""
    title = f"{document['info']['title']} {document['info']['version']}"
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", title),
            tag("style", _STYLE),
        ),
        tag(
            "body",
            tag("header", tag("h1", title), *_paragraphs(document["info"]["description"])),
            _contents(document),
            tag(
                "main",
                tag("p", "The examples use two variables of the shell:"),
                tag("pre", tag("code", _BEGINNING)),
                *_operations(document),
                tag("h2", "Types", id="types"),
                *(_type(name, schema) for name, schema in sorted(document["components"]["schemas"].items())),
                *_problems(),
            ),
        ),
        lang="en",
    )
    return written(page)


def _paragraphs(text: str) -> Iterator[Element]:
    for paragraph in filter(None, text.split("\n\n")):
        yield tag("p", *_with_code(paragraph))


def _with_code(text: str) -> "Iterator[Element | str]":
    for position, piece in enumerate(text.split("`")):
        yield tag("code", piece) if position % 2 else piece


def _by_tag(document: Document) -> Mapping[str, Sequence[tuple[str, str, Document]]]:
    found: dict[str, list[tuple[str, str, Document]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found.setdefault(next(iter(operation.get("tags", ())), "Other"), []).append(
                (method.upper(), path, operation)
            )
    return found


def _contents(document: Document) -> Element:
    lists = []
    for name, operations in _by_tag(document).items():
        links = (tag("a", operation["summary"], href=f"#{operation['operationId']}") for _, _, operation in operations)
        lists += [tag("p", name), tag("ul", *(tag("li", link) for link in links))]
    ends = (tag("a", word.capitalize(), href=f"#{word}") for word in ("types", "problems"))
    return tag("nav", *lists, tag("ul", *(tag("li", link) for link in ends)), **{"aria-label": "Contents"})


def _operations(document: Document) -> Iterator[Element]:
    for name, operations in _by_tag(document).items():
        yield tag("h2", name)
        for method, path, operation in operations:
            yield _operation(method, path, operation, document)


def _operation(method: str, path: str, operation: Document, document: Document) -> Element:
    parts = [
        tag("h3", operation["summary"]),
        tag("p", tag("code", f"{method} {path}")),
        *_paragraphs(operation.get("description", "")),
    ]
    if operation.get("parameters"):
        rows = [_parameter(parameter) for parameter in operation["parameters"]]
        parts.append(_table("Parameters", ("Name", "In", "Required", "Kind", "What"), rows))
    body = operation.get("requestBody")
    if body:
        kinds = [tag("li", tag("code", kind), " ", *_kind(media.get("schema"))) for kind, media in _media(body)]
        parts += [tag("p", f"Body, {body['description'].lower()}:"), tag("ul", *kinds)]
    rows = [_answer(status, answer) for status, answer in operation["responses"].items()]
    parts.append(_table("Answers", ("Status", "What", "Body"), rows))
    parts.append(tag("pre", tag("code", _curl(method, path, operation, document))))
    return tag("article", *parts, id=operation["operationId"])


def _media(holder: Document) -> Iterator[tuple[str, Document]]:
    yield from holder.get("content", {}).items()


def _parameter(parameter: Document) -> "Sequence[Sequence[Element | str]]":
    schema = parameter["schema"]
    return (
        [tag("code", parameter["name"])],
        [parameter["in"]],
        ["yes" if parameter["required"] else "no"],
        [*_kind(schema)],
        [*_with_code(parameter.get("description") or schema.get("description", ""))],
    )


def _answer(status: str, answer: Document) -> "Sequence[Sequence[Element | str]]":
    bodies: list[Element | str] = []
    for kind, media in _media(answer):
        bodies += [tag("code", kind), " ", *_kind(media.get("schema"))]
    return [status], [*_with_code(answer["description"])], bodies


def _table(caption: str, heads: Sequence[str], rows: "Sequence[Sequence[Sequence[Element | str]]]") -> Element:
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *(tag("tr", *(tag("td", *cell) for cell in row)) for row in rows)),
    )


def _kind(schema: Document | None) -> "Iterator[Element | str]":
    """Say in words what values a schema allows, with links to named types."""
    if not schema:
        yield "any bytes"
    elif "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield tag("a", name, href=f"#type-{name}")
    elif "anyOf" in schema:
        for position, choice in enumerate(schema["anyOf"]):
            yield " or " if position else ""
            yield from _kind(choice)
    elif "enum" in schema:
        yield "one of " + ", ".join(map(str, schema["enum"]))
    elif schema.get("type") == "array":
        yield "list of "
        yield from _kind(schema.get("items", {}))
    else:
        yield schema.get("format") or str(schema.get("type", "any value"))
    yield _limits(schema or {})


def _limits(schema: Document) -> str:
    found = [sentence.format(schema[name]) for name, sentence in _LIMITS.items() if schema.get(name) is not None]
    return f" ({', '.join(found)})" if found else ""


def _type(name: str, schema: Document) -> Element:
    description = [*_paragraphs(schema.get("description", ""))]
    if "properties" not in schema:
        return tag("section", tag("h3", name), *description, tag("p", *_kind(schema)), id=f"type-{name}")
    rows = [
        (
            [tag("code", field)],
            ["yes" if field in schema["required"] else "no"],
            [*_kind(kind)],
            [*_with_code(kind.get("description", ""))],
        )
        for field, kind in schema["properties"].items()
    ]
    table = _table("Fields", ("Name", "Required", "Kind", "What"), rows)
    return tag("section", tag("h3", name), *description, table, id=f"type-{name}")


def _problems() -> Iterator[Element]:
    yield tag("h2", "Problems", id="problems")
    yield tag("p", "What is refused is refused as ", tag("code", "application/problem+json"), ", with these types.")
    known = [(error.slug, STATUS[error.category].value, error.title) for error in _refusals(DomainError)]
    known += [(plain.slug, int(status), plain.title) for status, plain in PLAIN.items()]
    known.append((UNEXPECTED.slug, 500, UNEXPECTED.title))
    rows = [
        ([tag("code", f"/problems/{slug}", id=f"problem-{slug}")], [str(status)], [title])
        for slug, status, title in sorted(set(known))
    ]
    yield _table("Problems", ("Type", "Status", "What"), rows)


def _refusals(root: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in root.__subclasses__():
        if hasattr(error, "slug"):
            yield error
        yield from _refusals(error)


def _curl(method: str, path: str, operation: Document, document: Document) -> str:
    words = [f'curl -X {method} "$URL{path}"']
    if operation["security"]:
        words.append('-H "Authorization: Bearer $KEY"')
    words += [
        f"-H '{parameter['name']}: {parameter['schema']['examples'][0]}'"
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header" and parameter["required"]
    ]
    for kind, media in _media(operation.get("requestBody", {})):
        words.append(f"-H 'Content-Type: {kind}'")
        if media:
            value = example_of(media["schema"], document["components"]["schemas"])
            words.append(f"-d {shlex.quote(json.dumps(value, ensure_ascii=False))}")
        else:
            words.append("--data-binary @FILE")
    return " \\\n  ".join(words)
