"""A new key lies where its owner alone can read it, and takes no other file's place."""

import errno
import os
import resource
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kanta_tenancy.machinery.x509 import key_file, keys
from kanta_tenancy.machinery.x509.errors import KeyFileRefused
from kanta_tenancy.machinery.x509.keys import KeyKind

KEY = keys.make(KeyKind.EC_P256)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def mask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_only_the_owner_can_read_it_whatever_the_mask_says(tmp_path, mask):
    file = tmp_path / "one.key"
    key_file.write(file, KEY)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_pem_private_key(file.read_bytes(), None).private_numbers() == KEY.private_numbers()


def test_with_a_password_it_opens_with_that_alone(tmp_path):
    file = tmp_path / "one.key"
    key_file.write(file, KEY, b"salasana")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in file.read_bytes()
    assert load_pem_private_key(file.read_bytes(), b"salasana").private_numbers() == KEY.private_numbers()
    with pytest.raises(ValueError, match="password"):
        load_pem_private_key(file.read_bytes(), b"another")


@pytest.mark.parametrize("link", [False, True])
def test_a_file_or_a_link_that_is_there_stays_as_it_is(tmp_path, link):
    file, other = tmp_path / "one.key", tmp_path / "other"
    if link:
        file.symlink_to(other)  # which leads nowhere, or where somebody else wants the key to be
    else:
        file.write_bytes(b"kept")
    with pytest.raises(KeyFileRefused):
        key_file.write(file, KEY)
    assert not other.exists()
    assert link or file.read_bytes() == b"kept"


def test_of_many_at_once_exactly_one_writes(tmp_path):
    def write(_):
        try:
            key_file.write(tmp_path / "one.key", KEY)
        except KeyFileRefused:
            return 0
        return 1

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(write, range(32))) == 1


def test_of_a_key_that_cannot_be_written_whole_nothing_is_left(tmp_path):
    file = tmp_path / "one.key"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as on a disk that is full
    try:
        with pytest.raises(OSError, match="File too large") as trouble:
            key_file.write_new(file, b"x" * 100_000, 0o600)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (trouble.value.errno, trouble.value.filename) == (errno.EFBIG, str(file))
    assert list(tmp_path.iterdir()) == []
