import pytest

from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.targets import UnfitTarget, read_target


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://hooks.example.org/in?a=b", "hooks.example.org", 443),
        ("https://HOOKS.example.org.:8443", "hooks.example.org", 8443),
        ("https://xn--ij-yia0l.example/", "xn--ij-yia0l.example", 443),
        ("https://93.184.215.14/", "93.184.215.14", 443),
        ("https://[2a00:1450::1]:444/", "2a00:1450::1", 444),
    ],
)
def test_a_host_on_the_internet_is_a_target(url, host, port):
    target = read_target(url)
    assert (target.url, target.host, target.port, target.plain) == (url, host, port, False)


UNFIT = [
    "", "hooks.example.org", "ftp://hooks.example.org/", "file:///etc/passwd", "gopher://a.example/", "https://",
    "https:///path", "http://hooks.example.org/", "https://user@hooks.example.org/", "https://u:p@hooks.example.org/",
    "https://hooks.example.org/#part", "https://hooks.example.org#", "https://hooks example.org/", "https://a..b/",
    "https://-a.example/", "https://a-.example/", "https://äijä.example/", "https://hooks.example.org/\r\nHost: b",
    "https://hooks.example.org:99999/", "https://hooks.example.org:x/", "https://[::1", "https://[fe80::1%25eth0]/",
    f"https://hooks.example.org/{'a' * 1000}", f"https://{'a' * 64}.example/", f"https://{'a.' * 130}example/",
    "https://localhost/", "https://LOCALHOST:8443/", "https://a.localhost/", "https://127.0.0.1/", "https://0.0.0.0/",
    "https://0/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/",
    "https://127.0.0.1./", "https://10.0.0.1/", "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[fd00::1]/",
    "https://[64:ff9b::a00:1]/", "https://[2002:7f00:1::]/", "https://\uff11\uff12\uff17.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", UNFIT)
def test_what_is_not_is_refused_without_being_repeated(url):
    with pytest.raises(UnfitTarget) as refusal:
        read_target(url)
    assert "example" not in str(refusal.value).replace("hooks.example.org.", "").replace("hooks.example.org,", "")


def test_an_allowed_internal_host_is_a_target_even_without_tls():
    allowed = read_allowed("127.0.0.1:9000 hooks.internal:80 localhost:9001")
    assert read_target("http://127.0.0.1:9000/a", allowed).plain
    assert read_target("http://hooks.internal/", allowed).port == 80
    assert read_target("https://localhost:9001/", allowed).host == "localhost"
    with pytest.raises(UnfitTarget):
        read_target("http://127.0.0.1:9001/", allowed)
