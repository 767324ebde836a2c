"""onnx's own node tests of ConvTranspose, judged by the comparison and the tolerances of onnx's own
runner."""

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

Answers = Callable[[Any, Sequence[Any]], Sequence[Any]]  # (model, inputs) -> outputs


@cache
def node_tests() -> dict[str, Any]:
    """Name -> onnx's test case: model, data sets, rtol, atol."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # making the tests of other operators overflows
        from onnx.backend.test.case.node import collect_testcases

        return {
            each.name: each
            for each in collect_testcases("ConvTranspose")
            if each.name.startswith("test_convtranspose")
        }


def failed_by(answers: Answers) -> list[str]:
    """The tests that a backend fails; raising anything is failing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [name for name, test in node_tests().items() if not _passes(test, answers)]


def _passes(test: Any, answers: Answers) -> bool:
    from onnx.backend.test.runner import Runner

    for inputs, expected in test.data_sets:
        try:
            Runner.assert_similar_outputs(
                expected, answers(test.model, inputs), rtol=test.rtol, atol=test.atol
            )
        except Exception:  # a mutant raises anything, and the right one passes every test
            return False
    return True
