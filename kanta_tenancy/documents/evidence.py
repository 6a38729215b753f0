"""What authorities say of certificates, from files."""

from collections.abc import Sequence

from kanta_tenancy.documents.contents import Content, answer_file, list_file
from kanta_tenancy.machinery.x509.crls import lists_of
from kanta_tenancy.machinery.x509.ocsp_answers import checked
from kanta_tenancy.machinery.x509.revocation import RevocationData


def revocation_data(*, lists: Sequence[Content] = (), answers: Sequence[Content] = ()) -> RevocationData:
    """Read revocation lists (DER, or any number in PEM) and OCSP answers (DER).

    Raises:
        CertificateUnreadable: one of them is too large, or something else.
    """
    return RevocationData(
        crls=tuple(each for content in lists for each in lists_of(list_file(content))),
        ocsp=tuple(checked(answer_file(content)) for content in answers),
    )
