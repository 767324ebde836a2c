"""A bug report of an answer that is not repeated, or of changed inputs: its script asks every form,
and shows those that differ."""

import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.backends.api import Array, Call, Declined, Refused, Unsupported
from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.onnx.by_module import entry_for
from convtranspose_conformance.backends.registry import BUILT_IN, registered
from convtranspose_conformance.examples.example import _of_form, example_of
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.scripts.repeatability import FIRST, repetitions
from convtranspose_conformance.scripts.reproducer import reproducer
from convtranspose_conformance.verdict.reply import judged
from convtranspose_conformance.worker.observation import Seen, returned, stopped
from convtranspose_conformance.worker.process import Limits, Worker
from convtranspose_conformance.worker.repeatability import _forms
from convtranspose_conformance.worker.serving import load
from convtranspose_reports import Check
from support import BACKENDS
from support.pasted import actual, arrays, expected, pasted

FRAMEWORKS = [
    e.name
    for e in BUILT_IN
    if e.device == "cpu" and "repeatability" in e.checks and not e.why_unusable()
]
# what Keras adds to TensorFlow's refusals has lines that read as the name of a form
REQUESTED = [
    e.name
    for e in ON_REQUEST
    if e.device == "cpu" and e.sample == 1 and e.name != "keras-tensorflow-cpu"
    if not e.why_unusable()
]
PLANTED = {
    "BufferNotCleared": [
        "again",
        "W as graph input",
        "W and B negated, and Y negated back",
        "after other calls",
    ],
    "WeightsKept": ["W and B negated, and Y negated back"],
    "BrokenByAnEmptyBatch": ["after other calls"],
    "WeightsAsInputNotFollowed": ["W as graph input"],
}
COMPARED = {
    "onnx": 5,
    "onnxruntime": 5,
    "tensorflow": 2,
    "torch": 5,
}  # least number of cases that each backend of a framework can say


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make("repeatability", x, k, **given)  # type: ignore[arg-type]


CASES = [
    _case((5,), (3,), c=2, m=2),
    _case((4, 5), (2, 3), strides=(2, 1), pads=(1, 0, 1, 0), initializer=False),
    _case((4, 5), (2, 3), c=2, dtype="bfloat16"),
    _case((2, 3, 4), (2, 2, 2), c=2, bias=True),
    _case((6,), (3,), op="Conv", dtype="float16", data="dense", c=2, m=2),
]


def _printed(source: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(source, {"__name__": "__main__"})
    return printed.getvalue()


def _differing(backend: str, case: Case) -> list[str] | None:
    """The forms for which script and adapter, both fresh, give other answers; None where nothing
    can be compared, since one of them has no word for the call. Run in a process of its own."""
    asked = Asked(case)
    X, W, B, _ = asked.arrays()
    call = Call.of(case, X, W, B)
    entry = registered()[backend]
    adapter = load(entry)
    with contextlib.suppress(Declined, Unsupported):
        printed = actual(
            Check.REPEATABILITY,
            _printed(reproducer(entry, case, asked.tensors, "", repeated=())),
            (),
        )
        forms = {FIRST: lambda: adapter.run(call)} | dict(_forms(adapter, call))
        assert list(repetitions(entry, call)) == list(forms)
        printed = _without_graphs(printed)
        given = {name: _without_graphs(_words(name, form)) for name, form in forms.items()}
        return [name for name, words in given.items() if words not in printed]
    return None


def _without_graphs(text: str) -> str:
    """Without the names that TensorFlow gives to graphs, which differ from trace to trace."""
    return re.sub(r"\{\{function_node [^}]*\}\} | \[Op:[^]]*\]", "", text)


def _words(name: str, form: Callable[[], Array]) -> str:
    """What the script has to print of the adapter's answer; of a form that the adapter calls
    absent, why."""
    try:
        return _of_form(name, returned(form()))
    except Refused as refused:
        return _of_form(name, stopped(Seen.REFUSED, refused.stage, refused.kind, refused.message))
    except (Declined, Unsupported) as why:
        return str(why).strip()


@pytest.mark.parametrize(
    "framework", [*sorted({name.partition("-")[0] for name in FRAMEWORKS}), *REQUESTED]
)
def test_a_script_asks_every_form_as_the_adapter_does(framework: str) -> None:
    names = [name for name in FRAMEWORKS if name.startswith(framework)] or [framework]
    ran = subprocess.run(
        [sys.executable, __file__, *names], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    wrong, compared = json.loads(ran.stdout.splitlines()[-1])
    assert wrong == []
    least = COMPARED.get(framework, 2)
    assert {name: number for name, number in compared.items() if number < least} == {}


@pytest.mark.parametrize("name", PLANTED)
def test_a_pasted_script_shows_the_forms_that_differ(name: str, tmp_path: Path) -> None:
    asked, entry = Asked(CASES[0]), entry_for(f"planted:{name}")
    with Worker(entry, Limits()) as worker:
        seen = worker.ask(Call.of(asked.case, *asked.arrays()), ("repeatability",))["repeatability"]
    assert list(seen.parts) == PLANTED[name]
    example = example_of(judged(entry, asked, Check.REPEATABILITY, seen), "")
    ((printed, error),) = pasted([example.reproducer], tmp_path, BACKENDS)
    assert not error
    assert expected(printed) == example.expected
    assert actual(Check.REPEATABILITY, printed, error) == example.actual
    assert [line for line in example.actual.splitlines() if "of shape" in line] == [
        f"{form}, of shape [1, 2, 7] =" for form in ("at first", *PLANTED[name])
    ]


def test_a_pasted_script_shows_which_inputs_are_changed(tmp_path: Path) -> None:
    asked, entry = Asked(CASES[0]), entry_for("planted:InputsChanged")
    seen = stopped(Seen.INPUT_CHANGED, "call", "input changed", "the call changed its inputs")
    example = example_of(judged(entry, asked, Check.OUTPUT, seen), "")
    ((printed, error),) = pasted([example.reproducer], tmp_path, BACKENDS)
    assert not error
    assert printed.index(f"expected:\n{example.expected}\n") < printed.index("Y is")
    assert printed.endswith("changed by the call: ['X']\n")
    assert np.array_equal(arrays(printed)["Y"], asked.answer().golden.expected())


if __name__ == "__main__":
    found = {name: {case.id: _differing(name, case) for case in CASES} for name in sys.argv[1:]}
    wrong = [
        (name, id, forms)
        for name, of_name in found.items()
        for id, forms in of_name.items()
        if forms
    ]
    print(
        json.dumps(
            [
                wrong,
                {
                    name: sum(forms is not None for forms in of_name.values())
                    for name, of_name in found.items()
                },
            ]
        )
    )
