import pytest

from kanta_tenancy.machinery.opc.remembering import remembered


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
    large = b"a" * (128 * 1024 + 1)
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
