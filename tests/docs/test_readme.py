"""The two findings that README begins with are what is declared of the frameworks today."""

import re

from convtranspose_cases import find_case
from convtranspose_conformance.prediction.predict import PREDICTED, predicted
from convtranspose_conformance.prediction.prediction import Does, Prediction
from convtranspose_conformance.rules.answers import Asked
from convtranspose_reports import Check
from support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SIZES = re.compile(
    r"`auto_pad=SAME_UPPER, strides=\[2\], output_padding=\[1\]` on (\d) inputs: the session's "
    r"output info says (\d),\s+`run` returns (\d), which is what the text asks for\. With a kernel "
    r"below the stride both are too short: (\d) where the text asks for `input \* stride` = (\d)\."
)
SAME = "auto_pad_SAME_UPPER_strides_2"


def told(backend: str, check: Check, words: str) -> Prediction:
    entry = next(each for each in PREDICTED if each.name == backend)
    return predicted(entry, Asked(find_case(f"call/{words}")), check)


def size(check: Check, words: str) -> int:
    answer = told("onnxruntime-cpu", check, words).answer
    assert answer is not None
    assert answer.shape is not None
    return int(answer.shape[2])


def test_the_sizes_of_onnx_runtime_are_the_declared_ones() -> None:
    found = SIZES.search(README)
    assert found is not None
    inputs, stated, returned, short, by_text = map(int, found.groups())
    call = f"x_1_1_{inputs}_w_1_1_3_{SAME}_output_padding_1"
    assert stated == size(Check.OUTPUT_SHAPE, call)
    assert returned == size(Check.OUTPUT, call) == find_case(f"call/{call}").y_shape()[2]
    below = f"x_1_1_{inputs}_w_1_1_1_{SAME}"
    assert short == size(Check.OUTPUT, below) == size(Check.OUTPUT_SHAPE, below)
    assert by_text == find_case(f"call/{below}").y_shape()[2]


def test_groups_with_a_bias_are_wrong_in_onnxs_reference_as_declared() -> None:
    assert "`group=2` and `B = [1, 2]` its ReferenceEvaluator adds `1` to both" in README
    one = told("onnx-reference", Check.OUTPUT, "x_1_2_3_w_2_1_2_bias_group_2")
    assert (one.does, one.because[0].name) == (Does.DIFFERS, "group_bias_of_first_group")
    more = told("onnx-reference", Check.OUTPUT, "x_1_2_3_w_2_2_2_bias_group_2")
    assert more.does is Does.RAISES
