"""A verifier of proof bundles that somebody wrote from docs/proof-bundle.md alone: nothing of kanta_tenancy is used.

What it leaves to other tools: signatures in Word documents, and the chain of a timestamp (`openssl ts` does that).

    python stranger.py BUNDLE SEAL.pem TIMESTAMP-ROOT.pem
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import uuid
import zipfile
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

NAME = re.compile(r"([a-z]{1,20}/)?[a-z0-9_]{1,64}\.[a-z]{2,5}")
HASHES = {"ES256": hashes.SHA256(), "ES384": hashes.SHA384(), "RS256": hashes.SHA256()}


class Wrong(Exception):
    """A statement does not hold."""


class Open(Exception):
    """Whether a statement holds is not known."""


def check(holds, why):
    if not holds:
        raise Wrong(why)


def digest(octets):
    return hashlib.sha256(octets).hexdigest()


def from_base64url(text):
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    check(base64.urlsafe_b64encode(octets).decode().rstrip("=") == text, "not base64url")
    return octets


def instant(text):
    return datetime.fromisoformat(text)


class Seal:
    def __init__(self, text, kind):
        header, payload, signature = text.split(".")
        said = json.loads(from_base64url(header))
        check(set(said) == {"alg", "typ", "iat", "x5c", "x5t#S256"}, "header")
        check(said["typ"] == kind, "another kind of seal")
        self.certificate = base64.b64decode(said["x5c"][0])
        check(from_base64url(said["x5t#S256"]) == hashlib.sha256(self.certificate).digest(), "thumbprint")
        self.sha256 = digest(self.certificate)
        self.at = said["iat"]
        self.said = json.loads(from_base64url(payload))
        self.check_signature(said["alg"], f"{header}.{payload}".encode(), from_base64url(signature))

    def check_signature(self, alg, octets, signature):
        key = x509.load_der_x509_certificate(self.certificate).public_key()
        try:
            if alg == "RS256":
                key.verify(signature, octets, padding.PKCS1v15(), HASHES[alg])
            else:
                half = len(signature) // 2
                pair = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
                key.verify(encode_dss_signature(*pair), octets, ec.ECDSA(HASHES[alg]))
        except InvalidSignature:
            raise Wrong("the seal does not hold") from None


class Verifier:
    def __init__(self, bundle, known, root):
        self.known = known
        self.root = root
        self.files = self.read(bundle)
        self.manifest = self.json("manifest.json")
        check(self.manifest["format"] == "kanta-proof/1", "another format")
        self.line = None
        self.received = set()

    @staticmethod
    def read(bundle):
        with zipfile.ZipFile(bundle) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            check(len(set(names)) == len(names) <= 2000, "a name occurs twice")
            check(all(NAME.fullmatch(name) for name in names), "a strange name")
            check(all(entry.compress_type == zipfile.ZIP_STORED for entry in entries), "a compressed file")
            check(not archive.comment, "a comment")
            return {name: archive.read(name) for name in names}

    def json(self, name):
        check(name in self.files, f"{name} is missing")
        return json.loads(self.files[name])

    def text(self, name):
        check(name in self.files, f"{name} is missing")
        return self.files[name].decode("ascii")

    def all(self, folder):
        return {name: content for name, content in self.files.items() if name.startswith(folder)}

    def ids(self):
        return {name: self.manifest[name] for name in ("main_connector_id", "tenancy_id", "agreement_id")}

    def checksums(self):
        there = {name: (len(content), digest(content)) for name, content in self.files.items()}
        del there["manifest.json"], there["manifest.jws"]
        check(there == {one["name"]: (one["size"], one["sha256"]) for one in self.manifest["files"]}, "files")

    def seal_line(self):
        line, before = self.json("seals/certificates.json"), None
        check(line, "nobody sealed")
        for number, one in enumerate(line, 1):
            check(one["number"] == number, "order")
            check(digest(base64.b64decode(one["chain"][0])) == one["sha256"], "certificate")
            check(not before or instant(before["takes_over_at"]) < instant(one["takes_over_at"]), "order")
            seal = Seal(one["succession"], "kanta-seal-succession+jws")
            by = before if one["predecessor_fate"] == "retired" else one
            check(by is not None and seal.sha256 == by["sha256"], "succession")
            wanted = {
                "number": number,
                "certificate": one["sha256"],
                "takes_over_at": one["takes_over_at"],
                "predecessor": before and before["sha256"],
                "fate": one["predecessor_fate"],
                "trusted_until": one["predecessor_trusted_until"],
            }
            check(seal.said == wanted, "succession")
            before = one
        self.line = line

    def opened(self, name, kind):
        """Return what a seal says, and whether it is open whose it is."""
        seal, line = Seal(self.text(name), kind), self.line or []
        own = [number for number, one in enumerate(line) if one["sha256"] == seal.sha256]
        check(own, "the seal of a stranger")
        after = line[own[0] + 1] if own[0] + 1 < len(line) else None
        check(seal.at >= instant(line[own[0]]["takes_over_at"]).timestamp(), "before it took over")
        check(after is None or seal.at < instant(after["takes_over_at"]).timestamp(), "after it was succeeded")
        doubt = after and after["predecessor_trusted_until"]
        is_open = bool(doubt and seal.at >= instant(doubt).timestamp()) or seal.sha256 not in self.ours()
        return seal.said, is_open

    def ours(self):
        found, before = set(), None
        for one in self.line or []:
            if one["sha256"] in self.known or (before in found and one["predecessor_fate"] == "retired"):
                found.add(one["sha256"])
            before = one["sha256"]
        return found

    def manifest_seal(self):
        said, is_open = self.opened("manifest.jws", "kanta-proof+jws")
        sha256 = digest(self.files["manifest.json"])
        check(said == {"format": "kanta-proof/1", "manifest": sha256, **self.ids()}, "another manifest")
        self.leave(is_open)

    def checkpoint(self):
        return self.opened("journal/checkpoint.jws", "kanta-journal-checkpoint+jws")

    def checkpoint_seal(self):
        said, is_open = self.checkpoint()
        check(said["main_connector_id"] == self.manifest["main_connector_id"], "another main connector")
        self.leave(is_open)

    def journal_chain(self):
        part, proof = self.json("journal/slice.json"), self.json("journal/proof.json")
        chain = uuid.UUID(part["chain"])
        check(part["chain"] == proof["chain"] == self.manifest["tenancy_id"], "another chain")
        value = bytes.fromhex(part["before"])
        check(part["first"] > 1 or value == hashlib.sha256(chain.bytes).digest(), "beginning")
        for number, entry in enumerate(part["entries"], part["first"]):
            value = hashlib.sha256(value + number.to_bytes(8, "big") + entry.encode()).digest()
        last = part["first"] + len(part["entries"]) - 1
        check((last, value.hex()) == (proof["sequence"], proof["digest"]), "the entries do not lead there")

    def inclusion(self):
        proof, (said, _) = self.json("journal/proof.json"), self.checkpoint()
        check((proof["number"], proof["size"]) == (said["number"], said["size"]), "another checkpoint")
        leaf = uuid.UUID(proof["chain"]).bytes + proof["sequence"].to_bytes(8, "big") + bytes.fromhex(proof["digest"])
        value = hashlib.sha256(b"\0" + leaf).digest()
        place, last = proof["position"], proof["size"] - 1
        check(0 <= place <= last, "place")
        for step in map(bytes.fromhex, proof["path"]):
            check(last > 0, "the path is too long")
            if place % 2 or place == last:
                value = hashlib.sha256(b"\1" + step + value).digest()
                while place % 2 == 0 and place:
                    place, last = place >> 1, last >> 1
            else:
                value = hashlib.sha256(b"\1" + value + step).digest()
            place, last = place >> 1, last >> 1
        check(last == 0 and value.hex() == said["root"], "not in the root")

    def checkpoint_timestamp(self):
        if "journal/checkpoint.tst" not in self.files:
            raise Open("nobody stamped it")
        with tempfile.TemporaryDirectory() as folder:
            token, data, others = (Path(folder) / name for name in ("token", "data", "others.pem"))
            token.write_bytes(self.files["journal/checkpoint.tst"])
            data.write_bytes(self.files["journal/checkpoint.jws"])
            found = [x509.load_der_x509_certificate(one) for one in self.all("certificates/").values()]
            others.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in found))
            command = ["openssl", "ts", "-verify", "-data", data, "-in", token, "-token_in", "-CAfile", self.root]
            done = subprocess.run([*command, "-untrusted", others], capture_output=True, check=False)
        check(done.returncode == 0, "the timestamp does not hold")

    def about(self):
        entries = [json.loads(entry) for entry in self.json("journal/slice.json")["entries"]]
        return [one for one in entries if one["subject"] == f"agreement/{self.manifest['agreement_id']}"]

    def journal_tells(self):
        named = {one["facts"].get(fact) for one in self.about() for fact in ("document", "original")} - {None}
        check(named == {digest(one) for one in self.all("documents/").values()}, "the journal names others")

    def offer(self):
        names = {f"documents/{number}.docx" for number in range(len(self.all("documents/")))}
        check(set(self.all("documents/")) == names, "a revision is missing")

    def receipts(self):
        done = any(one["action"] in {"agreement.in_force", "agreement.amendment_agreed"} for one in self.about())
        open_ones = []
        for party in ("main_connector", "tenant"):
            name = f"receipts/{party}.jws"
            if name not in self.files:
                check(not done, "a receipt is missing")
                continue
            said, is_open = self.opened(name, "kanta-receipt+jws")
            check({key: said[key] for key in self.ids()} == self.ids(), "of another agreement")
            held = self.all("documents/" if said["form"] == "file" else "exhibits/")
            check(said["party"] == party, "of the other party")
            check(said["original"] in map(digest, held.values()), "of something else")
            open_ones.append(is_open)
            if not is_open:
                self.received.add(said["original"])
        self.leave(any(open_ones))

    def paper(self):
        signed = [one for one in self.about() if one["action"] == "agreement.signed"]
        if any(one["facts"].get("manner") == "paper" for one in signed):
            raise Open("a scan")

    def exhibits(self):
        entries = [json.loads(entry) for entry in self.json("journal/slice.json")["entries"]]
        added = {one["facts"].get("sha256") for one in entries if one["action"] == "exhibit.added"}
        if not set(map(digest, self.all("exhibits/").values())) <= added | self.received:
            raise Open("only the manifest vouches for it")

    def report(self):
        said = self.json("report.json")
        documents = self.all("documents/")
        newest = digest(documents[max(documents)]) if documents else None
        check(said["agreement"]["id"] == self.manifest["agreement_id"], "of another agreement")
        check(said["original"] == newest, "of another document")

    @staticmethod
    def leave(is_open):
        if is_open:
            raise Open("whose seal it is is not known")

    def verdict(self):
        found = set()
        for statement in STATEMENTS:
            try:
                getattr(self, statement)()
            except Open:
                found.add("indeterminate")
            except (Wrong, LookupError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
                found.add("invalid")
        return "invalid" if "invalid" in found else "indeterminate" if found else "valid"


STATEMENTS = (
    "checksums", "seal_line", "manifest_seal", "journal_chain", "inclusion", "checkpoint_seal", "checkpoint_timestamp",
    "journal_tells", "offer", "receipts", "paper", "exhibits", "report",
)  # fmt: skip


def verdict_on(bundle, seal, root):
    known = {digest(x509.load_pem_x509_certificate(Path(seal).read_bytes()).public_bytes(Encoding.DER))}
    try:
        return Verifier(bundle, known, root).verdict()
    except (Wrong, zipfile.BadZipFile, LookupError, ValueError, TypeError, NotImplementedError, RuntimeError, EOFError):
        return "invalid"


if __name__ == "__main__":
    print(verdict_on(*sys.argv[1:]))
