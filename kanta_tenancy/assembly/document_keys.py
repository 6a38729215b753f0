"""With which key the commands about documents sign: two PEM files, one PKCS#12 container, or a key in a token."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from kanta_tenancy.assembly.document_files import EXISTING, Unusable, content
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.pkcs11.place import KeyPlace
from kanta_tenancy.machinery.x509.credentials import from_pem, from_pkcs12
from kanta_tenancy.machinery.x509.errors import CredentialUnusable, PasswordNeeded
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.machinery.x509.signing_key import SigningKey
from kanta_tenancy.machinery.x509.token_key import from_token

_LONGEST_PASSWORD: Final = 1024
_ONE_OF: Final = "Give either --certificate and --key, or --pkcs12, or --pkcs11-module."

_OPTIONS: Final = (
    click.option("--certificate", type=EXISTING, metavar="CHAIN.pem", help="The signer's certificate and issuers."),
    click.option("--key", type=EXISTING, metavar="KEY.pem", help="The private key that belongs to the certificate."),
    click.option("--pkcs12", type=EXISTING, metavar="FILE", help="Key and certificates in one file (.p12, .pfx)."),
    click.option("--password-file", type=EXISTING, metavar="FILE", help="Its first line is the password of the key."),
    click.option("--pkcs11-module", type=EXISTING, metavar="FILE", help="The driver of the token that has the key."),
    click.option("--token", default="", metavar="LABEL", help="Which token, when the driver knows several."),
    click.option("--key-label", default="", metavar="LABEL", help="Which of the token's keys, when it has several."),
    click.option("--key-id", default="", metavar="HEX", help="The same by its id."),
    click.option("--pin-file", type=EXISTING, metavar="FILE", help="Its first line is the PIN of the token."),
)


class KeyAsked(Record, frozen=True, kw_only=True):
    """What the command line says about the key."""

    certificate: Path | None
    key: Path | None
    pkcs12: Path | None
    password_file: Path | None
    pkcs11_module: Path | None
    token: str
    key_label: str
    key_id: str
    pin_file: Path | None


def key_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say with which key it signs."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def signing_key(asked: KeyAsked) -> SigningKey:
    """Load the key that the command line asks for; a password or PIN that is needed is asked for.

    Raises:
        Unusable: a file, the token or the password is not what it should be.
    """
    in_token = asked.pkcs11_module is not None
    try:
        return _loaded(asked, _first_line(asked.pin_file if in_token else asked.password_file))
    except PasswordNeeded as needed:
        if not sys.stdin.isatty():
            option = "the PIN with --pin-file" if in_token else "the password with --password-file"
            raise Unusable(f"{needed.detail}; give {option}.") from needed
    except DomainError as unusable:
        raise Unusable(f"{unusable.detail}.") from unusable
    secret = click.prompt("PIN of the token" if in_token else "Password of the key", hide_input=True, err=True)
    try:
        return _loaded(asked, secret.encode())
    except DomainError as unusable:
        raise Unusable(f"{unusable.detail}.") from unusable


def _loaded(asked: KeyAsked, secret: bytes | None) -> SigningKey:
    match asked:
        case KeyAsked(pkcs11_module=Path() as module, key=None, pkcs12=None, password_file=None):
            return _in_token(asked, module, secret)
        case KeyAsked(token="", key_label="", key_id="", pin_file=None, pkcs11_module=None):
            return _in_file(asked, secret)
        case _:
            raise click.UsageError(_ONE_OF)


def _in_file(asked: KeyAsked, password: bytes | None) -> SigningKey:
    match asked:
        case KeyAsked(certificate=None, key=None, pkcs12=Path() as container):
            return from_pkcs12(content(container, MAX_BYTES), password)
        case KeyAsked(certificate=Path() as certificate, key=Path() as key, pkcs12=None):
            return from_pem(content(certificate, MAX_BYTES), content(key, MAX_BYTES), password)
        case _:
            raise click.UsageError(_ONE_OF)


def _in_token(asked: KeyAsked, module: Path, pin: bytes | None) -> SigningKey:
    chain = None if asked.certificate is None else content(asked.certificate, MAX_BYTES)
    try:
        place = KeyPlace(
            module=str(module.absolute()), token=asked.token, key_label=asked.key_label, key_id=asked.key_id
        )
        return from_token(place, None if pin is None else pin.decode(), chain)
    except UnicodeDecodeError as trouble:
        raise CredentialUnusable("the PIN is not UTF-8 text") from trouble
    except ValueError as trouble:
        raise click.BadParameter(f"{trouble}.", param_hint="--key-id") from trouble


def _first_line(file: Path | None) -> bytes | None:
    return None if file is None else content(file, _LONGEST_PASSWORD).partition(b"\n")[0].removesuffix(b"\r")
