import uuid

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.messages import addresses
from kanta_tenancy.messages.model import FeedId


@given(st.uuids())
def test_an_address_is_read_as_it_was_drawn(number: uuid.UUID):
    drawn = addresses.draw(FeedId(number))
    assert addresses.read(drawn.name) == drawn
    assert len(drawn.sha256) == 32


def test_no_two_addresses_have_the_same_secret():
    feed = FeedId(uuid.UUID(int=1))
    assert len({addresses.draw(feed).secret for _ in range(100)}) == 100


@given(st.text())
def test_anything_else_is_no_address(text: str):
    assert addresses.read(text) is None


def test_an_id_has_one_spelling():
    name = addresses.draw(FeedId(uuid.UUID(int=0))).name
    assert name.startswith("kf_aaaaaaaaaaaaaaaaaaaaaaaaaa_")
    assert addresses.read(name.replace("aa_", "ab_", 1)) is None
