"""Backends that compile each call count no answer that something else computed: the frameworks
themselves, then told not to compile, in a process of their own."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ASKED = """
import json
import sys

import numpy as np

from convtranspose_conformance.backends.api import Call, Unusable
from convtranspose_conformance.backends.registry import named
from convtranspose_conformance.backends.{module} import {kind} as Compiled
from convtranspose_conformance.scripts.transcripts import transcript
from convtranspose_reference import Attributes

X = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
W = np.arange(4, dtype=np.float32).reshape(2, 1, 2)
attributes = Attributes(strides=(2,))
call = Call(
    op="ConvTranspose", attributes=attributes, opset=11, initializer=True, X=X, W=W, B=None
)
backend = Compiled({device!r})
told = [backend.run(call).tolist()]
script = transcript(named({backend!r}), call)
made = {{"X": X, "W": W, "np": np}}
exec("\\n".join([*script.imports, *script.call]), made)
told.append(made["Y"].tolist())
{undone}
for ask in (backend.run, lambda call: backend.gradients(call, np.ones((1, 1, 6), np.float32))):
    try:
        told.append(type(ask(call)).__name__)
    except Unusable as error:
        told.append(str(error))
print(json.dumps(told))
"""
EXPECTED = [[[6.0, 9.0, 8.0, 13.0, 10.0, 17.0]]]


def told(directory: Path, monkeypatch: pytest.MonkeyPatch, **named: str) -> list[object]:
    """What a backend and its script answer to a call, and what the backend says of the call and of
    its gradients after `undone`."""
    framework = named["module"].partition(".")[0]
    if find_spec(framework) is None:
        pytest.skip(f"{framework} is not installed")
    monkeypatch.setenv("TMPDIR", str(directory))
    command = [sys.executable, "-c", ASKED.format(**named)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found: list[object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_what_xla_did_not_compile_is_no_answer(tmp_path: Path, monkeypatch) -> None:
    given = {"module": "tensorflow.xla", "kind": "TensorFlowXla", "backend": "tensorflow-xla-cpu"}
    undone = 'Compiled.options = {"autograph": False}'
    right, pasted, run, gradients = told(
        tmp_path, monkeypatch, device="CPU", undone=undone, **given
    )
    assert (right, pasted) == (EXPECTED, EXPECTED)
    for answer in (run, gradients):
        assert "TensorFlow's own kernels computed" in str(answer)
        assert "Conv2DBackpropInput" in str(answer)


def test_what_inductor_did_not_compile_is_no_answer(tmp_path: Path, monkeypatch) -> None:
    given = {"module": "torch.compiled", "kind": "TorchCompiled", "backend": "torch-compile-cpu"}
    undone = 'sys.modules[Compiled.__module__].OPTIONS = {"backend": "eager"}'
    right, pasted, run, gradients = told(
        tmp_path, monkeypatch, device="cpu", undone=undone, **given
    )
    assert (right, pasted) == (EXPECTED, EXPECTED)
    for answer in (run, gradients):
        assert "did not compile one graph" in str(answer)
    assert any((tmp_path / "inductor").rglob("*.so"))  # caches lie in the worker's folder
