"""Word documents as forms: compile a template once, fill its named places, check a stranger's template."""

from kanta_tenancy.machinery.docx.clauses import Clause, read_clauses
from kanta_tenancy.machinery.docx.contract import BarChart, Contract, Group, Names, Properties, SignatureLine, Values
from kanta_tenancy.machinery.docx.errors import TemplateRefused, TextNotPrintable, ValuesDoNotFit
from kanta_tenancy.machinery.docx.findings import Finding
from kanta_tenancy.machinery.docx.hashing import content_hash
from kanta_tenancy.machinery.docx.inspection import inspect_template
from kanta_tenancy.machinery.docx.template import Template, compile_template

__all__ = [
    "BarChart",
    "Clause",
    "Contract",
    "Finding",
    "Group",
    "Names",
    "Properties",
    "SignatureLine",
    "Template",
    "TemplateRefused",
    "TextNotPrintable",
    "Values",
    "ValuesDoNotFit",
    "compile_template",
    "content_hash",
    "inspect_template",
    "read_clauses",
]
