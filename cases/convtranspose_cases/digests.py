"""A digest of each case's inputs and golden, kept in the repository: a golden changes when somebody
writes that it does.

`digests/<suite>.txt` has a line for each case, in the suite's order: its name and its digest.
`convtranspose goldens check` holds the goldens against it, `convtranspose goldens write` writes it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference import InvalidInput
from convtranspose_reference.errors import UserError

from .case import Case
from .goldens import golden_of, shuffled
from .inputs import tensors
from .suites import SUITES, UnknownName, suite_cases

DIRECTORY = Path(__file__).parent / "digests"
NOTHING_TO_KEEP = ("random", "invalid")  # other cases for every seed; calls without a golden
LENGTH = 32  # hexadecimal digits kept of SHA-256: 128 bits
_DIGEST = re.compile(f"[0-9a-f]{{{LENGTH}}}")


class DigestFileError(UserError, ValueError):
    """A digest file that cannot be read; the message names the file and the line, and says what is
    accepted."""


def digested_suites(names: Iterable[str] = ()) -> list[str]:
    """The suites named, without names all those whose digests are kept. Raises UnknownName."""
    known = [name for name in SUITES if name not in NOTHING_TO_KEEP]
    for name in names:
        if name not in known:
            raise UnknownName("suite with goldens to keep", name, ", ".join(known))
    return list(dict.fromkeys(names)) or known


def digest(case: Case) -> str:
    """The first 128 bits of SHA-256 over dtype, and shape, exponent and integers of X, W, B and the
    golden, in decimal.

    NaN, infinities and -0 of suite `special` stand beside the integers. For a case that the text
    refuses, over clause and attribute of the refusal instead of the golden.
    """
    given = tensors(case)
    parts = [case.dtype]
    for tensor in (given.X, given.W, given.B):
        parts.append("absent" if tensor is None else _text(tensor.integers, tensor.exponent))
        parts += (
            [_text(tensor.special, 0)] if tensor is not None and tensor.special is not None else []
        )
    try:
        crop = case.geometry() if case.op == "ConvTranspose" else None
        found = shuffled(case, golden_of(case, given, crop))
        parts.append(_text(found.values, found.exponent))
        parts += [_text(found.special.value, 0)] if found.special is not None else []
    except InvalidInput as refusal:
        parts.append(f"refused {refusal.clause} {refusal.attribute}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]


def _text(integers: NDArray[Any], exponent: int) -> str:
    """Numbers that are the same in int64 and in Python's integers are the same text."""
    return (
        f"{'x'.join(map(str, np.shape(integers)))} 2^{exponent}: "
        f"{' '.join(map(str, integers.ravel().tolist()))}"
    )


def path_of(suite: str) -> Path:
    """Where a suite's digests are kept."""
    return DIRECTORY / f"{suite}.txt"


def recorded(suite: str) -> dict[str, str]:
    """Case name -> digest, as kept; empty where the suite has no file. Raises DigestFileError."""
    path, digests = path_of(suite), dict[str, str]()
    if not path.exists():
        return digests
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name, _, value = line.partition(" ")
        if not name or name in digests or not _DIGEST.fullmatch(value):
            raise DigestFileError(
                f"{path}:{number}: found {line!r}; accepted is a case name, a space and {LENGTH} "
                "digits, each name once"
            )
        digests[name] = value
    return digests


def computed(suite: str) -> dict[str, str]:
    """Case name -> digest, worked out now, in the suite's order."""
    return {case.name: digest(case) for case in suite_cases(suite)}


def differences(suite: str) -> Iterator[str]:
    """One line for each case whose digest is changed, missing or surplus. Raises
    DigestFileError."""
    kept, now = recorded(suite), computed(suite)
    for name in dict.fromkeys([*now, *kept]):
        if name not in kept:
            yield f"{suite}/{name}: missing: no digest is kept of this case"
        elif name not in now:
            yield f"{suite}/{name}: surplus: a digest is kept of it, but the suite has no such case"
        elif kept[name] != now[name]:
            yield (
                f"{suite}/{name}: changed: inputs or golden give {now[name]}, kept is {kept[name]}"
            )


def write(suite: str) -> Path:
    """Write the suite's digests as they are now; returns the file."""
    path = path_of(suite)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "".join(f"{name} {value}\n" for name, value in computed(suite).items()), encoding="utf-8"
    )
    return path
