"""Random words that are the same on every machine.

Key: the first 16 bytes, little-endian, of SHA-256("case/tensor/v1"); stream: Philox's raw output,
which NumPy keeps stable.
"""

import hashlib
from functools import cache
from struct import Struct
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
_TURN = Lock()
_KEY, _NONE = Struct("<2Q"), (0, 0, 0, 0)


@cache
def _stream() -> "np.random.Philox":  # in quotes: numpy loads its generators when they are used
    """One generator, set anew for each tensor: that is six times quicker than to make another."""
    return np.random.Philox(key=0)


def raw(case_id: str, tensor: str, count: int, seed: int = 0) -> Words:
    """`count` random 64-bit words for one tensor of one case; another `seed` gives another
    stream."""
    text = f"{case_id}/{tensor}/v1{f'/{seed}' if seed else ''}"
    key = _KEY.unpack_from(hashlib.sha256(text.encode()).digest())
    start: Any = {
        "bit_generator": "Philox",
        "state": {"counter": _NONE, "key": key},
        "buffer": _NONE,
        "buffer_pos": 4,  # of 4 words: nothing is left of those before
        "has_uint32": 0,
        "uinteger": 0,
    }
    with _TURN:
        _stream().state = start
        words: Words = _stream().random_raw(count)
    return words
