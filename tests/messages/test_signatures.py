"""Signatures as the reference implementation of Standard Webhooks reads them, and secrets that nobody keeps."""

import base64
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.messages import signatures
from kanta_tenancy.messages.model import EndpointId
from kanta_tenancy.messages.signatures import Keys

KEY, OTHER = "k" * 40, "o" * 40
ENDPOINT = EndpointId(uuid.UUID(int=1))
EVENT = uuid.UUID(int=2)


def secret(number: int = 1, endpoint: EndpointId = ENDPOINT, key: str = KEY) -> bytes:
    keys = Keys([key])
    made = keys.secret(endpoint, number, keys.newest)
    assert made is not None
    return made


def signed(payload: str, *secrets: bytes, **said) -> dict[str, str]:
    return signatures.headers(EVENT, payload, secrets, **{"at": SystemClock().now()} | said)


@given(st.text(st.characters(codec="utf-8")))
def test_a_receiver_verifies_with_the_reference_implementation(text: str):
    payload = f'{{"type": "thing.told", "data": {text!r}}}'
    Webhook(signatures.shown(secret())).verify(payload, signed(payload, secret()), json_parse=False)


def test_while_two_secrets_are_valid_a_receiver_may_have_either():
    headers = signed("{}", secret(2), secret(1))
    for number in (1, 2):
        assert Webhook(signatures.shown(secret(number))).verify("{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(signatures.shown(secret(3))).verify("{}", headers)


@pytest.mark.parametrize(
    "spoil",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "1"},
        {"webhook-signature": "v1,AAAA"},
    ],
)
def test_nothing_of_it_can_be_changed(spoil):
    with pytest.raises(WebhookVerificationError):
        Webhook(signatures.shown(secret())).verify("{}", signed("{}", secret()) | spoil)
    with pytest.raises(WebhookVerificationError):
        Webhook(signatures.shown(secret())).verify("{ }", signed("{}", secret()))


def test_an_old_webhook_is_refused_by_its_time():
    at = SystemClock().now() - timedelta(minutes=6)
    with pytest.raises(WebhookVerificationError, match="old"):
        Webhook(signatures.shown(secret())).verify("{}", signed("{}", secret(), at=at))


def test_every_endpoint_number_and_key_has_a_secret_of_its_own():
    made = {
        secret(number, endpoint, key)
        for number in (1, 2)
        for endpoint in (ENDPOINT, EndpointId(uuid.UUID(int=9)))
        for key in (KEY, OTHER)
    }
    assert len(made) == 8
    assert all(len(one) == 32 for one in made)


def test_a_secret_is_shown_as_receivers_write_it_down():
    text = signatures.shown(secret())
    assert text.startswith("whsec_")
    assert base64.b64decode(text.removeprefix("whsec_")) == secret()


def test_a_new_key_makes_new_secrets_while_the_old_ones_stay():
    before = Keys([KEY])
    after = Keys([OTHER, KEY])
    assert after.newest != before.newest
    assert after.secret(ENDPOINT, 1, before.newest) == before.secret(ENDPOINT, 1, before.newest)
    assert Keys([OTHER]).secret(ENDPOINT, 1, before.newest) is None


@pytest.mark.parametrize("keys", [[], ["short"], [KEY, "short"]])
def test_a_key_that_could_be_guessed_is_refused(keys):
    with pytest.raises(ValueError, match="32"):
        Keys(keys)


def test_the_id_of_a_webhook_is_the_events_and_holds_no_dot():
    assert signatures.webhook_id(EVENT) == f"msg_{EVENT.hex}"
    assert signed("{}", secret())["webhook-id"] == signatures.webhook_id(EVENT)
