"""Which of many texts one is, in some 24 bytes a text."""

from array import array
from hashlib import blake2b

DIGEST = 16  # bytes that stand for a text: among millions no two share them
_FULL = 0.6  # of the slots: more, and a search gets long
_FEWEST = 2**8


class Index:
    """Texts, which are numbered in the order in which they are added, by their digests alone."""

    __slots__ = ("_digests", "_mask", "_slots")

    def __init__(self) -> None:
        self._digests = bytearray()
        self._resize(_FEWEST)

    def __len__(self) -> int:
        return len(self._digests) // DIGEST

    def find(self, text: bytes) -> int | None:
        """The number of a text; None where it was not added."""
        digest = blake2b(text, digest_size=DIGEST).digest()
        number = self._slots[self._slot(digest)]
        return number - 1 if number else None

    def add(self, text: bytes) -> int:
        """The number of a text, a new one where it was not added before."""
        digest = blake2b(text, digest_size=DIGEST).digest()
        slot = self._slot(digest)
        if self._slots[slot]:
            return self._slots[slot] - 1
        self._digests += digest
        self._slots[slot] = len(self)
        if len(self) > _FULL * len(self._slots):
            self._resize(2 * len(self._slots))
        return len(self) - 1

    def _slot(self, digest: bytes) -> int:
        """Where the text is, or would be."""
        slot = int.from_bytes(digest[:8], "little") & self._mask
        while number := self._slots[slot]:
            if self._digests[(number - 1) * DIGEST : number * DIGEST] == digest:
                break
            slot = slot + 1 & self._mask
        return slot

    def _resize(self, slots: int) -> None:
        self._slots, self._mask = array("I", [0]) * slots, slots - 1  # numbers from 1; 0: free
        for number in range(len(self)):
            start = number * DIGEST
            slot = self._slot(bytes(self._digests[start : start + DIGEST]))
            self._slots[slot] = number + 1
