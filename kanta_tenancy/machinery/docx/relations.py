"""The kinds of part that a template may have, those that are left behind, and those that are refused (rule R9)."""

from typing import Final

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORDML: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"

IMAGE: Final = f"{_OFFICE}/image"
HYPERLINK: Final = f"{_OFFICE}/hyperlink"
MAIN: Final = f"{_OFFICE}/officeDocument"
STYLES: Final = f"{_OFFICE}/styles"
NUMBERING: Final = f"{_OFFICE}/numbering"
CHART: Final = f"{_OFFICE}/chart"
SETTINGS: Final = f"{_OFFICE}/settings"
COMMENTS: Final = f"{_OFFICE}/comments"
STORIES: Final = tuple(f"{_OFFICE}/{kind}" for kind in ("header", "footer", "footnotes", "endnotes"))

# What goes into every issued document: relationship type → the content type that its target must have.
KEPT: Final = {
    MAIN: f"{_WORDML}.document.main+xml",
    **{
        f"{_OFFICE}/{kind}": f"{_WORDML}.{kind}+xml"
        for kind in (
            "styles", "numbering", "settings", "webSettings", "fontTable", "header", "footer", "footnotes", "endnotes",
        )
    },
    f"{_OFFICE}/theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}  # fmt: skip
PICTURES: Final = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/bmp", "image/tiff",
    "image/x-emf", "image/x-wmf", "image/emf", "image/wmf",
})  # fmt: skip

# What a document can do without: metadata, editors' names, Word's building blocks, custom XML that nothing is bound to.
LEFT_BEHIND: Final = frozenset({
    f"{_PACKAGE}/metadata/core-properties",
    f"{_PACKAGE}/metadata/thumbnail",
    f"{_OFFICE}/extended-properties",
    f"{_OFFICE}/custom-properties",
    f"{_OFFICE}/customXml",
    f"{_OFFICE}/glossaryDocument",
    f"{_OFFICE}/printerSettings",
    COMMENTS,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
    "http://schemas.microsoft.com/office/2011/relationships/people",
    "http://schemas.microsoft.com/office/2011/relationships/commentsExtended",
    "http://schemas.microsoft.com/office/2016/09/relationships/commentsIds",
    "http://schemas.microsoft.com/office/2018/08/relationships/commentsExtensible",
    "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels",
})  # fmt: skip

# What is refused, in words; anything else that is not named here is refused without a name.
REFUSED: Final = {
    f"{_OFFICE}/oleObject": "an embedded object",
    f"{_OFFICE}/package": "an embedded file",
    f"{_OFFICE}/control": "an ActiveX control",
    "http://schemas.microsoft.com/office/2006/relationships/activeXControlBinary": "an ActiveX control",
    f"{_OFFICE}/aFChunk": "an inserted file (altChunk)",
    f"{_OFFICE}/attachedTemplate": "a link to another template",
    f"{_OFFICE}/font": "an embedded font",
    f"{_OFFICE}/frame": "a frame",
    f"{_OFFICE}/subDocument": "a subdocument",
    f"{_OFFICE}/mailMergeSource": "a mail merge source",
    CHART: "a chart",
    f"{_OFFICE}/video": "a video",
    f"{_OFFICE}/audio": "a sound",
    "http://schemas.microsoft.com/office/2006/relationships/vbaProject": "macros",
    "http://schemas.microsoft.com/office/2006/relationships/keyMapCustomizations": "changed keyboard shortcuts",
    "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility": "a changed ribbon",
    f"{_PACKAGE}/digital-signature/origin": "a digital signature, which filling would break",
}
