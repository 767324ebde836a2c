"""Scripts of bug reports, pasted into interpreters without this project; what they print, in
the words of an example."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_conformance.examples.example import array_text
from convtranspose_conformance.worker.observation import Seen, stopped
from convtranspose_reference import conv, conv_transpose, depth_to_space, resize
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reports import Check
from support.interpreters import clean, run

MEMORY_GIB = 24  # where a call asks for terabytes, it is refused whatever the machine would promise
_TOGETHER = f"""
import contextlib, io, json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_GIB} * 2**30,) * 2)
found = []
for script in json.load(sys.stdin):
    error, made = "", {{"__name__": "__main__"}}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            exec(script, made)
        except Exception as raised:
            error = [type(raised).__name__, str(raised)]
    after = [(name, made[name]) for name in ("X", "W", "B") if name in made]
    given = {{
        name: [a.dtype.name, list(a.shape), a.astype(float).ravel().tolist()] for name, a in after
    }}
    found.append([printed.getvalue(), error, given])
print(json.dumps(found))
"""
_ARRAY = re.compile(
    r"^(\w+)\.dtype is (.+)\n\1\.shape is (.+)\n\1 is (.+(?:\n(?: .*)?)*)", re.MULTILINE
)
_FORM = re.compile(r"^(\S.*):\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ended:
    """A script that had an interpreter of its own: what it wrote, and its exit status, None where
    it had to be stopped."""

    printed: str
    complained: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Ran:
    """A script that ran: what it printed, the exception that it ended with, and its arrays X, W and
    B by name, as they were then."""

    printed: str
    error: list[str]
    given: dict[str, NDArray[Any]]


def pasted(
    scripts: Sequence[str], directory: Path, modules: Path | None = None
) -> list[tuple[str, list[str]]]:
    """What one interpreter prints for each script, and the exception that it ends with;
    `modules` are found by it."""
    return [(each.printed, each.error) for each in ran(scripts, directory, modules)]


def ran(scripts: Sequence[str], directory: Path, modules: Path | None = None) -> list[Ran]:
    """Each script in one interpreter; `modules` are found by it."""
    done = run(_TOGETHER, json.dumps(scripts), scripts, directory, modules=modules)
    assert done.status == 0, done.complained
    found = json.loads(done.printed.splitlines()[-1])
    return [
        Ran(printed, error, {name: _array(*each) for name, each in given.items()})
        for printed, error, given in found
    ]


def _array(dtype: str, shape: list[int], numbers: list[float]) -> NDArray[Any]:
    return np.array(numbers, np.float64).astype(FORMATS[dtype].dtype).reshape(shape)


def by_the_reference(case: Case, given: Mapping[str, NDArray[Any]]) -> str:
    """What the reference answers to a case's call of the arrays that a script made, with what
    stands before and after it, in the words of an example: rounded once."""
    X, W, B = (
        None if (array := given.get(name)) is None else array.astype(np.float64)
        for name in ("X", "W", "B")
    )
    if case.resize is not None:
        X = resize(X, opset=case.opset, **case.resize.given())
    operator = conv_transpose if case.op == "ConvTranspose" else conv
    Y = round_to(operator(X, W, B, **case.attributes.given()), given["X"].dtype)
    if case.depth_to_space is not None:
        Y = depth_to_space(Y, case.depth_to_space.blocksize, case.depth_to_space.mode)
    return array_text(Y)


def alone(script: str, directory: Path, seconds: float) -> Ended:
    """A script in an interpreter of its own, stopped after some seconds."""
    file = directory / "script.py"
    file.write_text(script, encoding="utf-8")
    try:
        ran = subprocess.run(
            [sys.executable, str(file)],
            capture_output=True,
            cwd=directory,
            env=clean(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return Ended((late.stdout or b"").decode(), (late.stderr or b"").decode(), None)
    return Ended(ran.stdout.decode(), ran.stderr.decode(errors="replace"), ran.returncode)


def expected(printed: str) -> str:
    """What a script prints as expected, where nothing follows."""
    return printed.partition("expected:\n")[2].rstrip("\n")


def actual(check: Check, printed: str, error: Sequence[str]) -> str:
    """What was printed or raised, in the words of an example."""
    if error:
        seen = stopped(Seen.REFUSED, "", *error)
        return without_addresses(f"{seen.seen}: {seen.kind}: {seen.message}")
    text = printed.partition("expected:\n")[0]
    if check is Check.REPEATABILITY:
        _, *forms = _FORM.split(text)
        return "\n".join(map(_form, forms[::2], forms[1::2]))
    if "Y_shape is " in text:
        return text.partition("Y_shape is ")[2].strip().replace("None", "?")
    found = arrays(text)
    return (
        "\n".join(_named(name, array) for name, array in found.items())
        if check is Check.GRADIENT
        else array_text(found["Y"])
    )


def arrays(printed: str) -> dict[str, NDArray[Any]]:
    """The arrays whose dtype, shape and numbers are printed, by name."""
    found = {}
    for name, dtype, shape, numbers in _ARRAY.findall(printed):
        values = np.array([float(number) for number in re.findall(r"[^\s\[\]]+", numbers)])
        found[name] = values.astype(FORMATS[dtype].dtype).reshape(ast.literal_eval(shape))
    return found


def _form(name: str, printed: str) -> str:
    """What one form of a repeated call gave."""
    return (
        f"{name}: {printed.strip()}"
        if printed.startswith("refused: ")
        else _named(name, arrays(printed)["Y"])
    )


def _named(name: str, array: NDArray[Any]) -> str:
    return f"{name}, of shape {list(array.shape)} =\n{array_text(array)}"


def without_addresses(text: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"0x[0-9a-f]+", "0x", text)
