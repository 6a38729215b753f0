"""The main connector's own key may be in a token beside the service."""

import pytest

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.errors import SigningKeyMissing
from kanta_tenancy.machinery.x509.token_key import from_token
from tests.agreements.conftest import a_credential


async def test_a_token_signs_for_the_main_connector_until_it_is_taken_out(desk, database, softhsm):
    offered = await desk.offered()
    ground = await desk.ground(offered, Party.MAIN_CONNECTOR)
    token = softhsm.token()
    token.put(a_credential("Esimerkki Oy"), "oy", "01")
    key = from_token(token.place(), token.pin)
    scope, now = desk.main_connector.scope, desk.clock.now()

    softhsm.take_out()
    with pytest.raises(
        SigningKeyMissing, match=r"the key beside the service cannot be used: the token .* is not there"
    ):
        signing.signed_here(ground, lambda _: key, scope, position=1, at=now)

    softhsm.put_back()
    accepted = signing.signed_here(ground, lambda _: key, scope, position=1, at=now)
    async with database.transaction(desk.main_connector) as tx:
        signed = await signing.add_signature(tx, agreement_id=offered.id, accepted=accepted)
    assert [signature.party for signature in signed.signatures] == [Party.MAIN_CONNECTOR]
