"""Serves LibreOffice to another process: requests and answers are lines of JSON.

Run by Debian's python3, which has LibreOffice's UNO bindings; it starts one LibreOffice of its own and stops it when
its input ends.

    {"do": "trust", "certificate": PATH}    an authority's certificate, PEM
    {"do": "verify", "file": PATH}
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.uno import Exception as UnoException

READ = 1  # com.sun.star.embed.ElementModes
START_WITHIN_S = 60


class Office:
    def __init__(self, folder: Path) -> None:
        self._nss = f"sql:{folder / 'nss'}"
        (folder / "nss").mkdir()
        subprocess.run(["certutil", "-N", "-d", self._nss, "--empty-password"], check=True)
        self._pipe = f"kanta{uuid.uuid4().hex}"
        command = [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            f"--accept=pipe,name={self._pipe};urp;",
        ]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
            "MOZILLA_CERTIFICATE_FOLDER": self._nss,
        }
        self._process = subprocess.Popen(
            command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        self._context = None

    def answer(self, request: dict[str, str]) -> dict[str, object]:
        try:
            if request["do"] == "trust":
                self._trust(request["certificate"])
                return {}
            return {"signatures": self._signatures(request["file"])}
        except UnoException as refusal:
            return {"error": f"{type(refusal).__name__}: {refusal.Message}"}

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # its profile is thrown away, nothing is lost
        self._process.wait()

    def _trust(self, certificate: str) -> None:
        command = ["certutil", "-A", "-d", self._nss, "-n", uuid.uuid4().hex, "-t", "CT,CT,CT", "-i", certificate]
        subprocess.run(command, check=True)

    def _signatures(self, file: str) -> list[dict[str, object]]:
        storage = self._storage(file)
        try:
            service = self._create("com.sun.star.security.DocumentDigitalSignatures", "1.2")
            return [described(found) for found in service.verifyDocumentContentSignatures(storage, None)]
        finally:
            storage.dispose()

    def _storage(self, file: str) -> object:
        # As a plain zip, as LibreOffice itself opens it to verify: as OFOPXMLFormat it shows no signatures at all.
        as_zip = PropertyValue()
        as_zip.Name, as_zip.Value = "StorageFormat", "ZipFormat"
        settings = uno.Any("[]com.sun.star.beans.PropertyValue", (as_zip,))
        arguments = (uno.systemPathToFileUrl(file), READ, settings)
        return uno.invoke(
            self._create("com.sun.star.embed.StorageFactory"), "createInstanceWithArguments", (arguments,)
        )

    def _create(self, service: str, *arguments: str) -> object:
        context = self._connected()
        return context.ServiceManager.createInstanceWithArgumentsAndContext(service, arguments, context)

    def _connected(self) -> object:
        if self._context is None:
            local = uno.getComponentContext()
            resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
            self._context = self._resolved(resolver)
        return self._context

    def _resolved(self, resolver: object) -> object:
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            try:
                return resolver.resolve(f"uno:pipe,name={self._pipe};urp;StarOffice.ComponentContext")
            except NoConnectException:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)


def described(found: object) -> dict[str, object]:
    return {
        "valid": bool(found.SignatureIsValid),
        "trusted": found.CertificateStatus == 0 and found.Signer is not None,
        "certificate_status": found.CertificateStatus,
        "signer": found.Signer.SubjectName if found.Signer else "",
        "line": found.SignatureLineId,
        "shows_line": found.ValidSignatureLineImage is not None,
        "signed_at": f"{found.SignatureDate:08d}{found.SignatureTime:08d}",
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kanta-lo-", ignore_cleanup_errors=True) as folder:
        office = Office(Path(folder))
        try:
            for line in sys.stdin:
                print(json.dumps(office.answer(json.loads(line))), flush=True)
        finally:
            office.stop()


if __name__ == "__main__":
    main()
