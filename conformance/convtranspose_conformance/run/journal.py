"""What backends answered, kept as it comes in, so that a run which was killed goes on.

Every answer is a frame with its length and checksum, and a frame that was cut off is as if it had
never come.
"""

import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from convtranspose_cases import Case
from convtranspose_reference.errors import UserError

from ..worker.observation import Observation
from .planning.plan import Plan
from .suite_version import suite_version

ANSWERS = "answers.part"
MOST_BYTES = 2**20  # of one answer: what is larger is asked again
FLUSH_S = 1.0  # what a killed run asks again at most
_FRAME = struct.Struct("!II")  # length, checksum


class ResumeError(UserError):
    """A run that another one cannot go on with; the message says what differs."""


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """What a backend's worker said first."""

    backend: str
    versions: dict[str, str]
    kernels: dict[str, str]


class Answers(msgspec.Struct, frozen=True, kw_only=True, tag="answers"):
    """What a backend answered to the plan's case `number`, by check."""

    backend: str
    number: int
    found: dict[str, Observation]


class AskedOf(msgspec.Struct, frozen=True, kw_only=True, tag="asked"):
    """What the run is: the first frame."""

    of: dict[str, str]


_Frame = AskedOf | Told | Answers
_DECODER: msgspec.msgpack.Decoder[_Frame] = msgspec.msgpack.Decoder(_Frame)


def holds_answers(path: Path) -> bool:
    """Did the run that left this journal, if it is there, hear an answer?"""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return any(isinstance(frame, Answers) for frame in _frames(file))


def asked_by(plan: Plan) -> AskedOf:
    """What two runs have in common of which one can go on with the other's answers. Declarations
    are not part of it: answers are judged anew."""
    cases = _digest(plan.cases)
    limits = plan.limits
    backends = {f"version of {e.name}": e.installed_version() for e in plan.entries}
    return AskedOf(
        of={
            "suite version": suite_version(),
            "seed": str(plan.seed),
            "cases": f"{len(plan.cases)} ({cases})",
            "limits": f"{limits.case_s:g} s, {limits.memory_gib:g} GiB",
            **backends,
        }
    )


def _digest(cases: Iterable[Case]) -> str:
    digest, between = sha256(), ""
    for case in cases:
        digest.update(f"{between}{case!r}".encode())
        between = "\n"
    return digest.hexdigest()[:16]


class Journal:
    """The answers of a run on disk, in `directory`; with `resume` those that an earlier run left
    there stand at its beginning.

    Entering raises ResumeError where that run was another one.
    """

    def __init__(self, directory: Path, plan: Plan, *, resume: bool = False) -> None:
        self._path, self._asked, self._resume = directory / ANSWERS, asked_by(plan), resume
        self._encoder = msgspec.msgpack.Encoder()
        self._flushed = time.monotonic()

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.goes_on = self._resume and self._path.exists()  # with what an earlier run left
        self._file: BinaryIO = self._path.open("r+b" if self.goes_on else "w+b")
        frames = _frames(self._file)
        first = next(frames, None)
        if first is None:
            self._file.truncate(0)
            self._file.seek(0)
            self.write(self._asked)
            self._file.flush()
        elif first != self._asked:
            self._file.close()
            raise ResumeError(self._differing(first))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def _differing(self, first: _Frame) -> str:
        before = first.of if isinstance(first, AskedOf) else {}
        names = dict.fromkeys([*before, *self._asked.of])
        lines = [
            f"  {name}: {before.get(name, 'none')} there, {self._asked.of.get(name, 'none')} here"
            for name in names
            if before.get(name) != self._asked.of.get(name)
        ]
        return (
            f"--resume: {self._path} is of another run\n" + "\n".join(lines[:8]) + "\naccepted are "
            "the same options on the same versions, or a run without --resume, which begins anew"
        )

    def kept(self) -> Iterator[Told | Answers]:
        """What was kept; from there on the journal is written. To be read to its end."""
        self._file.seek(0)
        end = 0
        for frame in _frames(self._file):
            end = self._file.tell()
            if not isinstance(frame, AskedOf):
                yield frame
        self._file.seek(end)
        self._file.truncate()

    def told(self, backend: str, versions: Mapping[str, str], kernels: Mapping[str, str]) -> None:
        """Keeps what a worker said first."""
        self.write(Told(backend=backend, versions=dict(versions), kernels=dict(kernels)))

    def answered(self, backend: str, number: int, found: Mapping[str, Observation]) -> None:
        """Keeps answers, unless they are large."""
        if sum(_size(seen) for seen in found.values()) <= MOST_BYTES:
            self.write(Answers(backend=backend, number=number, found=dict(found)))

    def write(self, frame: _Frame) -> None:
        """Adds a frame."""
        content = self._encoder.encode(frame)
        self._file.write(_FRAME.pack(len(content), zlib.crc32(content)) + content)
        now = time.monotonic()
        if now - self._flushed > FLUSH_S:
            self._file.flush()
            self._flushed = now

    def remove(self) -> None:
        """Where the run is whole there is nothing to go on with."""
        self._path.unlink(missing_ok=True)


def _frames(file: BinaryIO) -> Iterator[_Frame]:
    """Those that are whole, from the place where the file is read."""
    while len(head := file.read(_FRAME.size)) == _FRAME.size:
        length, checksum = _FRAME.unpack(head)
        content = file.read(length) if length <= 2 * MOST_BYTES else b""
        if len(content) < length or zlib.crc32(content) != checksum:
            return
        try:
            yield _DECODER.decode(content)
        except msgspec.DecodeError:
            return


def _size(seen: Observation) -> int:
    texts = len(seen.message) + len(seen.tail)
    return len(seen.data) + texts + sum(map(_size, seen.parts.values()))
