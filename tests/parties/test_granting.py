from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.identifiers import AccessKeyId, new_id
from kanta_tenancy.parties import granting, tokens
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from kanta_tenancy.parties.wording import Unfit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
permissions = st.frozensets(st.sampled_from(Permission))


@given(permissions, permissions, st.booleans())
def test_a_key_never_has_more_than_its_giver_nor_a_tenants_key_more_than_a_tenant(asked, giver, for_tenant):
    allowed = giver & TENANT_PERMISSIONS if for_tenant else giver
    assert (granting.too_wide(asked, giver=giver, for_tenant=for_tenant) == ()) is (asked <= allowed)


@given(st.frozensets(st.sampled_from(Permission), min_size=1))
def test_every_permission_that_is_too_wide_is_named(asked):
    flaws = granting.too_wide(asked, giver=frozenset(), for_tenant=False)
    assert [flaw.detail.partition(":")[0] for flaw in flaws] == sorted(asked)


def test_a_key_lives_a_year_unless_said_otherwise():
    assert granting.expiry(None, NOW, giver_ends=None) == NOW + timedelta(days=365)
    for life in (timedelta(seconds=1), timedelta(days=731)):
        assert granting.expiry(NOW + life, NOW, giver_ends=None) == NOW + life


@pytest.mark.parametrize("asked", [NOW, NOW + timedelta(days=731, seconds=1), NOW.replace(tzinfo=None)])
def test_a_key_does_not_begin_expired_nor_live_for_ever(asked):
    with pytest.raises(Unfit):
        granting.expiry(asked, NOW, giver_ends=None)


lives = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=731))


@given(st.none() | lives, lives)
def test_a_key_never_ends_after_the_key_that_makes_it(life, left):
    asked, giver_ends = None if life is None else NOW + life, NOW + left
    if asked is not None and asked > giver_ends:
        with pytest.raises(Unfit, match="no later than the key that makes it"):
            granting.expiry(asked, NOW, giver_ends=giver_ends)
    else:
        assert granting.expiry(asked, NOW, giver_ends=giver_ends) <= giver_ends


def test_a_token_says_who_it_is_and_holds_256_random_bits():
    drawn = [tokens.draw(AccessKeyId(new_id())) for _ in range(100)]
    assert len({token.secret for token in drawn}) == 100
    for token in drawn:
        assert len(token.text) == 82
        assert tokens.read(token.text) == token
        assert len(token.sha256) == 32


@given(st.text(max_size=90) | st.from_regex(r"kt_[a-z2-7]{26}_[a-z2-7]{52}", fullmatch=True))
def test_any_text_is_a_token_or_none(text):
    token = tokens.read(text)
    assert token is None or token.text == text


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text + "a", lambda text: text[:-1], lambda text: f" {text}"]
)
def test_nearly_a_token_is_none(change):
    assert tokens.read(change(tokens.draw(AccessKeyId(new_id())).text)) is None
