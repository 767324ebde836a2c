"""Cases as folders of ONNX's backend-test layout, and the manifest beside them."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import clauses
from convtranspose_reference.errors import UserError

from ..backends.api import Array, Call
from ..backends.onnx.model import feeds_of, model_of, tensor_of
from ..rules.answers import Answer, Asked, Choice
from .limits import limits_of
from .manifest import Alternative, Exported, Manifest

MANIFEST = "MANIFEST.json"
FOLDERS = {"output": "answers", "refusal": "refusals"}
DATA = "test_data_set_0"
CARRIED = frozenset({"output", "rejection"})  # checks that a model and its tensors can carry


class ExportError(UserError):
    """A case that a model cannot carry, or a folder that is no place for an export."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A test's folder, and the digests of what is written into it."""

    root: Path
    path: str
    digests: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, data: bytes) -> None:
        file = self.root / self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.digests[f"{self.path}/{name}"] = sha256(data).hexdigest()


def require_carried(cases: Sequence[Case]) -> None:
    """Raises ExportError for cases that ask what the outputs of a model do not show."""
    for case in cases:
        if not CARRIED & set(case.checks):
            raise ExportError(
                f"{case.id}: asks for {', '.join(case.checks)}, which no output of a model shows; "
                "accepted are cases that ask for outputs or refusals"
            )


def require_empty(directory: Path) -> None:
    """Raises ExportError for a directory with something in it."""
    if directory.is_dir() and any(directory.iterdir()):
        raise ExportError(
            f"{directory}: is not empty; accepted is a directory that is, or is not there yet"
        )


def export(
    directory: Path, cases: Sequence[Case], *, suite_version: str, seed: int = 0, partial: str = ""
) -> Manifest:
    """Write the tests of these cases, and last of all their manifest. Raises ExportError before
    anything is written."""
    require_carried(cases)
    require_empty(directory)
    tests = [_exported(directory, Asked(case, seed)) for case in cases]
    touched = {label for test in tests for label in test.clauses}
    manifest = Manifest(
        suite_version=suite_version,
        seed=seed,
        partial=partial,
        suites=dict(Counter(case.suite for case in cases)),
        clauses={label: each.says for label, each in CLAUSES.items() if label in touched},
        tests=tests,
    )
    directory.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (directory / MANIFEST).write_bytes(text + b"\n")
    return manifest


def _exported(root: Path, asked: Asked) -> Exported:
    case, answer = asked.case, asked.answer()
    expects = "refusal" if answer.refused else "output"
    name = f"test_{case.suite}_{case.name}".replace("-", "_")
    folder = _Folder(root, f"{FOLDERS[expects]}/{name}")
    _write_call(folder, asked)
    limits = _write_answer(folder, DATA, answer)
    atol = _furthest(answer, limits)
    if expects == "output":
        tolerance = {"rtol": 0.0, "atol": atol}
        folder.write("data.json", msgspec.json.encode(tolerance) + b"\n")
    alternatives = list(_alternatives(folder, asked))
    return Exported(
        name=name,
        case=case.id,
        summary=case.summary(),
        op=case.op,
        opset=case.opset,
        dtype=case.dtype,
        clauses=clauses(case),
        path=folder.path,
        expects=expects,
        reason=answer.refused,
        shape=_sizes(answer),
        equality=limits is None,
        atol=atol,
        alternatives=alternatives,
        files=folder.digests,
    )


def _write_call(folder: _Folder, asked: Asked) -> None:
    X, W, B = asked.tensors.arrays(asked.case.dtype)
    call = Call.of(asked.case, X, W, B)
    folder.write("model.onnx", model_of(call).SerializeToString(deterministic=True))
    for number, (name, array) in enumerate(feeds_of(call).items()):
        folder.write(f"{DATA}/input_{number}.pb", tensor_of(name, array))


def _write_answer(folder: _Folder, place: str, answer: Answer) -> tuple[Array, Array] | None:
    """The output, and the limits that are returned; nothing for a refusal."""
    if answer.refused:
        return None
    golden = answer.golden
    limits = limits_of(golden) if 0 not in golden.shape else None
    folder.write(f"{place}/output_0.pb", tensor_of("Y", golden.expected()))
    for name, limit in zip(("least", "most"), limits or (), strict=False):
        folder.write(f"{place}/{name}_0.pb", tensor_of("Y", limit))
    return limits


def _alternatives(folder: _Folder, asked: Asked) -> Iterator[Alternative]:
    """What conforms besides the literal text, each answer once."""
    if "rejection" in asked.case.checks:
        return  # forbidden under every reading
    led: dict[Hashable, tuple[Answer, list[Choice]]] = {}
    for choice, answer in asked.conforming():
        if answer.key != asked.answer().key:
            led.setdefault(answer.key, (answer, []))[1].append(choice)
    for number, (answer, choices) in enumerate(led.values(), 1):
        place = f"readings/{number}"
        limits = _write_answer(folder, place, answer)
        yield Alternative(
            readings=choices,
            refused=answer.refused,
            path="" if answer.refused else f"{folder.path}/{place}",
            shape=_sizes(answer),
            equality=limits is None,
        )


def _sizes(answer: Answer) -> list[int] | None:
    return None if answer.refused else list(answer.golden.shape)


def _furthest(answer: Answer, limits: tuple[Array, Array] | None) -> float:
    """The largest finite distance from the output to a limit."""
    if limits is None:
        return 0.0
    expected = answer.golden.expected().astype(np.float64)
    with np.errstate(invalid="ignore"):
        away = np.abs(np.stack([limit.astype(np.float64) - expected for limit in limits]))
    return float(away[np.isfinite(away)].max(initial=0.0))
