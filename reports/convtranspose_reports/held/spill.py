"""Bytes that are added at their end and read anywhere, of which memory holds some KiB."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO
from weakref import finalize

BLOCK = 2**14  # bytes that memory holds before they go to disk
WINDOW = 2**13  # bytes that are read at once


class Spill:
    """The last bytes in memory, all before them in a temporary file of no name, which goes with the
    object. Where no such file can be written, all of them stay in memory."""

    __slots__ = ("__weakref__", "_at", "_file", "_stays", "_tail", "_window", "_written")

    def __init__(self) -> None:
        self._tail, self._written, self._stays = bytearray(), 0, False
        self._file: BinaryIO | None = None
        self._window, self._at = b"", 0  # what was read last, and from where

    def __len__(self) -> int:
        return self._written + len(self._tail)

    def add(self, more: bytes) -> None:
        """Puts bytes behind the others."""
        self._tail += more
        if len(self._tail) >= BLOCK and not self._stays:
            self._put_away()

    def _put_away(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed with self
                finalize(self, self._file.close)
            self._file.seek(self._written)
            left = bytes(self._tail)
            while left:
                left = left[self._file.write(left) :]
        except OSError:  # no room there: what is held is worth more than memory
            self._stays = True
            return
        self._written += len(self._tail)
        self._tail = bytearray()

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`, both within what was added."""
        if start >= self._written:
            return bytes(self._tail[start - self._written : end - self._written])
        if end > self._written:
            return self.read(start, self._written) + self._tail[: end - self._written]
        if not self._at <= start <= end <= self._at + len(self._window):
            self._window, self._at = self._read(start, max(end - start, WINDOW)), start
        return self._window[start - self._at : end - self._at]

    def _read(self, start: int, count: int) -> bytes:
        assert self._file is not None
        self._file.seek(start)
        wanted, parts = min(count, self._written - start), list[bytes]()
        while wanted:
            parts.append(self._file.read(wanted))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def blocks(self) -> Iterator[bytes]:
        """All bytes in order, in blocks of whole multiples of eight but for the last."""
        for start in range(0, len(self), BLOCK):
            yield self.read(start, min(start + BLOCK, len(self)))
