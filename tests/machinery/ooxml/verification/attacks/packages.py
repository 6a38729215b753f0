"""Packages whose names, parts, content types and relationships are other than what was signed (rules R4 to R9)."""

from typing import Final

from tests.machinery.ooxml.verification.attacks.building import (
    EVIL,
    ROOT,
    STYLES,
    Change,
    added,
    both,
    content_of,
    link,
    linked,
    replaced,
    rewritten,
    tampering,
    typed,
    with_item,
    without,
)
from tests.machinery.ooxml.verification.documents import (
    PACKAGE,
    RELATIONSHIPS,
    TYPES,
    WORD,
    R,
    default,
    override,
    relationships,
)
from tests.machinery.opc.zips import Item

STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_MAIN: Final = f"{WORD}.document.main+xml"
_UTF8: Final = 0x0800
_MACROS: Final = "application/vnd.ms-office.vbaProject"
_ACTIVEX: Final = "application/vnd.ms-office.activeX+xml"


def twin(name: str) -> Change:
    """Add an entry whose name some reader takes for the document's."""
    return with_item(Item(name=name, content=EVIL, flags=0 if name.isascii() else _UTF8))


def led(target: str) -> Change:
    """Lead the package to its document in another spelling."""
    return replaced(ROOT, '"word/document.xml"', f'"{target}"')


def evil_document(name: str = "word/evil.xml", kind: str = _MAIN, line: str = "") -> Change:
    related = [linked(line, ROOT)] if line else []
    return both(added(name, kind=kind), *related)


NAMES = tampering(
    "Names that some readers take for another name",
    R0={
        "the document in capitals": twin("WORD/DOCUMENT.XML"),
        "the document in wide letters": twin("\uff57ord/document.xml"),
        "the document with a long s": twin("word/document.xml".replace("c", "\u217d")),
        "the styles with a long s": twin("word/\u017ftyles.xml"),
        "a backslash": twin("word\\document.xml"),
        "a step up and down": twin("word/../word/document.xml"),
        "a step that stays": twin("./word/document.xml"),
        "an absolute name": twin("/word/document.xml"),
        "a drive": twin("C:word/document.xml"),
        "two slashes": twin("word//document.xml"),
        "a dot at the end": twin("word/document.xml."),
        "a stream of a file": twin("word/document.xml::$DATA"),
        "a zero in the name": twin("word/document.xml\0.png"),
        "a name that turns round": twin("word/\u202elmx.tnemucod"),
        "a character that is not seen": twin("word/docu\u200bment.xml"),
        "a soft hyphen": twin("word/docu\u00adment.xml"),
        "no declared encoding": with_item(Item(name="x", content=EVIL, both={"name": b"word/d\x94cument.xml"})),
        "damaged UTF-8": with_item(Item(name="x", content=EVIL, flags=_UTF8, both={"name": b"word/\xc0\xafd.xml"})),
        "relationships of a part in other letters": content_of("word/_rels/Document.xml.rels", relationships()),
        "content types in other letters": with_item(Item(name="[content_types].XML", content=b"<Types/>")),
    },
    R8={
        "a Cyrillic letter": twin("w\u043erd/document.xml"),
        "an accent of its own": twin("word/docume\u0301nt.xml"),
        "a dotless i": twin("word/med\u0131a.xml"),
        "a part in pieces": twin("word/document.xml/[0].piece"),
        "a last piece": twin("word/document.xml/[1].last.piece"),
        "content types in pieces": twin("[Content_Types].xml/[0].piece"),
        "a percent-encoded letter": twin("word/%64ocument.xml"),
        "a percent-encoded dot": twin("word/document%2Exml"),
        "a percent-encoded slash": twin("word%2Fdocument.xml"),
        "a space at the end": twin("word/document.xml "),
        "a part inside a part": twin("word/document.xml/evil.xml"),
        "relationships of a part that is not there": content_of("word/_rels/evil.xml.rels", relationships()),
        "relationships of relationships": content_of("_rels/_rels/.rels.rels", relationships()),
        "the document by a percent-encoded target": led("word/%64ocument.xml"),
        "the document by a target in capitals": led("word/Document.xml"),
        "the document by a backslash": led("word\\document.xml"),
        "the document by an address": led("pack://package/word/document.xml"),
        "the document with a fragment": led("word/document.xml#evil"),
    },
    R6={
        "the document by a detour": led("word/../word/document.xml"),
        "the document by an absolute target": led("/word/document.xml"),
    },
)

