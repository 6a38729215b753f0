"""The tree is that of RFC 9162: published vectors, and a slow tree written from the definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.sealing import merkle

# The reference inputs, roots and proofs of Certificate Transparency (transparency-dev/merkle, testonly/constants.go).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}


def hashed(count: int) -> list[bytes]:
    return [merkle.leaf(bytes.fromhex(text)) for text in LEAVES[:count]]


def defined(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 9162, 2.1.1 defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + defined(leaves[:split]) + defined(leaves[split:])).digest()


def path_defined(index: int, leaves: list[bytes]) -> list[bytes]:
    """Return a proof as RFC 9162, 2.1.3.1 defines it."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path_defined(index, leaves[:split]), defined(leaves[split:])]
    return [*path_defined(index - split, leaves[split:]), defined(leaves[:split])]


@pytest.mark.parametrize("count", range(9))
def test_the_roots_are_those_that_certificate_transparency_published(count):
    assert merkle.Tree(hashed(count)).root.hex() == ROOTS[count]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_proofs_are_those_that_certificate_transparency_published(index, size):
    path = merkle.Tree(hashed(size)).path(index)
    assert [step.hex() for step in path] == PATHS[index, size]
    root = bytes.fromhex(ROOTS[size])
    assert merkle.is_included(hashed(size)[index], index=index, size=size, path=path, root=root)


leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


@given(leaves, st.data())
def test_every_leaf_has_the_proof_that_the_definition_gives(leaves, data):
    tree = merkle.Tree(leaves)
    assert tree.root == defined(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = tree.path(index)
    assert list(path) == path_defined(index, leaves)
    assert merkle.is_included(leaves[index], index=index, size=len(leaves), path=path, root=tree.root)


@given(leaves, st.lists(st.tuples(st.integers(0, 60), st.binary(min_size=32, max_size=32)), max_size=30))
def test_putting_leaves_in_one_by_one_gives_the_tree_of_all_of_them(begun, changes):
    tree, now = merkle.Tree(begun), list(begun)
    for place, value in changes:
        index = min(place, len(now))
        tree.put(index, value)
        now[index : index + 1] = [value]
        assert tree.root == defined(now)
    assert all(tree.path(index) == merkle.Tree(now).path(index) for index in range(len(now)))


@given(leaves, st.data())
def test_a_proof_serves_for_nothing_but_its_own_leaf_place_size_and_root(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = merkle.Tree(leaves)
    path, said = tree.path(index), {"index": index, "size": len(leaves), "root": tree.root}
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda value: value != leaves[index]))
    assert not merkle.is_included(other, path=path, **said)
    assert not merkle.is_included(leaves[index], path=path, **said | {"root": other})
    assert not merkle.is_included(leaves[index], path=(*path, other), **said)
    assert not merkle.is_included(leaves[index], path=path[:-1], **said) or not path
    for outside in (-1, len(leaves)):
        assert not merkle.is_included(leaves[index], path=path, **said | {"index": outside})


def test_a_leaf_cannot_be_put_behind_a_gap_and_none_is_proved_that_is_not_there():
    tree = merkle.Tree(hashed(3))
    for index in (-1, 5):
        with pytest.raises(IndexError):
            tree.put(index, hashed(1)[0])
    with pytest.raises(IndexError):
        tree.path(3)
