"""What tests of webhooks do and look at."""

from collections import Counter

from kanta_tenancy.messages import delivering
from kanta_tenancy.messages.delivering import Post
from tests.machinery.outgoing.receivers import Receiver
from tests.messages.examples import a_post, an_endpoint


async def worked(database, clock, post: Post | None = None) -> int:
    """Do what the jobs do once."""
    post = post or a_post()
    first = await delivering.send(database, clock, post, troubled=False)
    return first + await delivering.send(database, clock, post, troubled=True)


async def states(owner) -> Counter[str]:
    return Counter(row["state"] for row in await owner.fetch("SELECT state FROM message"))


async def outcomes(owner) -> list[str]:
    return [row["outcome"] for row in await owner.fetch("SELECT outcome FROM message_attempt ORDER BY id")]


async def subscribed(database, clock, caller, receiver: Receiver, *kinds: str) -> bytes:
    _, secret = await an_endpoint(database, clock, caller, receiver.url(), *kinds)
    return secret