PARTS = tampering(
    "Parts added, unlinked or left out of the manifest",
    R5={
        "a part that nothing leads to": added("word/people.xml", kind=f"{WORD}.people+xml"),
        "a part by its extension only": added("word/evil.xml"),
        "comments": added("word/comments.xml", kind=f"{WORD}.comments+xml"),
        "a part among the metadata": added("docProps/evil.xml", kind=f"{WORD}.people+xml"),
        "a picture": both(typed(default("gif", "image/gif")), added("word/media/evil.gif", b"GIF89a")),
        "custom properties that nothing leads to": added(
            "docProps/custom.xml",
            b"<Properties/>",
            "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        ),
        "a part taken away": without(STYLES),
    },
    R5_R6={
        "a part that the document leads to": both(
            added("word/footnotes.xml", kind=f"{WORD}.footnotes+xml"), linked(link(f"{R}/footnotes", "footnotes.xml"))
        ),
        "a part that the package leads to": both(added("evil.xml"), linked(link("urn:evil", "evil.xml"), ROOT)),
        "a part that metadata leads to": both(
            added("evil.xml"), content_of("docProps/_rels/app.xml.rels", relationships(link("urn:evil", "/evil.xml")))
        ),
        "bound data": both(
            added("customXml/item1.xml", b"<data/>"), linked(link(f"{R}/customXml", "../customXml/item1.xml"))
        ),
        "a glossary": both(
            added("word/glossary/document.xml", kind=f"{WORD}.document.glossary+xml"),
            linked(link(f"{R}/glossaryDocument", "glossary/document.xml")),
        ),
        "two core properties, one of them content": both(
            added("docProps/evil.xml", kind="application/vnd.openxmlformats-package.core-properties+xml"),
            linked(link(f"{PACKAGE}/relationships/metadata/core-properties", "docProps/evil.xml"), ROOT),
        ),
        "a thumbnail that is a document": both(
            added("docProps/thumbnail.xml", kind=f"{WORD}.people+xml"),
            linked(link(f"{PACKAGE}/relationships/metadata/thumbnail", "docProps/thumbnail.xml"), ROOT),
        ),
    },
    R6={
        "metadata shown as a picture": linked(link(f"{R}/image", "/docProps/core.xml")),
    },
)

TYPES_CHANGED = tampering(
    "Content types changed",
    R5={
        "a part's type": replaced(TYPES, f"{WORD}.styles+xml", f"{WORD}.numbering+xml"),
        "a part's type taken away": rewritten(TYPES, r'<Override PartName="/word/styles.xml"[^>]*>', ""),
        "a part's type in other letters": replaced(TYPES, f"{WORD}.styles+xml", f"{WORD}.Styles+xml"),
    },
    R8={
        "a second type": typed(override("/word/styles.xml", "text/html")),
        "a second type in other letters": typed(override("/WORD/styles.xml", "text/html")),
        "a second default": typed(default("XML", "text/html")),
        "a type with parameters": replaced(TYPES, f"{WORD}.styles+xml", f"{WORD}.styles+xml; charset=utf-7"),
        "a type with a space": replaced(TYPES, f"{WORD}.styles+xml", f"{WORD}.styles+xml "),
        "a type of no part but a percent-encoded one": typed(
            override("/word/%73tyles.xml ", "text/html").replace("/word", "word")
        ),
        "another base": replaced(TYPES, "<Types ", '<Types xml:base="/evil/" '),
        "another base of one line": replaced(TYPES, "<Override ", '<Override xml:base="/evil/" '),
        "a line of a type of its own": replaced(
            TYPES, "<Override ", '<Override xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Default" '
        ),
        "a line in another namespace": typed('<Override xmlns="urn:evil" PartName="/word/a.xml" ContentType="a/b"/>'),
        "text between the lines": typed("evil"),
        "relationships of another type": typed(override("/word/_rels/document.xml.rels", "application/xml")),
        "an alternative for other readers": typed(
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/>'
        ),
        "no content types": without(TYPES),
    },
    R1={
        "a document type": replaced(TYPES, "<Types ", "<!DOCTYPE Types><Types "),
        "UTF-7": rewritten(TYPES, 'encoding="UTF-8"', 'encoding="UTF-7"'),
        "UTF-16 that is UTF-8": rewritten(TYPES, 'encoding="UTF-8"', 'encoding="UTF-16"'),
    },
)

DOCUMENTS = tampering(
    "A second or another main document, macros, templates and documents from elsewhere",
    R4_R5={
        "a second main document that nothing leads to": evil_document(),
        "a glossary called a main document": evil_document("word/glossary/document.xml"),
        "a main document with macros": replaced(TYPES, _MAIN, "application/vnd.ms-word.document.macroEnabled.main+xml"),
        "a template": replaced(TYPES, _MAIN, f"{WORD}.template.main+xml"),
        "a workbook": replaced(
            TYPES, _MAIN, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        ),
        "a web page": replaced(TYPES, _MAIN, "text/html"),
        "a document of Word 97": replaced(TYPES, _MAIN, "application/msword"),
        "macros that nothing leads to": added("word/vbaProject.bin", b"\xd0\xcf\x11\xe0", _MACROS),
    },
    R4_R5_R6={
        "a second main document": evil_document(line=link(f"{R}/officeDocument", "word/evil.xml")),
        "a second main document by the strict relationship": evil_document(
            line=link(f"{STRICT}/officeDocument", "word/evil.xml")
        ),
        "a signed workbook's place for an attacker's document": evil_document(
            "xl/workbook.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            link(f"{R}/officeDocument", "xl/workbook.xml"),
        ),
        "macros": both(
            added("word/vbaProject.bin", b"\xd0\xcf\x11\xe0", _MACROS),
            linked(link("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin")),
        ),
    },
    R5_R6_R9={
        "another document taken in": both(
            typed(default("html", "text/html")),
            added("word/evil.html", b"<p>Maksetaan 900 euroa.</p>"),
            linked(link(f"{R}/aFChunk", "evil.html")),
        ),
        "a subdocument": both(added("word/sub.xml"), linked(link(f"{R}/subDocument", "sub.xml"))),
        "an OLE object": both(
            added(
                "word/embeddings/oleObject1.bin",
                b"\xd0\xcf\x11\xe0",
                "application/vnd.openxmlformats-officedocument.oleObject",
            ),
            linked(link(f"{R}/oleObject", "embeddings/oleObject1.bin")),
        ),
        "an ActiveX control": both(
            added("word/activeX/activeX1.xml", b"<ocx/>", _ACTIVEX),
            linked(link(f"{R}/control", "activeX/activeX1.xml")),
        ),
        "a font": both(
            added("word/fonts/font1.odttf", b"font", "application/vnd.openxmlformats-officedocument.obfuscatedFont"),
            linked(link(f"{R}/font", "fonts/font1.odttf")),
        ),
        "a ribbon that runs something": both(
            added("customUI/customUI.xml", b"<customUI/>"),
            linked(
                link(
                    "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "customUI/customUI.xml"
                ),
                ROOT,
            ),
        ),
        "an add-in": both(
            added("word/webextensions/taskpanes.xml", b"<taskpanes/>"),
            linked(
                link(
                    "http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes",
                    "word/webextensions/taskpanes.xml",
                ),
                ROOT,
            ),
        ),
    },
    R6_R9={
        "a template from the web": linked(link(f"{R}/attachedTemplate", "https://example.org/a.dotm", "External")),
        "a template from a share": linked(link(f"{R}/attachedTemplate", "file://server/a.dotm", "External")),
        "a picture from the web": linked(link(f"{R}/image", "https://example.org/a.png", "External")),
        "a data source": linked(link(f"{R}/mailMergeSource", "file:///C:/a.csv", "External")),
        "a film from the web": linked(link(f"{R}/video", "https://example.org/a.mp4", "External")),
        "a transformation when it is saved": linked(link(f"{R}/transform", "https://example.org/a.xsl", "External")),
        "a link to a program": linked(link(f"{R}/hyperlink", "ms-word:ofe|u|https://example.org/a.dotm", "External")),
    },
)

LINKS = tampering(
    "Relationships redirected, added or removed",
    R6={
        "led to another part": replaced(RELATIONSHIPS, '"styles.xml"', '"document.xml"'),
        "of another type": replaced(RELATIONSHIPS, f"{R}/styles", f"{R}/numbering"),
        "of the strict type": replaced(RELATIONSHIPS, f"{R}/styles", f"{STRICT}/styles"),
        "of a type in other letters": replaced(RELATIONSHIPS, f"{R}/styles", f"{R}/Styles"),
        "of another id": rewritten(RELATIONSHIPS, r'Id="(\w+)"', r'Id="\1x"'),
        "of an id in other letters, added": linked(link(f"{R}/image", "document.xml", name="RID1")),
        "of a link to the web, added": linked(link(f"{R}/hyperlink", "https://example.org/", "External")),
        "of the strict type of a link to the web, added": linked(
            link(f"{STRICT}/hyperlink", "https://example.org/", "External")
        ),
        "removed": rewritten(RELATIONSHIPS, r"<Relationship [^>]*styles[^>]*>", ""),
        "removed with all others": without(RELATIONSHIPS),
        "of the package removed": rewritten(ROOT, r"<Relationship [^>]*officeDocument\"[^>]*>", ""),
        "relationships of a part that had none": content_of(
            "word/_rels/styles.xml.rels", relationships(link(f"{R}/image", "document.xml"))
        ),
    },
    R6_R9={
        "led out of the package": rewritten(
            RELATIONSHIPS, r'Target="styles.xml"', 'Target="styles.xml" TargetMode="External"'
        ),
    },
    R8={
        "an id twice": linked(link(f"{R}/styles", "document.xml", name="rId1")),
        "another base": replaced(RELATIONSHIPS, "<Relationships ", '<Relationships xml:base="/evil/" '),
        "another base of one": replaced(RELATIONSHIPS, "<Relationship ", '<Relationship xml:base="/evil/" '),
        "a mode in other letters": rewritten(
            RELATIONSHIPS, r'Target="styles.xml"', 'Target="styles.xml" TargetMode="external"'
        ),
        "one in another": linked('<Relationship Id="a" Type="b" Target="c"><Relationship/></Relationship>'),
        "one in another namespace": linked('<Relationship xmlns="urn:evil" Id="a" Type="b" Target="document.xml"/>'),
        "one with a name of its own besides": replaced(
            RELATIONSHIPS, "<Relationship ", '<Relationship xmlns:a="urn:a" a:Target="evil.xml" '
        ),
        "one that leads nowhere": linked(link(f"{R}/image", "evil.png")),
        "one of an alternative for other readers": linked(
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/>'
        ),
        "text between them": linked("evil"),
    },
    R1={
        "a document type": replaced(RELATIONSHIPS, "<Relationships ", "<!DOCTYPE a><Relationships "),
        "a target by an entity": replaced(
            RELATIONSHIPS, "<Relationships ", '<!DOCTYPE a [<!ENTITY e "document.xml">]><Relationships '
        ),
    },
)
FAMILIES = (NAMES, PARTS, TYPES_CHANGED, DOCUMENTS, LINKS)
