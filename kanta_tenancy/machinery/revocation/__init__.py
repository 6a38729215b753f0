"""Revocation lists, OCSP answers and issuers' certificates, fetched where certificates say that they are."""
