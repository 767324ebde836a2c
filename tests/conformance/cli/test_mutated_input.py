"""What somebody else wrote is read or refused: in time, in memory, and without a traceback."""

import subprocess
import sys

import pytest
from onnx import TensorProto, helper

from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.subject import Unreadable
from convtranspose_conformance.run.planning.selection import SelectionError, cases_of
from support.mutated_input import PARSERS

MUTANTS = 2_000  # of 20,000, of which benchmarks/given/mutated_input.py asks each parser


@pytest.mark.parametrize("parser", PARSERS)
def test_mutants_are_read_or_refused(parser):
    command = [sys.executable, "-m", "support.mutated_input", parser, str(MUTANTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def written(tmp_path, nodes, functions=(), opset=11):
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, 5]) for name in ("X", "Y")
    ]
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:])
    model = helper.make_model(graph, functions=list(functions), opset_imports=opsets)
    file = tmp_path / "model.onnx"
    file.write_bytes(model.SerializeToString())
    return str(file)


def function(name, *calls):
    nodes = [helper.make_node(call, ["x"], ["y"], domain="own") for call in calls]
    return helper.make_function("own", name, ["x"], ["y"], nodes, [helper.make_opsetid("own", 1)])


def call(name):
    return [helper.make_node(name, ["X"], ["Y"], domain="own")]


def test_functions_of_a_model_end(tmp_path):
    with pytest.raises(Unreadable, match="function f calls itself"):
        subjects(written(tmp_path, call("f"), [function("f", "f")]))
    with pytest.raises(Unreadable, match="function f calls itself"):
        subjects(written(tmp_path, call("f"), [function("f", "g"), function("g", "f")]))
    doubled = [function(f"f{n}", f"f{n + 1}", f"f{n + 1}") for n in range(40)]
    with pytest.raises(Unreadable, match="come to 1099511627776 nodes"):
        subjects(written(tmp_path, call("f0"), doubled))
    with pytest.raises(Unreadable, match="opset 0; accepted is 1 or more"):
        subjects(written(tmp_path, call("f"), opset=0))


def test_a_pattern_that_is_too_long_is_refused():
    """Brackets that nobody closes are read in the square of their number."""
    with pytest.raises(SelectionError, match="of 5000 characters; accepted are 1000"):
        cases_of(["seeds"], ["[" * 5000], "", 0)
