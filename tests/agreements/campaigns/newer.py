"""A newer model: ours with a sentence changed, as a main connector's own template."""

import io
import zipfile
from pathlib import Path

CHANGED = ("Störningar som gäller Kanta-tjänsterna meddelar huvudanslutaren till hyresgästen och FPA.",
           "Störningar som gäller Kanta-tjänsterna meddelar hyresgästen själv till FPA.")  # fmt: skip
_OURS = Path(__file__).parents[3] / "templates" / "agreements" / "main-connector-tenant-1"


def newer(language: str = "sv", before: str = CHANGED[0], after: str = CHANGED[1]) -> bytes:
    with zipfile.ZipFile(_OURS / f"{language}.docx") as ours:
        parts = {name: ours.read(name) for name in ours.namelist()}
    text = parts["word/document.xml"].decode()
    if language == "sv":
        assert before in text
    parts["word/document.xml"] = text.replace(before, after).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return out.getvalue()
