"""Whether the service is able to sign: a test signature with each key that lies beside it, or with a throw-away one."""

import asyncio
from datetime import timedelta
from typing import Final

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.judgement import refusals
from kanta_tenancy.machinery.x509.shelf import KeyShelf
from kanta_tenancy.machinery.x509.signing_key import SigningKey

_OCTETS: Final = b"able to sign"
_EARLIER: Final = timedelta(minutes=1)


class SigningCheck:
    """Raises when a key that the service keeps could not sign an agreement now."""

    def __init__(self, shelf: KeyShelf | None, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock
        self._throw_away: Credential | None = None
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        # One at a time, however often it is asked: a token that hangs must not take a thread for every question.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(asyncio.to_thread(self._sign))
            self._asking.add_done_callback(_heard)
        await asyncio.shield(self._asking)

    def _sign(self) -> None:
        owners = () if self._shelf is None else self._shelf.owners()
        for owner in owners:
            try:
                key = None if self._shelf is None else self._shelf.find(owner)
                if key is not None:
                    self._try(key)
            except CredentialUnusable as why:
                raise CredentialUnusable(f"the key of main connector {owner}: {why.detail}") from why
        if not owners:
            self._try(self._thrown_away())

    def _try(self, key: SigningKey) -> None:
        why = refusals(key.certificate, self._clock.now())
        if why:
            raise CredentialUnusable("; ".join(reason.detail for reason in why))
        key.sign(_OCTETS)

    def _thrown_away(self) -> Credential:
        if self._throw_away is None:
            at = self._clock.now() - _EARLIER
            authority = sample_authority.found("Throw-away", at=at)
            signer = sample_authority.Signer(name="Throw-away", organisation="Throw-away")
            self._throw_away = sample_authority.issue(authority, signer, at=at)
        return self._throw_away


def _heard(asked: asyncio.Task[None]) -> None:
    """Hear how it ended, also where nobody waits for it any more."""
    if not asked.cancelled():
        asked.exception()
