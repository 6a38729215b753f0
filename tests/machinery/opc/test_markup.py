"""Rule R1: what XML may come in, and through one door only."""

import http.server
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery import opc
from kanta_tenancy.machinery.opc import BrokenPackage
from kanta_tenancy.machinery.opc.markup import parse

PLAIN = "<a><b>ä</b></a>"
LAUGHS = '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;</a>'

ACCEPTED = {
    "UTF-8 without a declaration": PLAIN.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "declared UTF-8": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + PLAIN.encode(),
    "declared in small letters": b"<?xml version='1.0' encoding='utf-8'?>" + PLAIN.encode(),
    "UTF-16 with a mark, little end first": b"\xff\xfe" + PLAIN.encode("utf-16-le"),
    "UTF-16 with a mark, big end first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "declared UTF-16 with a mark": b"\xff\xfe" + f'<?xml version="1.0" encoding="UTF-16"?>{PLAIN}'.encode("utf-16-le"),
    "comments and instructions in front": b"<!-- DOCTYPE --><?a b?>" + PLAIN.encode(),
}

REFUSED = {
    "nothing": b"",
    "no XML": b"hello",
    "a document type": b"<!DOCTYPE a><a/>",
    "a document type after a comment": b"<!-- x -->\n<!DOCTYPE a []><a/>",
    "a document type in UTF-16": b"\xff\xfe" + "<!DOCTYPE a><a/>".encode("utf-16-le"),
    "an external document type": b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
    "entities": LAUGHS.encode(),
    "an entity that nobody declared": b"<a>&b;</a>",
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-32 with a mark": b"\xff\xfe\x00\x00" + PLAIN.encode("utf-32-le"),
    "UTF-32 with a mark, big end first": b"\x00\x00\xfe\xff" + PLAIN.encode("utf-32-be"),
    "UTF-32 without a mark": PLAIN.encode("utf-32-le"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-b/+AD4-</a>',
    "Latin 1": '<?xml version="1.0" encoding="ISO-8859-1"?><a>ä</a>'.encode("latin-1"),
    "UTF-8 declared as UTF-16": b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    "UTF-16 declared as UTF-8": b"\xff\xfe" + '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16-le"),
    "damaged UTF-16": b"\xff\xfe<\x00a\x00/",
    "damaged UTF-8": b"<a>\xc3</a>",
    "XML 1.1": b'<?xml version="1.1"?><a/>',
    "a declaration that is none": b'<?xml encoding="UTF-8"?><a/>',
    "NUL": b"<a>\x00</a>",
    "an end too early": b"<a><b></a>",
    "a second root": b"<a/><a/>",
    "an attribute twice": b'<a b="1" b="2"/>',
    "an undeclared prefix": b"<x:a/>",
    "257 levels": b"<a>" * 257 + b"</a>" * 257,
    "a text of more than ten million letters": b"<a>" + b"a" * 10_000_010 + b"</a>",
}


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_it_accepts(data: bytes):
    assert [child.text for child in parse(data, "/a.xml")] == ["ä"]


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_it_refuses(data: bytes):
    with pytest.raises(BrokenPackage) as caught:
        parse(data, "/a.xml")
    assert caught.value.rule == "R1"
    assert caught.value.part == "/a.xml"


@pytest.mark.parametrize(
    "data",
    [b"<a>" + b" " * 11_000_000 + b"</a>", b"<a>" + b"<a/>" * 2_000_001 + b"</a>", b"<a " + b"a='' " * 2_000_001],
)
def test_it_refuses_what_would_need_much_memory(data: bytes):
    with pytest.raises(BrokenPackage) as caught:
        parse(data, "/a.xml")
    assert caught.value.rule == "R0"


def test_it_neither_fetches_nor_includes(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    asked: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for kind in (f'SYSTEM "{address}/a.dtd"', f'[<!ENTITY b SYSTEM "file://{secret}">]'):
            with pytest.raises(BrokenPackage):
                parse(f"<!DOCTYPE a {kind}><a>&b;</a>".encode(), "/a.xml")
        include = f'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{secret}" parse="text"/></a>'
        assert "".join(parse(include.encode(), "/a.xml").itertext()) == ""
        styled = f'<?xml-stylesheet href="{address}/a.xsl"?><a schemaLocation="{address}/a.xsd"/>'
        parse(styled.encode(), "/a.xml")
        server.shutdown()
    assert asked == []


@given(st.text(alphabet="<!->?xDOCTYPEa &;[]\"'/=\n \x00ä", max_size=60))
def test_whatever_comes_it_is_parsed_or_refused(text: str):
    for data in (text.encode(), b"\xff\xfe" + text.encode("utf-16-le"), f"<!--{text}--><a/>".encode()):
        try:
            root = parse(data, "/a.xml")
        except BrokenPackage:
            continue
        assert root.getroottree().docinfo.doctype == ""


def test_a_hostile_prolog_costs_one_pass():
    for data in (b"<!--" * 500_000, b"<?" * 500_000, b" " * 1_000_000, b"<!---->" * 200_000 + b"!"):
        with pytest.raises(BrokenPackage):
            parse(data, "/a.xml")


def test_no_other_module_of_the_package_parses_xml():
    """Guard the door: whoever else calls a parser of lxml or the standard library must come through here."""
    package = Path(opc.__file__).parents[1]
    others = {
        path.name
        for path in [*(package / "opc").rglob("*.py"), *(package / "ooxml").rglob("*.py")]
        if re_parses(path.read_text())
    }
    assert others == {"markup.py"}


def re_parses(source: str) -> bool:
    return any(call in source for call in ("etree.fromstring(", "etree.parse(", "etree.XML(", "ElementTree", "minidom"))
