"""`certificates request` at the command line of the operator's own machine: a key that stays, a request that goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.certificates.orders import issuing
from kanta_tenancy.certificates.orders.requesting import Asked, Made, make
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.requests import USAGES

_ABOUT: Final = """\b
Examples:
  kanta-tenancy certificates request --profile dvv-server \\
      --organisation "Esimerkkiklinikka Oy" --dns palvelin.example.org \\
      --out /etc/ssl/kanta/palvelin-2026
  kanta-tenancy certificates request --profile rfc5280 --dns www.example.org \\
      --out www-2026

\b
Exit codes:
  0  the key and the request were made
  2  wrong usage, or a file cannot be written
  5  the profile refuses it, or one of the files is there already
"""


@click.command(epilog=_ABOUT)
@click.option("--profile", required=True, type=click.Choice(issuing.known()), help="Whose certificate it is to be.")
@click.option(
    "--out",
    "stem",
    required=True,
    metavar="STEM",
    type=click.Path(path_type=Path),
    help="Writes STEM.key and STEM.csr.",
)
@click.option("--common-name", metavar="NAME", help="Else the first domain name.")
@click.option("--organisation", metavar="NAME", help="As the issuer's register has it.")
@click.option("--unit", metavar="NAME", help="Organisation unit.")
@click.option("--country", metavar="FI", default="FI", show_default=True)
@click.option("--dns", "domains", multiple=True, metavar="NAME", help="A domain name; repeatable.")
@click.option("--ip", "addresses", multiple=True, metavar="NUMBER", help="An IP address beside them; repeatable.")
@click.option(
    "--usage",
    "usages",
    multiple=True,
    type=click.Choice(tuple(USAGES)),
    help="What for; repeatable. Else as the profile has it.",
)
@click.option("--key", type=click.Choice([one.value for one in KeyKind]), help="Else as the profile has it.")
@click.option(
    "--key-password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Encrypt the key with the first line of this file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def request(*, stem: Path, key_password_file: Path | None, as_json: bool, **asked: Any) -> None:
    """Make a key and a request for its certificate (PKCS #10) on this machine.

    The key is written to STEM.key, which this account alone can read, and is sent, shown and stored nowhere else. The
    request goes to the issuer, and can be put down as an order. Files that are there are never written over.
    """
    made = make(_asked(**asked), stem, password=_password(key_password_file))
    click.echo(msgspec.json.format(msgspec.json.encode(made)) if as_json else "\n".join(_lines(made)).encode())


def _asked(*, key: str | None, usages: tuple[str, ...], **said: Any) -> Asked:
    return Asked(key=None if key is None else KeyKind(key), usages=usages or None, **said)


def _password(file: Path | None) -> bytes | None:
    if file is None:
        return None
    password = (file.read_bytes().splitlines() or [b""])[0]
    if not password:
        raise click.UsageError(f"--key-password-file: the first line of {file} is empty.")
    return password


def _lines(made: Made) -> Iterator[str]:
    yield f"key        {made.key_file} ({made.said.key}); it stays on this machine"
    yield f"request    {made.request_file}"
    yield f"subject    {made.said.subject}"
    yield from (f"name       {one.shown}" for one in made.said.names)
    yield f"SHA-256    {made.said.key_sha256} of the public key"
    for finding in made.findings:
        yield f"{finding.severity.upper():<10} {finding.sentence.en} [{finding.rule}; {finding.source}]"
    if any(rule.certainty is not Certainty.READ for rule in profiles()[made.profile].rules):
        yield f"unverified The rules of {made.profile} are from excerpts of its issuer's pages: ask whether they hold."
    yield f"next       Send {made.request_file} to the issuer, and put the order down:"
    yield f"           kanta-tenancy certificates orders record {made.request_file} --profile {made.profile}"
