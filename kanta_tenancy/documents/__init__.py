"""Sign Word documents as Microsoft Office does, and verify signed ones: for Python programs, without a service.

docs/python-api.md tells it with examples. What is listed here stays as it is until a major version.
"""

from kanta_tenancy.documents.evidence import revocation_data
from kanta_tenancy.documents.keys import certificates, key_from_pem, key_from_pkcs12, key_from_token
from kanta_tenancy.documents.signing import (
    as_page,
    check,
    complete,
    doubts,
    levels,
    prepare,
    read_to_sign,
    sign,
    signature_lines,
    verify,
    write_to_sign,
)
from kanta_tenancy.kernel.errors import DomainError as Refusal
from kanta_tenancy.machinery.ooxml.errors import CannotComplete, CannotSign, CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.presentation import as_json, as_text
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome, Reason, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine
from kanta_tenancy.machinery.ooxml.signing import ToSign
from kanta_tenancy.machinery.opc import BrokenPackage
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable, CredentialUnusable, PasswordNeeded
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.signing_key import SigningKey

__all__ = [
    "Answer",
    "BrokenPackage",
    "CannotComplete",
    "CannotSign",
    "CannotUpgrade",
    "CertificateUnreadable",
    "CredentialUnusable",
    "Level",
    "Outcome",
    "PasswordNeeded",
    "Reason",
    "Refusal",
    "Report",
    "RevocationData",
    "SignatureLine",
    "SignatureReport",
    "SigningKey",
    "ToSign",
    "Verdict",
    "as_json",
    "as_page",
    "as_text",
    "certificates",
    "check",
    "complete",
    "doubts",
    "key_from_pem",
    "key_from_pkcs12",
    "key_from_token",
    "levels",
    "prepare",
    "read_to_sign",
    "revocation_data",
    "sign",
    "signature_lines",
    "verify",
    "write_to_sign",
]
