"""What the packages declare as public, used as other people's code uses it, each in a fresh
interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

import convtranspose_conformance as public

PACKAGES = (
    "convtranspose_reference",
    "convtranspose_cases",
    "convtranspose_reports",
    "convtranspose_conformance",
)
ADAPTER = """
import numpy
from convtranspose_conformance import *
from convtranspose_conformance import Array, Gradients, Plan

class Mine(Backend):
    def versions(self) -> dict[str, str]:
        return {"mine": "1"}
    def run(self, call: Call) -> Array:
        with refusals("call", ZeroDivisionError):
            1 / 0
    def gradients(self, call: Call, dY: Array) -> Gradients:
        if dY.ndim > 5:
            raise Declined("no kernel of so many axes")
        raise Unusable("no device")

def script(entry: Entry, call: Call, *, static: bool) -> Script:
    made = Stenographer("mine").conv_transpose(Name("X"), stride=call.strides)
    return Script(imports=["import mine"], call=[f"Y = {made}"], version="mine.__version__")

entry = Entry(name="mine", title="Mine", route="-", target="a:Mine", distributions=())
ones = numpy.ones((1, 1, 2), numpy.float32)
from convtranspose_reference import Attributes
call = Call(op="Conv", attributes=Attributes(), opset=11, initializer=True, X=ones, W=ones, B=None)
for ask in (lambda: Mine().run(call), lambda: Mine().static_shape(call),
            lambda: Mine().gradients(call, ones)):
    try:
        ask()
    except (Refused, Unsupported, Unusable) as why:
        print(type(why).__name__, why)
print(script(entry, call, static=False).call[0])
"""
CI = """
import sys
from pathlib import Path
from convtranspose_conformance import (
    DeviationError, HarnessError, Limits, Plan, SelectionError, UnknownBackend, Unusable, UserError,
    execute, named, plan, registered,
)
from convtranspose_reports import read_run

if __name__ == "__main__":
    for wrong in (lambda: plan(backends=["nobody"]), lambda: named("nobody"),
                  lambda: plan(backends=["onnx-reference"], files=[Path("no.toml")])):
        try:
            wrong()
        except (SelectionError, UnknownBackend, DeviationError) as error:
            print(type(error).__name__, isinstance(error, UserError))
    chosen: Plan = plan(
        backends=[registered()["onnx-reference"].name],
        patterns=["seeds/stride_2_filter_3"],
        limits=Limits(case_s=30),
    )
    try:
        execute(chosen, Path("report"))
    except (HarnessError, Unusable) as error:
        assert isinstance(error, UserError)
        sys.exit(str(error))
    print(*(record.verdict for record in read_run(Path("report")).records))
"""
NOTEBOOK = """
from convtranspose_cases import find_case
from convtranspose_cases.inputs import tensors
from convtranspose_conformance import (
    Explained, Judgement, Reply, ask, explained, explanation, judge_output, named, reproducer
)
from convtranspose_reference import conv_transpose

if __name__ == "__main__":
    case = find_case("seeds/stride_2_filter_3")
    drawn = tensors(case)
    X, W, B = drawn.arrays(case.dtype)
    Y = conv_transpose(X, W, B, **case.attributes.given())
    right: Judgement = judge_output(case, Y)
    reply: Reply
    (reply,) = ask("onnx-reference", case)
    print(right.verdict, judge_output(case, Y + 1).verdict, reply.judgement.verdict)
    print(explanation(case.id).splitlines()[0])
    one: Explained
    (one,) = explained(case.id)
    print(one.y_shape)
    print(reproducer(named("torch-cpu"), case, drawn, "Y").splitlines()[0])
"""


def _fresh(code: str, directory: Path) -> list[str]:
    (directory / "own.py").write_text(code)
    ran = subprocess.run(
        [sys.executable, "own.py"],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_an_adapter_is_written_with_the_public_names_alone(tmp_path: Path) -> None:
    assert _fresh(ADAPTER, tmp_path) == [
        "Refused call: ZeroDivisionError: division by zero",
        "Unsupported this API states no output shape ahead of the call",
        "Unusable no device",
        "Y = mine.conv_transpose(X, stride=(1,))",
    ]


def test_a_script_of_ci_plans_runs_and_reads(tmp_path: Path) -> None:
    assert _fresh(CI, tmp_path) == [
        "SelectionError True",
        "UnknownBackend True",
        "DeviationError True",
        "conforms",
    ]


def test_a_notebook_asks_judges_explains(tmp_path: Path) -> None:
    verdicts, explained, sizes, script = _fresh(NOTEBOOK, tmp_path)
    assert sizes == "(1, 1, 11, 11)"
    assert verdicts == "conforms fails conforms"
    assert explained == "seeds/stride_2_filter_3"
    assert script.startswith("# seeds/stride_2_filter_3 on torch-cpu")


def test_every_public_name_is_used_by_one_of_them_and_says_what_it_is() -> None:
    code = ADAPTER + CI + NOTEBOOK
    for name in public.__all__:
        assert name in code
        thing = getattr(public, name)
        assert name in ("Array", "Gradients") or thing.__doc__


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_typed_and_has_what_it_declares(package: str) -> None:
    module = __import__(package)
    assert Path(module.__file__).with_name("py.typed").exists()
    assert all(hasattr(module, name) for name in module.__all__)


def test_importing_the_package_costs_nothing(tmp_path: Path) -> None:
    code = "import sys, convtranspose_conformance as c\nprint(len(dir(c)), 'numpy' in sys.modules)"
    assert _fresh(code, tmp_path) == [f"{len(public.__all__)} False"]


def test_what_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="attribute nothing"):
        public.nothing  # noqa: B018
