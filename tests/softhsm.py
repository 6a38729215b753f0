"""A token in software (SoftHSM), with the programs of others that fill it: softhsm2-util and pkcs11-tool of OpenSC."""

import os
import secrets
import subprocess
from pathlib import Path
from typing import Final

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kanta_tenancy.machinery.pkcs11.place import KeyPlace
from kanta_tenancy.machinery.x509.credentials import Credential

MODULE: Final = "/usr/lib/softhsm/libsofthsm2.so"
_SO_PIN: Final = "12345678"


class SoftHsm:
    """Tokens in a folder; every driver of this process and of those it starts finds them there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "softhsm"
        self._tokens = self._folder / "tokens"
        self._tokens.mkdir(parents=True)
        self._settings = self._folder / "softhsm2.conf"
        self.know_only("ALL")
        self.environment: Final = {"SOFTHSM2_CONF": str(self._settings)}

    def know_only(self, mechanism: str) -> None:
        """Let tokens know no other mechanism."""
        self._settings.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
            f"slots.mechanisms = {mechanism}\n"
        )

    def token(self, pin: str = "482915") -> "Token":
        label = f"token-{secrets.token_hex(4)}"  # so that a PIN that was refused is no other test's
        self.run("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", _SO_PIN)
        return Token(self, label, pin)

    def take_out(self) -> None:
        self._tokens.rename(self._folder / "out")
        self._tokens.mkdir()

    def put_back(self) -> None:
        self._tokens.rmdir()
        (self._folder / "out").rename(self._tokens)

    def forget(self) -> None:
        """Have this process forget the driver, which remembers tokens."""
        pkcs11.unload(MODULE)

    def run(self, *command: str | Path, stdin: bytes = b"") -> bytes:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=os.environ | self.environment)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def file(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path


class Token:
    def __init__(self, hsm: SoftHsm, label: str, pin: str) -> None:
        self.label = label
        self.pin = pin
        self._hsm = hsm

    def place(self, **asked: str) -> KeyPlace:
        return KeyPlace(module=MODULE, token=self.label, **asked)

    def put(self, credential: Credential, label: str, number: str, *, certificates: bool = True) -> None:
        """Put a key in and, unless it says otherwise, its certificates: its own under the number of the key."""
        pkcs8 = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key = self._hsm.file("key.pem", pkcs8)
        what = ("--import", key, "--token", self.label, "--label", label, "--id", number, "--pin", self.pin)
        self._hsm.run("softhsm2-util", *what)
        key.unlink()
        for one, certificate in enumerate(credential.chain if certificates else ()):
            name = number if one == 0 else f"{number}{one:02x}"
            self.put_certificate(certificate.public_bytes(Encoding.DER), label, name)

    def put_certificate(self, der: bytes, label: str, number: str) -> None:
        file = self._hsm.file("certificate.der", der)
        self.tool("--write-object", file, "--type", "cert", "--id", number, "--label", label)

    def tool(self, *arguments: str | Path) -> bytes:
        """Run pkcs11-tool, logged in."""
        which = ("--module", MODULE, "--token-label", self.label, "--login", "--pin", self.pin)
        return self._hsm.run("pkcs11-tool", *which, *arguments)

    def change_pin(self, to: str) -> None:
        self.tool("--change-pin", "--new-pin", to)
        self.pin = to
