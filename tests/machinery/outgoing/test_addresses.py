"""What leads inwards is refused whatever it looks like; what is on the internet is not."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.outgoing.addresses import literal, why_internal

INTERNAL = [
    "0.0.0.0",  # noqa: S104 -- nobody listens on it
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:93.184.215.14", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1",
    "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "4000::1", "5f00::1", "fc00::1",
    "fd00::1", "fd12:3456:789a::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "2a00:1450::5efe:a00:1", "2a00:1450::200:5efe:7f00:1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "9.9.9.9", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "192.0.1.1", "223.255.255.255", "64:ff9b::5db8:d70e", "2001:4860:4860::8888", "2a00::1",
    "2400:cb00:2048:1::c629:d7a2",
]  # fmt: skip


@pytest.mark.parametrize("text", INTERNAL)
def test_it_leads_inwards(text):
    assert why_internal(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_it_is_on_the_internet(text):
    assert why_internal(ip_address(text)) is None


@given(st.ip_addresses(v=4))
def test_nothing_that_python_calls_local_passes(address: IPv4Address):
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert why_internal(address)


@given(st.ip_addresses(v=6))
def test_nothing_that_python_calls_local_passes_in_version_six(address: IPv6Address):
    translated = int(address) >> 32 == 0x64_FF9B << 64
    if not translated and (not address.is_global or address.is_multicast or address.is_reserved):
        assert why_internal(address)


@given(st.ip_addresses(v=4))
def test_an_address_carried_inside_another_is_judged_as_itself(address: IPv4Address):
    inwards = why_internal(address)
    assert why_internal(IPv6Address(f"::ffff:{address}"))
    assert why_internal(IPv6Address(int(IPv6Address("64:ff9b::")) + int(address))) == inwards
    assert why_internal(IPv6Address((0x2002 << 112) | int(address) << 80))
    assert why_internal(IPv6Address(int(address)))


@pytest.mark.parametrize("text", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "127.0.0.01", "1.1.1.1.", "a"])
def test_only_the_usual_form_is_an_address(text):
    assert literal(text) is None
