"""10,000 agreements offered and signed with the main connector's key, by two instances at once and by one."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import asyncpg

from kanta_tenancy.agreements.campaigns import actions
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.agreements.campaigns.many import add_tenants
from tests.bench.campaign import a_new_campaign
from tests.bench.realm import make_realm
from tests.bench.results import Row, at_least
from tests.parties.examples import looked, owner_of

AGREEMENTS: Final = 10_000
_ROOT: Final = Path(__file__).parents[2]
_WHOLE: Final = """
SELECT count(*)
  FROM campaign_row AS r
  JOIN agreement AS a ON a.id = r.agreement_id AND a.status = 'partly_signed'
 WHERE (SELECT count(*) FROM agreement_signature AS s WHERE s.agreement_id = a.id AND s.party = 'main_connector') = 1
   AND (SELECT count(*) FROM agreement_document AS d WHERE d.agreement_id = a.id) = 2
"""


def measure(server: str) -> list[Row]:
    one = asyncio.run(_run(server, "bench_issuing_one", instances=1))
    two = asyncio.run(_run(server, "bench_issuing_two", instances=2))
    return [
        Row(
            name="10,000 agreements offered and signed, each once, by two instances against one",
            ratio=one / two,
            spread=(one / two, one / two),  # each run is 10,000 rounds
            goal=at_least(1),
            ours=f"{AGREEMENTS / two:,.0f}/s",
            theirs=f"{AGREEMENTS / one:,.0f}/s",
        )
    ]


async def _run(server: str, name: str, *, instances: int) -> float:
    """Return how long it takes from the start of a campaign until the last offer is signed."""
    realm = await make_realm(server, name, tenants=0)
    owner = await asyncpg.connect(realm.owner_url)
    await add_tenants(owner, realm.caller, AGREEMENTS)
    await owner.execute("CHECKPOINT")
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        key, chain = _key(Path(folder))
        workers = [await _begun(realm.service_url, key, chain) for _ in range(instances)]
        try:
            async with connect(realm.service_url) as database:
                await looked(database, clock, realm.caller, await owner_of(database, realm.caller))
                async with database.transaction(realm.caller) as tx:
                    made = await actions.create(tx, clock, a_new_campaign(name, sign_with_own_key=True))
                    await actions.start(tx, clock, campaign_id=made.id, version=made.version)
            for worker in workers:
                assert worker.stdin is not None
                worker.stdin.write(b"\n")
            begun = time.perf_counter()
            await _until_signed(owner)
            seconds = time.perf_counter() - begun
        finally:
            for worker in workers:
                worker.kill()
                await worker.wait()
    whole = await owner.fetchval(_WHOLE)
    await owner.close()
    if whole != AGREEMENTS:
        raise LookupError(f"{whole} of {AGREEMENTS} agreements are offered and signed exactly once")
    return seconds


async def _begun(url: str, key: Path, chain: Path) -> asyncio.subprocess.Process:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.issuing_worker", url, str(key), str(chain),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=_ROOT,
    )  # fmt: skip
    assert worker.stdout is not None
    if await worker.stdout.readline() != b"at work\n":
        raise LookupError("a worker did not begin")
    return worker


async def _until_signed(owner: asyncpg.Connection) -> None:
    while await owner.fetchval("SELECT count(*) FROM agreement_signature") < AGREEMENTS:  # noqa: ASYNC110 -- others work
        await asyncio.sleep(0.2)


def _key(folder: Path) -> tuple[Path, Path]:
    at = SystemClock().now()
    authority = sample_authority.found("Bench", at=at, kind=KeyKind.EC_P256)
    signer = sample_authority.Signer(name="Esimerkki Oy", organisation="Esimerkki Oy")
    credential = sample_authority.issue(authority, signer, at=at)
    key, chain = folder / "key.pem", folder / "chain.pem"
    key.write_bytes(sample_authority.key_pem(credential))
    chain.write_bytes(sample_authority.chain_pem(*credential.chain))
    return key, chain
