from ipaddress import ip_address

import pytest

from kanta_tenancy.machinery.outgoing.allowance import NOTHING, read_allowed


def covered(text: str, host: str, address: str, port: int) -> bool:
    return read_allowed(text).covers(host, ip_address(address), port)


def test_nothing_is_allowed_unless_it_is_said():
    assert not NOTHING
    assert not read_allowed(" , ")
    assert not NOTHING.covers("localhost", ip_address("127.0.0.1"), 80)


def test_a_network_is_allowed_on_every_port():
    assert covered("10.20.0.0/16", "anything.example", "10.20.3.4", 8443)
    assert not covered("10.20.0.0/16", "anything.example", "10.21.0.1", 8443)
    assert covered("fd00:1::/32", "x", "fd00:1::7", 1)


def test_an_address_is_allowed_on_its_port_whatever_the_name():
    said = "127.0.0.1:9000, [::1]:9001"
    assert covered(said, "hooks.example", "127.0.0.1", 9000)
    assert not covered(said, "127.0.0.1", "127.0.0.1", 9001)
    assert covered(said, "::1", "::1", 9001)


def test_a_name_is_allowed_on_its_port_wherever_it_leads():
    said = "hooks.example.internal:8443"
    assert covered(said, "HOOKS.example.internal", "10.0.0.9", 8443)
    assert not covered(said, "hooks.example.internal", "10.0.0.9", 443)
    assert not covered(said, "other.example.internal", "10.0.0.9", 8443)


@pytest.mark.parametrize("said", ["hooks.example", "10.0.0.1/8", "10.0.0.0/99", "a:0", "a:70000", "a:b", "https://a:1"])
def test_anything_else_is_refused_by_its_entry(said):
    with pytest.raises(ValueError, match=said.partition(":")[0]):
        read_allowed(f"192.168.0.0/16 {said}")
