"""Namespaces, algorithms, content types and relationship types of package signatures.

Source: ECMA-376-2, 5th edition, clause 10; [MS-OFFCRYPTO] 2.5; ETSI TS 101 903 v1.3.2; RFC 9231.
"""

from typing import Final

from kanta_tenancy.machinery.opc.names import (
    CORE_PROPERTIES,
    CUSTOM_PROPERTIES,
    EXTENDED_PROPERTIES,
    RELATIONSHIPS_NS,
    THUMBNAIL,
)

# Namespaces
DSIG_NS: Final = "http://www.w3.org/2000/09/xmldsig#"
PACKAGE_SIGNATURE_NS: Final = "http://schemas.openxmlformats.org/package/2006/digital-signature"
OFFICE_SIGNATURE_NS: Final = "http://schemas.microsoft.com/office/2006/digsig"
XADES_NS: Final = "http://uri.etsi.org/01903/v1.3.2#"
XADES_141_NS: Final = "http://uri.etsi.org/01903/v1.4.1#"

# Parts, content types and relationships of the signatures themselves
ORIGIN_PART: Final = "/_xmlsignatures/origin.sigs"
ORIGIN_TYPE: Final = "application/vnd.openxmlformats-package.digital-signature-origin"
SIGNATURE_TYPE: Final = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
ORIGIN_RELATIONSHIP: Final = f"{RELATIONSHIPS_NS}/digital-signature/origin"
SIGNATURE_RELATIONSHIP: Final = f"{RELATIONSHIPS_NS}/digital-signature/signature"
# What Office leaves unsigned: it changes without the content changing (rule R6).
UNSIGNED_RELATIONSHIPS: Final = frozenset(
    {ORIGIN_RELATIONSHIP, *CORE_PROPERTIES, *EXTENDED_PROPERTIES, *CUSTOM_PROPERTIES, *THUMBNAIL}
)

# Types of the references that SignedInfo holds
OBJECT_REFERENCE: Final = f"{DSIG_NS}Object"
SIGNED_PROPERTIES_REFERENCE: Final = "http://uri.etsi.org/01903#SignedProperties"

# Canonicalisation and transforms
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_WITH_COMMENTS: Final = f"{C14N}#WithComments"
EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
EXCLUSIVE_C14N_WITH_COMMENTS: Final = f"{EXCLUSIVE_C14N}WithComments"
RELATIONSHIP_TRANSFORM: Final = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"

# Digests
SHA1: Final = f"{DSIG_NS}sha1"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384: Final = "http://www.w3.org/2001/04/xmldsig-more#sha384"
SHA512: Final = "http://www.w3.org/2001/04/xmlenc#sha512"

# Signatures
RSA_SHA1: Final = f"{DSIG_NS}rsa-sha1"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA384: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
RSA_SHA512: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
ECDSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
ECDSA_SHA384: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"

# Ids as Office gives them; other producers choose their own, so a reader binds by type and element
SIGNATURE_ID: Final = "idPackageSignature"
PACKAGE_OBJECT_ID: Final = "idPackageObject"
OFFICE_OBJECT_ID: Final = "idOfficeObject"
SIGNED_PROPERTIES_ID: Final = "idSignedProperties"
SIGNATURE_TIME_ID: Final = "idSignatureTime"
OFFICE_DETAILS_ID: Final = "idOfficeV1Details"
VALID_IMAGE_ID: Final = "idValidSigLnImg"
INVALID_IMAGE_ID: Final = "idInvalidSigLnImg"
