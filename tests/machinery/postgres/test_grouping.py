"""What callers want written at the same time goes in together; a bad one fails alone, and nobody is left waiting."""

import asyncio

import asyncpg
import pytest

from kanta_tenancy.machinery.postgres.grouping import AT_ONCE, Grouping


class Book:
    """What is written here takes a moment, as a flush to a disk does; it refuses what is negative."""

    def __init__(self, error: Exception | None = None) -> None:
        self.groups: list[list[int]] = []
        self.error = error

    async def write(self, numbers):
        self.groups.append(list(numbers))
        await asyncio.sleep(0.01)
        if self.error is not None:
            raise self.error
        if min(numbers) < 0:
            raise asyncpg.CheckViolationError("negative")
        return [number * 10 for number in numbers]


async def test_what_comes_while_others_are_written_goes_in_together():
    book = Book()
    group = Grouping(book.write, most=64)
    assert await asyncio.gather(*(group.done(number) for number in range(20))) == [10 * n for n in range(20)]
    assert sorted(number for one in book.groups for number in one) == list(range(20))
    assert len(book.groups) <= AT_ONCE + 1


async def test_no_more_go_in_together_than_may_and_a_lone_one_goes_at_once():
    book = Book()
    group = Grouping(book.write, most=3)
    assert await group.done(7) == 70
    await asyncio.gather(*(group.done(number) for number in range(10)))
    assert max(map(len, book.groups)) == 3
    alone = Book()
    each = Grouping(alone.write, most=1)
    await asyncio.gather(*(each.done(number) for number in range(5)))
    assert [len(one) for one in alone.groups] == [1] * 5


async def test_a_bad_one_fails_alone():
    book = Book()
    group = Grouping(book.write, most=64)
    done = await asyncio.gather(*(group.done(number) for number in (1, 2, -3, 4)), return_exceptions=True)
    assert isinstance(done.pop(2), asyncpg.CheckViolationError)
    assert done == [10, 20, 40]


@pytest.mark.parametrize("error", [OSError("gone"), TimeoutError(), asyncpg.ConnectionDoesNotExistError("gone")])
async def test_when_nobody_knows_whether_it_was_written_nothing_is_written_again(error):
    book = Book(error)
    group = Grouping(book.write, most=64)
    done = await asyncio.gather(*(group.done(number) for number in range(9)), return_exceptions=True)
    assert {type(one) for one in done} == {type(error)}
    assert sorted(number for one in book.groups for number in one) == list(range(9))


async def test_who_has_gone_away_does_not_keep_others_from_their_answer():
    book = Book()
    group = Grouping(book.write, most=64)
    calls = [asyncio.ensure_future(group.done(number)) for number in range(5)]
    await asyncio.sleep(0)
    calls[1].cancel()
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(done.pop(1), asyncio.CancelledError)
    assert done == [0, 20, 30, 40]
