"""The key of the seal may be in a token, from which nobody can copy it."""

import pytest

from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.seals import Kind, SealKeyUnusable, believed, seal
from kanta_tenancy.seals.sealing import Trial
from tests.seals.examples import every_certificate, taken_over


async def sealed(database, keys, clock) -> str:
    async with database.unscoped() as connection:
        return await seal(connection, keys, Kind.RECEIPT, Trial(), at=clock.now())


async def test_a_token_seals_until_it_is_taken_out(database, keys, clock, softhsm):
    token = softhsm.token()
    authority = sample_authority.found("Esimerkki", at=clock.now())
    signer = sample_authority.Signer(name="Seal", organisation="Esimerkki Oy")
    token.put(sample_authority.issue(authority, signer, at=clock.now()), "seal", "01")
    place = token.place()
    for name, text in {
        "hsm.toml": f'module = "{place.module}"\ntoken = "{place.token}"\n',
        "hsm.pin": token.pin,
    }.items():
        (keys.folder / name).write_text(text)
        (keys.folder / name).chmod(0o600)
    first = await taken_over(database, keys, clock, "hsm")
    opened = believed(await sealed(database, keys, clock), Kind.RECEIPT, await every_certificate(database))
    assert opened.certificate_sha256 == first.sha256
    softhsm.take_out()
    with pytest.raises(SealKeyUnusable, match=r"the key hsm cannot be used: the token .* is not there"):
        await sealed(database, keys, clock)
