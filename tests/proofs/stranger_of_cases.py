"""The stranger's verifier for bundles of cases, from docs/proof-bundle.md alone: nothing of kanta_tenancy is used."""

import json
import zipfile
from copy import copy
from itertools import count, takewhile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.proofs.stranger import Open, Verifier, Wrong, check, digest


class CaseVerifier(Verifier):
    def __init__(self, bundle, known, root):
        self.known = known
        self.root = root
        self.files = self.read(bundle)
        self.manifest = self.json("manifest.json")
        check(self.manifest["format"] == "kanta-case-proof/1", "another format")
        self.line = None

    def ids(self):
        return {name: self.manifest[name] for name in ("main_connector_id", "tenancy_id", "subject")}

    def chains(self):
        """Return this bundle once for each of its chains, as if that were the only one."""
        numbers = list(takewhile(lambda number: f"journal/slice_{number}.json" in self.files, count()))
        check(numbers, "no journal")
        for number in numbers:
            one = copy(self)
            names = {f"journal/{what}.json": f"journal/{what}_{number}.json" for what in ("slice", "proof")}
            check(set(names.values()) <= set(self.files), "half a chain")
            one.files = self.files | {name: self.files[there] for name, there in names.items()}
            own = self.manifest["tenancy_id"]
            one.manifest = self.manifest | {"tenancy_id": own or one.json("journal/slice.json")["chain"]}
            yield one

    def manifest_seal(self):
        said, is_open = self.opened("manifest.jws", "kanta-case-proof+jws")
        sha256 = digest(self.files["manifest.json"])
        check(said == {"format": "kanta-case-proof/1", "manifest": sha256, **self.ids()}, "another manifest")
        self.leave(is_open)

    def journal_chain(self):
        chains = list(self.chains())
        for one in chains:
            Verifier.journal_chain(one)
        ids = [one.json("journal/slice.json")["chain"] for one in chains]
        check(len(ids) == len(set(ids)), "a chain is there twice")

    def inclusion(self):
        for one in self.chains():
            Verifier.inclusion(one)

    def about(self):
        names = {self.manifest["subject"], *self.manifest["subjects"]}
        names |= {name.rpartition("/")[2] for name in names}
        for one in self.chains():
            for entry in map(json.loads, one.json("journal/slice.json")["entries"]):
                if entry["subject"] in names or names & {str(value) for value in entry["facts"].values()}:
                    yield entry

    def journal_tells(self):
        told = list(self.about())
        check(told, "the journal does not tell of it")
        drawn = {one["facts"]["document"] for one in told if one["action"] == "paper.drawn_up"}
        check(drawn == set(map(digest, self.all("documents/").values())), "the journal names others")

    def exhibits(self):
        added = {one["facts"].get("sha256") for one in self.about()}
        if not set(map(digest, self.all("attachments/").values())) <= added:
            raise Open("only the manifest vouches for it")

    def report(self):
        said = self.json("case.json")
        check({name: said[name] for name in self.ids()} == self.ids(), "of another case")
        check(said["reference"] == self.manifest["reference"], "another reference")
        documents = [self.files[f"documents/{number}.docx"] for number in range(len(self.all("documents/")))]
        check(said["documents"] == [digest(one) for one in documents], "other documents")
        check(set(said["attachments"]) == set(map(digest, self.all("attachments/").values())), "other files")

    def verdict(self):
        found = set()
        for statement in STATEMENTS:
            try:
                getattr(self, statement)()
            except Open:
                found.add("indeterminate")
            except (Wrong, LookupError, ValueError, TypeError, AttributeError):
                found.add("invalid")
        return "invalid" if "invalid" in found else "indeterminate" if found else "valid"


STATEMENTS = (
    "checksums", "seal_line", "manifest_seal", "journal_chain", "inclusion", "checkpoint_seal", "checkpoint_timestamp",
    "journal_tells", "exhibits", "report",
)  # fmt: skip


def verdict_on(bundle, seal, root):
    known = {digest(x509.load_pem_x509_certificate(Path(seal).read_bytes()).public_bytes(Encoding.DER))}
    try:
        return CaseVerifier(bundle, known, root).verdict()
    except (Wrong, zipfile.BadZipFile, LookupError, ValueError, TypeError):
        return "invalid"
