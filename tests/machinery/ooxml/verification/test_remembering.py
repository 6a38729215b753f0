import pytest

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.verification.remembering import remembered
from tests.machinery.ooxml.verification.asking import ask
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, signed
from tests.machinery.ooxml.verification.signers import signer


def counting() -> tuple[list[int], object]:
    asked: list[int] = []

    def judge(content: bytes) -> int:
        asked.append(len(content))
        if not content:
            raise ValueError
        return len(content)

    return asked, remembered(judge)


def test_the_same_bytes_are_judged_once():
    asked, judge = counting()
    assert [judge(b"a" * 10), judge(bytes(bytearray(b"a" * 10))), judge(b"b" * 10), judge(b"a" * 10)] == [10] * 4
    assert asked == [10, 10]


def test_large_parts_and_refusals_are_not_remembered():
    asked, judge = counting()
    large = b"a" * (256 * 1024 + 1)
    assert judge(large) == judge(large) == len(large)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            judge(b"")
    assert asked == [len(large), len(large), 0, 0]


def test_old_judgements_are_forgotten():
    asked, judge = counting()
    for number in range(200):
        judge(b"%d" % number)
    judge(b"0")
    assert len(asked) == 201


def test_what_was_judged_in_one_file_does_not_excuse_another():
    """The same signature beside other parts, and the same parts beside another signature."""
    one, other = signed(a_document()), signed(a_document(), Forgery(credential=signer("Eino")))
    changed = {**one, DOCUMENT: one[DOCUMENT].replace(b"100", b"900")}
    for _ in range(2):
        assert ask(one).verdict is Verdict.VALID
        assert ask({**one, SIG1: other[SIG1]}) != ask(one)
        assert ask(changed).verdict is Verdict.INVALID
        assert ask(one) == ask(one)
