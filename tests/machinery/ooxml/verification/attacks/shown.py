"""Documents that show what was not signed, or hide what was; the victim signs them well (rule R9)."""

from typing import Final

from tests.machinery.ooxml.verification.attacks.building import (
    EVIL,
    ROOT,
    Change,
    added,
    both,
    content_of,
    link,
    linked,
    preparation,
    replaced,
    typed,
)
from tests.machinery.ooxml.verification.documents import (
    DOCUMENT,
    R,
    W,
    body,
    default,
    paragraph,
    relationships,
    style,
    styles,
)

_WORD: Final = "http://schemas.microsoft.com/office/word"
_MC: Final = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_W14: Final = f'xmlns:w14="{_WORD}/2010/wordml"'
_W15: Final = f'xmlns:w15="{_WORD}/2012/wordml"'
_VML: Final = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
_SVG: Final = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def showing(content: str) -> Change:
    return content_of(DOCUMENT, body(content))


def field(instruction: str, attributes: str = "") -> Change:
    return showing(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"{attributes}/></w:r><w:r><w:instrText>{instruction}</w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>100</w:t></w:r><w:r>'
        '<w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def setting(element: str) -> Change:
    return added("word/settings.xml", f'<w:settings xmlns:w="{W}" xmlns:r="{R}">{element}</w:settings>'.encode())


def alternatives(*branches: str) -> Change:
    return showing(f"<w:p><w:r><mc:AlternateContent {_MC}>{''.join(branches)}</mc:AlternateContent></w:r></w:p>")


def choice(content: str) -> str:
    return f'<mc:Choice Requires="wps">{content}</mc:Choice>'


def fallback(content: str) -> str:
    return f"<mc:Fallback>{content}</mc:Fallback>"


def run(properties: str) -> Change:
    return showing(paragraph("900", properties))


def block(properties: str, text: str = "900") -> Change:
    return showing(f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")


def drawing(element: str) -> Change:
    return showing(f"<w:p><w:r><w:pict {_VML}>{element}</w:pict></w:r></w:p>")


def svg(content: str) -> Change:
    return both(
        typed(default("svg", "image/svg+xml")),
        added("word/media/image2.svg", f"<svg {_SVG}>{content}</svg>".encode()),
        linked(link(f"{R}/image", "media/image2.svg")),
    )


def ignorable(element: str, attributes: str = "") -> Change:
    names = f'{_MC} xmlns:x="urn:x" mc:Ignorable="x"{attributes}'
    return both(showing(f"<w:p>{element}</w:p>"), replaced(DOCUMENT, "<w:document ", f"<w:document {names} "))


_TEXT_900: Final = "<w:r><w:t>900</w:t></w:r>"

FIELDS: Final = preparation(
    "Fields that fetch, show what no signature covers, run something or are computed anew",
    R9={
        **{
            f"a field {name}": field(f" {name} a b ")
            for name in (
                "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "DDE", "DDEAUTO", "LINK", "DATABASE", "RD", "AUTOTEXT",
                "ASK", "FILLIN", "MERGEFIELD", "ADDRESSBLOCK", "DOCPROPERTY", "TITLE", "COMMENTS", "LASTSAVEDBY",
                "INFO", "DATE", "TIME", "FILENAME", "USERNAME", "MACROBUTTON", "PRINT", "ADDIN",
            )
        },
        "a field that is computed anew": field(' QUOTE "900" ', ' w:dirty="true"'),
        "fields that are all computed anew": setting("<w:updateFields/>"),
        "a simple field that is computed anew": showing(
            '<w:p><w:fldSimple w:instr=\'QUOTE "900"\' w:dirty="1"><w:r><w:t>100</w:t></w:r></w:fldSimple></w:p>'
        ),
        "a link by a field to a share": field(' HYPERLINK "file://server/a.docx" '),
        "a link by a field to a program": field(" HYPERLINK \\n ms-word:ofe|u|https://example.org/a.dotm "),
        "a link by a field after its tip": field(' HYPERLINK \\o "tip" "\\\\\\\\server\\\\share" '),
        "data for a mail merge": setting('<w:mailMerge><w:connectString w:val="a"/></w:mailMerge>'),
        "a form that runs macros": showing(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:entryMacro w:val="a"/></w:ffData></w:fldChar>'
            '<w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
    },
)  # fmt: skip

READERS: Final = preparation(
    "Content that some readers show and others pass over",
    R9={
        "another text for older readers": alternatives(choice("<w:t>100</w:t>"), fallback("<w:t>900</w:t>")),
        "a text for newer readers only": alternatives(choice("<w:t>900</w:t>"), fallback("")),
        "a choice and no fallback": alternatives(choice("<w:t>900</w:t>")),
        "two choices that differ": alternatives(
            choice("<w:t>1</w:t>"), choice("<w:t>9</w:t>"), fallback("<w:t>1</w:t>")
        ),
        "alternatives in an alternative": alternatives(
            choice(
                f"<w:t>1</w:t><mc:AlternateContent>{choice('<w:t>00</w:t>')}{fallback('<w:t>99</w:t>')}"
                "</mc:AlternateContent>"
            ),
            fallback("<w:t>100</w:t>"),
        ),
        "an emoji that is a digit for older readers": alternatives(
            choice(f'<s:symEx xmlns:s="{_WORD}/2015/wordml/symex" s:char="0031"/>'), fallback("<w:t>9</w:t>")
        ),
        "another text in a drawing": alternatives(
            choice('<a:t xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">100</a:t>'),
            fallback("<w:t>900</w:t>"),
        ),
        "text in an element that may be ignored": ignorable(f"<x:a>{_TEXT_900}</x:a>"),
        "text deep in an element that may be ignored": ignorable(f"<x:a><w:ins/><w:b>{_TEXT_900}</w:b></x:a>"),
        "a field in an element that may be ignored": ignorable("<x:a><w:r><w:instrText>PAGE</w:instrText></w:r></x:a>"),
        "an element that may be ignored and whose content may not": ignorable("<x:a/>", ' mc:ProcessContent="x:a"'),
        "what must be understood": ignorable("<x:a/>", ' mc:MustUnderstand="x"'),
        "what may be ignored from here on": showing(f'<w:p {_MC} xmlns:x="urn:x" mc:Ignorable="x"><x:a/></w:p>'),
        "digits that are turned round": showing(paragraph("\u202e001\u202c")),
        "digits that are turned round by a reference": showing(paragraph("&#x202E;001")),
        "digits in a run that is turned round": showing(f'<w:p><w:bdo w:val="rtl">{_TEXT_900}</w:bdo></w:p>'),
    },
)

HIDDEN: Final = preparation(
    "Text that is there and not to be seen",
    R9={
        "hidden text": run("<w:vanish/>"),
        "text that is always hidden": run("<w:specVanish/>"),
        "white text": run('<w:color w:val="FFFFFF"/>'),
        "text in the colour of its shading": run('<w:color w:val="1F3864"/><w:shd w:val="clear" w:fill="1F3864"/>'),
        "text nearly in the colour of its highlight": run('<w:color w:val="020200"/><w:highlight w:val="black"/>'),
        "text in the colour of its cell": showing(
            '<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:fill="C00000"/></w:tcPr>'
            + paragraph("900", '<w:color w:val="C00000"/>')
            + "</w:tc></w:tr></w:tbl>"
        ),
        "text without a fill": run(f"<w14:textFill {_W14}><w14:noFill/></w14:textFill>"),
        "text that is seen through": run(
            f'<w14:textFill {_W14}><w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="99000"/>'
            "</w14:srgbClr></w14:solidFill></w14:textFill>"
        ),
        "text filled in white": run(
            f'<w14:textFill {_W14}><w14:solidFill><w14:srgbClr w14:val="FFFFFF"/></w14:solidFill></w14:textFill>'
        ),
        "tiny text": run('<w:sz w:val="2"/>'),
        "text of hardly any width": run('<w:w w:val="1"/>'),
        "text of hardly any width, in per cent": run('<w:w w:val="1%"/>'),
        "text that is fitted into nothing": run('<w:fitText w:val="1"/>'),
        "letters over one another": run('<w:spacing w:val="-200"/>'),
        "letters over one another, with a unit": run('<w:spacing w:val="-10pt"/>'),
        "a line without height": block('<w:spacing w:line="1" w:lineRule="exact"/>'),
        "a row without height": showing(
            '<w:tbl><w:tr><w:trPr><w:trHeight w:val="10" w:hRule="exact"/></w:trPr><w:tc><w:p>'
            f"{_TEXT_900}</w:p></w:tc></w:tr></w:tbl>"
        ),
        "a hidden row": showing(
            f"<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p>{_TEXT_900}</w:p></w:tc></w:tr></w:tbl>"
        ),
        "a hidden drawing": showing(
            '<w:p><w:r><wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
            'id="1" name="a" hidden="1"/></w:r></w:p>'
        ),
        "a hidden shape": drawing('<v:shape style="width:1pt; Visibility: hidden"/>'),
        "text folded away under a heading": block(f"<w15:collapsed {_W15}/>", ""),
        "a style in use that folds text away": both(
            content_of("word/styles.xml", styles(style("A", f"<w:pPr><w15:collapsed {_W15}/></w:pPr>"))),
            showing(paragraph("900", style="A")),
        ),
        "a style in use with lines without height": both(
            content_of(
                "word/styles.xml",
                styles(style("A", '<w:pPr><w:spacing w:line="1" w:lineRule="exact"/></w:pPr>')),
            ),
            showing(paragraph("900", style="A")),
        ),
        "styles of somebody's template": setting("<w:linkStyles/>"),
    },
)

TAKEN_IN: Final = preparation(
    "Documents, data, fonts and media taken in",
    R9={
        "another document (altChunk)": both(
            typed(default("html", "text/html")),
            added("word/evil.html", b"<p>900</p>"),
            linked(link(f"{R}/aFChunk", "evil.html", name="rId9")),
            showing('<w:altChunk r:id="rId9"/>'),
        ),
        "a subdocument": both(
            added("word/sub.xml", EVIL),
            linked(link(f"{R}/subDocument", "sub.xml", name="rId9")),
            showing('<w:subDoc r:id="rId9"/>'),
        ),
        "bound data": both(
            added("customXml/item1.xml", b"<a>900</a>"),
            linked(link(f"{R}/customXml", "../customXml/item1.xml", name="rId9")),
            showing(
                f'<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr><w:sdtContent><w:p>{_TEXT_900}</w:p>'
                "</w:sdtContent></w:sdt>"
            ),
        ),
        "data of an add-in": showing(
            f"<w:sdt><w:sdtPr><w15:webExtensionLinked {_W15}/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>"
        ),
        "an add-in": both(
            added("word/webextensions/webextension1.xml", b"<webextension/>"),
            linked(
                link(
                    "http://schemas.microsoft.com/office/2011/relationships/webextension",
                    "webextensions/webextension1.xml",
                )
            ),
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
        "an embedded font": both(
            added(
                "word/fontTable.xml",
                f'<w:fonts xmlns:w="{W}"><w:font w:name="A"><w:embedRegular/></w:font></w:fonts>'.encode(),
            ),
            linked(link(f"{R}/fontTable", "fontTable.xml")),
        ),
        "a video from the web": showing(
            f'<w:p><w:r><wp15:webVideoPr xmlns:wp15="{_WORD}/2012/wordprocessingDrawing" '
            'embeddedHtml="&lt;iframe src=&quot;https://example.org/&quot;/&gt;"/></w:r></w:p>'
        ),
        "a film": showing('<w:p><w:r><w:movie r:id="rId10"/></w:r></w:p>'),
        "a content part": showing('<w:p><w:contentPart r:id="rId10"/></w:p>'),
        "a picture from the web": drawing('<v:shape><v:imagedata src="https://example.org/a.png"/></v:shape>'),
        "a picture beside the package": drawing('<v:shape><v:imagedata src="../a.png"/></v:shape>'),
        "another source of a picture": drawing('<v:shape><v:imagedata o:althref="file://server/a.png"/></v:shape>'),
        "a fill from the web": drawing('<v:rect><v:fill src="http://example.org/a.png"/></v:rect>'),
        "a shape that leads to a program": drawing('<v:shape href="ms-word:ofe|u|https://example.org/a.dotm"/>'),
        "a drawing with a script": svg("<script>alert(1)</script>"),
        "a drawing with a web page in it": svg("<foreignObject/>"),
        "a drawing with a picture from the web": svg('<image xlink:href="https://example.org/a.png"/>'),
        "a linked picture": both(
            linked(link(f"{R}/image", "https://example.org/a.png", "External", name="rId9")),
            showing(
                '<w:p><w:r><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" r:link="rId9"/>'
                "</w:r></w:p>"
            ),
        ),
        "a template from the web": both(
            setting('<w:attachedTemplate r:id="rId1"/>'),
            content_of(
                "word/_rels/settings.xml.rels",
                relationships(link(f"{R}/attachedTemplate", "https://example.org/a.dotm", "External", name="rId1")),
            ),
        ),
    },
)
FAMILIES: Final = (FIELDS, READERS, HIDDEN, TAKEN_IN)
