"""The examples of docs/python-api.md are run, and what they import is all that is imported."""

import doctest
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from kanta_tenancy import authorities, documents
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.sample_authority import (
    Signer,
    chain_pem,
    empty_lists,
    found,
    issue,
    key_pem,
    lists_pem,
    pkcs12_file,
)
from tests.machinery.ooxml.signing.documents import FIRST_LINE, SECOND_LINE, document
from tests.machinery.timestamping.authorities import authority, stamping
from tests.timestamp_authority import TimestampAuthority

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "python-api.md").read_text("utf-8")


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamps: TimestampAuthority) -> Path:
    at = SystemClock().now() - timedelta(hours=1)  # the examples say nothing of time
    of_sample = found("Sample", at=at)
    aino, eino = (issue(of_sample, Signer(name=name, organisation="Apteekki Oy"), at=at) for name in ("Aino", "Eino"))
    files = {
        "agreement.docx": document(FIRST_LINE, SECOND_LINE),
        "aino.p12": pkcs12_file(aino, b"secret"),
        "eino-chain.pem": chain_pem(*eino.chain),
        "eino-key.pem": key_pem(eino),
        "authority.pem": chain_pem(of_sample.root),
        "authority.crl": lists_pem(empty_lists(of_sample, at=at)),
        "stamps.pem": stamps.trust.read_bytes(),
    }
    for name, content in files.items():
        assert f"`{name}`" in PAGE
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_of_the_page_do_what_it_says(folder: Path, stamps: TimestampAuthority):
    blocks = re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    told: list[str] = []
    with authority(stamping(stamps)) as asked:
        known = {"stamps": asked.url()}
        whole = doctest.DocTestParser().get_doctest("\n".join(blocks), known, "python-api.md", None, 0)
        results = doctest.DocTestRunner().run(whole, out=told.append)
    assert (results.failed, results.attempted > 15) == (0, True), "".join(told)


def test_every_refusal_and_every_way_to_a_key_is_told_of():
    refusals = {
        name for name in documents.__all__ if isinstance(getattr(documents, name), type(documents.Refusal))
        and issubclass(getattr(documents, name), documents.Refusal) and name != "Refusal"
    }  # fmt: skip
    assert set(re.findall(r"^\| `([A-Z]\w+)`", PAGE, re.MULTILINE)) == refusals
    assert set(re.findall(r"^\| `(key_from_\w+)\(", PAGE, re.MULTILINE)) == {
        name for name in documents.__all__ if name.startswith("key_from")
    }


@pytest.mark.parametrize("package", [documents, authorities])
def test_everything_that_is_listed_is_there(package: ModuleType):
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert package.__all__ == sorted(package.__all__)


def test_signing_and_verifying_loads_four_packages_of_others_and_nothing_of_the_web_or_the_database(folder: Path):
    script = (
        "import sys; from pathlib import Path; from kanta_tenancy import documents as d\n"
        "key = d.key_from_pkcs12(Path('aino.p12'), b'secret')\n"
        "signed = d.sign(Path('agreement.docx'), key, line=1)\n"
        "known = d.revocation_data(lists=[Path('authority.crl')])\n"
        "trust = d.certificates(Path('authority.pem'))\n"
        "assert d.verify(signed, trust=trust, revocation=known).verdict == 'valid'\n"
        "where = [getattr(one, '__file__', None) or '' for one in sys.modules.values()]\n"
        "print(*{one.partition('site-packages/')[2].partition('/')[0] for one in where if 'site-packages/' in one})\n"
        "print(*{name.split('.')[1] + '/' + name.split('.')[2] for name in sys.modules if name.count('.') > 1"
        " and name.startswith('kanta_tenancy.')})"
    )
    told = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"],
                          capture_output=True, check=True, cwd=folder).stdout.decode()  # fmt: skip
    others, ours = (set(line.split()) for line in told.splitlines())
    assert {one for one in others if not one.startswith("_")} >= {"cryptography", "lxml", "msgspec", "isal"}
    assert (
        others & {"asyncpg", "litestar", "httptools", "click", "uvicorn", "apscheduler", "structlog", "pkcs11"} == set()
    )
    assert ours & {"machinery/postgres", "machinery/web", "machinery/outgoing", "machinery/scheduling"} == set()
