"""Serves LibreOffice to another process: requests and answers are lines of JSON.

Run by Debian's python3, which has LibreOffice's UNO bindings; it starts one LibreOffice of its own and stops it when
its input ends.

    {"do": "trust", "certificate": PATH}    an authority's certificate, PEM
    {"do": "own", "pkcs12": PATH, "password": TEXT}    a key and certificate to sign with
    {"do": "verify", "file": PATH}
    {"do": "save", "file": PATH, "out": PATH}    open a document and save it anew as DOCX
    {"do": "sign", "file": PATH}    sign a document in place, as the menu does, by the only key there is
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

READ, READ_AND_WRITE = 1, 7  # com.sun.star.embed.ElementModes
START_WITHIN_S = 60
WITH_ITS_MODEL = True  # com.sun.star.util.XCloseable


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
            return self._done(request)
        except UnoException as refusal:
            return {"error": f"{type(refusal).__name__}: {refusal.Message}"}

    def _done(self, request: dict[str, str]) -> dict[str, object]:
        if request["do"] == "verify":
            return {"signatures": self._signatures(request["file"])}
        if request["do"] == "trust":
            self._trust(request["certificate"])
        elif request["do"] == "own":
            command = ["pk12util", "-i", request["pkcs12"], "-d", self._nss, "-K", "", "-W", request["password"]]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        elif request["do"] == "save":
            self._save(request["file"], request["out"])
        else:
            self._sign(request["file"])
        return {}

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

    def _save(self, file: str, out: str) -> None:
        desktop = self._create("com.sun.star.frame.Desktop")
        document = desktop.loadComponentFromURL(
            uno.systemPathToFileUrl(file), "_blank", 0, (named("Hidden", value=True),)
        )
        try:
            document.storeToURL(uno.systemPathToFileUrl(out), (named("FilterName", value="MS Word 2007 XML"),))
        finally:
            document.close(WITH_ITS_MODEL)

    def _sign(self, file: str) -> None:
        initializer = self._create("com.sun.star.xml.crypto.SEInitializer")
        environment = initializer.createSecurityContext("").getSecurityEnvironment()
        (certificate,) = environment.getPersonalCertificates()
        storage = self._storage(file, READ_AND_WRITE)
        try:
            service = self._create("com.sun.star.security.DocumentDigitalSignatures", "1.2")
            if not service.signDocumentWithCertificate(certificate, storage, None):
                raise UnoException("it did not sign", None)
            storage.commit()
        finally:
            storage.dispose()

    def _storage(self, file: str, mode: int = READ) -> object:
        # As a plain zip, as LibreOffice itself opens it to verify: as OFOPXMLFormat it shows no signatures at all.
        settings = uno.Any("[]com.sun.star.beans.PropertyValue", (named("StorageFormat", value="ZipFormat"),))
        arguments = (uno.systemPathToFileUrl(file), mode, settings)
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


def named(name: str, *, value: object) -> PropertyValue:
    setting = PropertyValue()
    setting.Name, setting.Value = name, value
    return setting


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
