"""A socket between coordinator and worker that carries whole messages: all that are there are read
at once, and all that wait are written at once."""

import select
import socket
import struct
from collections.abc import Iterable

_LENGTH = struct.Struct("!Q")
_READ_AT_ONCE = 2**16


def wires() -> tuple["Wire", socket.socket]:
    """Our end, and the other one, which survives spawn."""
    ours, theirs = socket.socketpair()
    return Wire(ours), theirs


class Wire:
    """One end. Each call raises OSError where the other end is gone."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._read = bytearray()
        self._begin = 0  # where in it the first message begins that was not received
        self._readable = select.poll()
        self._readable.register(end, select.POLLIN)

    def close(self) -> None:
        self._end.close()

    def fileno(self) -> int:
        return self._end.fileno()

    def send(self, messages: Iterable[bytes]) -> None:
        """All of the messages, in one go."""
        self._end.sendall(
            b"".join(part for each in messages for part in (_LENGTH.pack(len(each)), each))
        )

    @property
    def has_message(self) -> bool:
        """Was the next message read already?"""
        return self._end_of_first() is not None

    def receive(self, seconds: float | None = None) -> bytes | None:
        """The next message; None where none is there in time. Raises EOFError where the other end
        was closed."""
        while (end := self._end_of_first()) is None:
            if not self._readable.poll(None if seconds is None else 1000 * seconds):
                return None
            more = self._end.recv(_READ_AT_ONCE)
            if not more:
                raise EOFError
            del self._read[: self._begin]
            self._begin = 0
            self._read += more
        message = bytes(self._read[self._begin + _LENGTH.size : end])
        self._begin = end
        return message

    def _end_of_first(self) -> int | None:
        begin = self._begin + _LENGTH.size
        if len(self._read) < begin:
            return None
        end: int = begin + _LENGTH.unpack_from(self._read, self._begin)[0]
        return end if len(self._read) >= end else None
