"""Scripts as text, run by an interpreter that knows nothing of this project, and what the reference
makes of their arrays."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from convtranspose_cases import Case
from convtranspose_conformance.explain.code.snippet import arrays
from convtranspose_reference import conv
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.conv_transpose import add_bias, scatter
from support.interpreters import Done, fresh, run

RUNNER = """
import json, sys, traceback
for number, source in json.load(sys.stdin):
    made = {}
    try:
        exec(source, made)
        Y = made["Y"]
        said = [str(Y.dtype), list(Y.shape), Y.astype("float64").ravel().tolist()]
    except Exception:  # of a framework: what it says is the answer that a test reads
        said = traceback.format_exc(limit=-1)
    print("answer " + json.dumps([number, said]))
"""


QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
# Groups and dilations on a CPU are oneDNN's alone, which TensorFlow leaves off on some processors.
EVERYWHERE = QUIET | {"TF_ENABLE_ONEDNN_OPTS": "1"}


def answers(sources: list[str], directory: Path = Path()) -> list[Any]:
    """What `Y` is after each source: its dtype, shape and numbers, or the traceback."""
    given = json.dumps(list(enumerate(sources)))
    return _read(run(RUNNER, given, sources, directory.absolute(), environment=EVERYWHERE))


def fresh_answers(sources: list[str], directory: Path = Path()) -> list[Any]:
    """The same from an interpreter started for these sources."""
    given = json.dumps(list(enumerate(sources)))
    return _read(fresh(RUNNER, given, directory.absolute(), environment=EVERYWHERE))


def _read(done: Done) -> list[Any]:
    assert done.status == 0, done.complained
    return [
        json.loads(line[7:])[1] for line in done.printed.splitlines() if line.startswith("answer ")
    ]


def expected(case: Case) -> list[Any]:
    """The reference's answer on the arrays that `explain` prints for a case, written as `answers`
    writes it."""
    variables: dict[str, Any] = {}
    exec("\n".join(arrays(case)), variables)
    X, W, *B = [variables[name].astype(np.float64) for name in ("X", "W", "B") if name in variables]
    Y = _conv(case, X, W) if case.op == "Conv" else scatter(X, W, case.geometry())
    Y = add_bias(Y, B[0] if B else None)
    return [
        case.dtype,
        list(Y.shape),
        Y.astype(variables["X"].dtype).astype(np.float64).ravel().tolist(),
    ]


def _conv(case: Case, X: np.ndarray, W: np.ndarray) -> np.ndarray:
    """With the pads of the case's own opset."""
    begins, ends = zip(*map(conv_pads, case.axes), strict=True)
    return conv(X, W, **case.attributes.given() | {"auto_pad": "NOTSET", "pads": (*begins, *ends)})
