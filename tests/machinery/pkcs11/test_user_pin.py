"""How to log in at a token, by what it says of itself: software in its place says none of the grave things."""

import pkcs11
import pytest
from pkcs11 import TokenFlag

from kanta_tenancy.machinery.pkcs11.errors import PinNeeded, PinRefused
from kanta_tenancy.machinery.pkcs11.place import KeyPlace
from kanta_tenancy.machinery.pkcs11.sessions import user_pin

PLACE = KeyPlace(module="/opt/driver.so", token="kanta")
ASKS = TokenFlag.LOGIN_REQUIRED | TokenFlag.TOKEN_INITIALIZED


def test_a_token_gets_the_pin_that_there_is():
    assert user_pin(ASKS, "1234", PLACE) == "1234"
    assert user_pin(ASKS | TokenFlag.PROTECTED_AUTHENTICATION_PATH, "1234", PLACE) == "1234"
    assert user_pin(ASKS | TokenFlag.USER_PIN_COUNT_LOW, "1234", PLACE) == "1234"


def test_a_pin_that_is_typed_on_the_device_is_asked_for_there():
    assert user_pin(ASKS | TokenFlag.PROTECTED_AUTHENTICATION_PATH, None, PLACE) is pkcs11.PROTECTED_AUTH


def test_a_token_that_asks_for_nothing_gets_nothing():
    assert user_pin(TokenFlag.TOKEN_INITIALIZED, None, PLACE) is None


def test_a_token_that_asks_is_not_tried_without_a_pin():
    with pytest.raises(PinNeeded, match="the token kanta asks for its PIN"):
        user_pin(ASKS, None, PLACE)


@pytest.mark.parametrize("pin", ["1234", None])
@pytest.mark.parametrize(
    ("flag", "why"),
    [(TokenFlag.USER_PIN_FINAL_TRY, "would lock at another wrong"), (TokenFlag.USER_PIN_LOCKED, "locked")],
)
def test_a_token_that_is_locked_or_would_lock_is_not_tried(flag: TokenFlag, why: str, pin: str | None):
    with pytest.raises(PinRefused, match=why):
        user_pin(ASKS | TokenFlag.PROTECTED_AUTHENTICATION_PATH | flag, pin, PLACE)
