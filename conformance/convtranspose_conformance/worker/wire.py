"""A socket between coordinator and worker that carries whole messages: all that are there are read
at once, and all that wait are written at once.

A frame says how long it is, which question it is about, which process wrote it, and a checksum: a
backend can write into the socket, too.
"""

import socket
import struct
from collections.abc import Iterable
from os import getpid
from select import POLLIN, poll
from typing import NamedTuple
from zlib import crc32

_HEAD = struct.Struct("!4sQQII")  # magic, length, question, process, checksum
_MAGIC = b"\xffct1"
_READ_AT_ONCE = 2**16
_READ_OF_LARGE = 2**22
_PATIENCE = struct.pack("ll", 60, 0)  # of who writes: seconds, microseconds
MOST_BYTES = 2**36  # of one message: who says more lies


class Garbled(Exception):
    """What came through the socket is no message."""


class Message(NamedTuple):
    """`content` about the question `number`, from the process `pid`."""

    number: int
    content: bytes
    pid: int = 0


def wires() -> tuple["Wire", socket.socket]:
    """Our end, and the other one, for a process to be started with."""
    ours, theirs = socket.socketpair()
    # who does not read any more is found out when no answer comes
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _PATIENCE)
    return Wire(ours), theirs


class Wire:
    """One end. Each call raises OSError where the other end is gone.

    What it calls is bound here, before a backend is loaded that may put something else in its
    place.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end, self._pid = end, getpid()
        self._send_all, self._receive = end.sendall, end.recv
        self._read = bytearray()
        self._begin = 0  # where in it the first message begins that was not received
        readable = poll()
        readable.register(end, POLLIN)
        self._poll = readable.poll

    def close(self) -> None:
        self._end.close()

    def fileno(self) -> int:
        return self._end.fileno()

    def send(self, messages: Iterable[Message]) -> None:
        """All of the messages, in one go."""
        self._send_all(
            b"".join(
                part
                for each in messages
                for part in (self._head(each.number, each.content), each.content)
            )
        )

    def _head(self, number: int, content: bytes) -> bytes:
        return _HEAD.pack(_MAGIC, len(content), number, self._pid, crc32(content))

    @property
    def has_message(self) -> bool:
        """Was the next message read already? Raises Garbled."""
        return self._whole(self._first())

    def receive(self, seconds: float | None = None) -> Message | None:
        """The next message; None where none is there in time. Raises EOFError where the other end
        was closed, and Garbled."""
        while not self._whole(first := self._first()):
            if not self._poll(None if seconds is None else 1000 * seconds):
                return None
            self._read_on(first)
        assert first is not None
        length, number, pid, checksum = first
        begin = self._begin + _HEAD.size
        content = bytes(memoryview(self._read)[begin : begin + length])
        self._begin = begin + length
        if self._begin == len(self._read):
            self._read, self._begin = bytearray(), 0
        if crc32(content) != checksum:
            raise Garbled
        return Message(number, content, pid)

    def _read_on(self, first: tuple[int, int, int, int] | None) -> None:
        large = first is not None and first[0] > _READ_OF_LARGE
        more = self._receive(_READ_OF_LARGE if large else _READ_AT_ONCE)
        if not more:
            raise EOFError
        del self._read[: self._begin]
        self._begin = 0
        self._read += more

    def _first(self) -> tuple[int, int, int, int] | None:
        """Length, question, process and checksum of the first message; None before its head is
        there."""
        if len(self._read) < self._begin + _HEAD.size:
            return None
        magic, *head = _HEAD.unpack_from(self._read, self._begin)
        length, number, pid, checksum = head
        if magic != _MAGIC or length > MOST_BYTES:
            raise Garbled
        return length, number, pid, checksum

    def _whole(self, first: tuple[int, int, int, int] | None) -> bool:
        return first is not None and len(self._read) >= self._begin + _HEAD.size + first[0]
