"""What openssl makes: lists, answers and timestamps that nobody here wrote."""

import subprocess
from datetime import datetime
from pathlib import Path

from cryptography import x509

from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.sample_authority import chain_pem, key_pem


def openssl(folder: Path, *arguments: str) -> bytes:
    """Run openssl in a folder and return what it prints.

    Raises:
        subprocess.CalledProcessError: it fails; what it says is in the error.
    """
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True).stdout


def put(folder: Path, name: str, credential: Credential) -> None:
    """Write `<name>.pem` and `<name>.key`."""
    (folder / f"{name}.pem").write_bytes(chain_pem(credential.certificate))
    (folder / f"{name}.key").write_bytes(key_pem(credential))


def put_database(folder: Path, *lines: str) -> None:
    """Write the database of an authority as `openssl ca` keeps it, and what it must be told besides."""
    (folder / "index.txt").write_text("".join(f"{line}\n" for line in lines))
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = c\n[c]\ndatabase = index.txt\ndefault_md = sha256\ndefault_crl_days = 7\n"
        "crlnumber = number\nunique_subject = no\n"
    )
    (folder / "number").write_text("01\n")


def entry(certificate: x509.Certificate, revoked_at: datetime | None = None, cause: str = "") -> str:
    """Return the line of a certificate in such a database."""
    status = "V" if revoked_at is None else "R"
    revoked = "" if revoked_at is None else f"{revoked_at:%y%m%d%H%M%S}Z{',' * bool(cause)}{cause}"
    serial = f"{certificate.serial_number:X}"
    return "\t".join(
        (
            status,
            f"{certificate.not_valid_after_utc:%y%m%d%H%M%S}Z",
            revoked,
            serial.zfill(len(serial) + len(serial) % 2),
            "unknown",
            "/CN=x",
        )
    )


def stamped(folder: Path, by: Credential, message: bytes, *, digest: str = "sha256", ess: str = "sha256") -> bytes:
    """Return the token that `openssl ts` makes."""
    put(folder, "tsa", by)
    (folder / "chain.pem").write_bytes(chain_pem(*by.chain[1:]))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\ncerts = chain.pem\n"
        f"signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha1, sha256, sha384, sha512\n"
        f"accuracy = secs:1, millisecs:500, microsecs:100\ness_cert_id_alg = {ess}\ness_cert_id_chain = no\n"
    )
    (folder / "message").write_bytes(message)
    openssl(folder, "ts", "-query", "-data", "message", f"-{digest}", "-cert", "-out", "query")
    openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-token_out", "-out", "token")
    return (folder / "token").read_bytes()
