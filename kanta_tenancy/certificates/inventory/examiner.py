"""A process that examines certificates: batches come by its standard input, what they say goes by its output.

Each is one message: its length in four bytes, then MessagePack. The process ends when its input does. It imports what
an examination needs and nothing else, so it is there in a tenth of a second.
"""

import sys
from typing import IO, Final

import msgspec

from kanta_tenancy.certificates.inventory.examining import Examined, examine_all

_LENGTH_OCTETS: Final = 4
_ASKED: Final = msgspec.msgpack.Decoder(list[bytes])
_EXAMINED: Final = msgspec.msgpack.Decoder(list[Examined])
_ENCODER: Final = msgspec.msgpack.Encoder()


class ExaminerEnded(Exception):
    """The process ended before it had answered."""


def ask(asked: IO[bytes], answered: IO[bytes], batch: list[bytes]) -> list[Examined]:
    """Have the process at the other end of these pipes examine a batch.

    Raises:
        ExaminerEnded: it is no longer there.
    """
    try:
        _send(asked, _ENCODER.encode(batch))
    except BrokenPipeError as trouble:
        raise ExaminerEnded from trouble
    message = _receive(answered)
    if message is None:
        raise ExaminerEnded
    return _EXAMINED.decode(message)


def serve(asked: IO[bytes], answered: IO[bytes]) -> None:
    """Examine what comes until nothing comes any more."""
    while (message := _receive(asked)) is not None:
        _send(answered, _ENCODER.encode(examine_all(_ASKED.decode(message))))


def _send(to: IO[bytes], message: bytes) -> None:
    to.write(len(message).to_bytes(_LENGTH_OCTETS, "big"))
    to.write(message)
    to.flush()


def _receive(source: IO[bytes]) -> bytes | None:
    head = source.read(_LENGTH_OCTETS)
    length = int.from_bytes(head, "big")
    message = source.read(length)
    return None if len(head) < _LENGTH_OCTETS or len(message) < length else message


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
