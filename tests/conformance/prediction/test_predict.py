"""What is said of a backend ahead of a call: against the backends that need no framework, and case
by case where a declaration or a reading decides."""

import subprocess
import sys
from dataclasses import replace

import pytest

from convtranspose_cases import Case
from convtranspose_cases.notation import find_call
from convtranspose_cases.suites.random import cases as random_cases
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.prediction.borne_out import borne_out
from convtranspose_conformance.prediction.predict import predicted, predictions
from convtranspose_conformance.prediction.prediction import Does, Prediction
from convtranspose_conformance.prediction.runtimes import followed
from convtranspose_conformance.prediction.sentences import sentence
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.worker.observation import Seen, stopped
from convtranspose_conformance.worker.serving import answer, load
from convtranspose_reports import Check


def _of(backend: str, call: str) -> Prediction:
    return next(p for p in predictions(find_call(f"call/{call}")) if p.entry.name == backend)


@pytest.mark.parametrize("name", ["onnx-reference", "onnx-shape-inference"])
def test_what_onnx_itself_does_is_what_was_predicted(name: str) -> None:
    entry = registered()[name]
    backend, missed = load(entry), []
    check = "output" if "output" in entry.checks else "output_shape"
    for case in random_cases(seed=11, number=120):
        asked = Asked(case)
        kind, seen = answer(backend, Call.of(case, *asked.arrays()), check)
        assert kind == "seen"
        missed += [case.id] * (not borne_out(predicted(entry, asked, Check(check)), seen))
    assert missed == []


@pytest.mark.parametrize(
    ("backend", "call", "does", "says"),
    [
        (
            "onnxruntime-cpu",
            "x_1_1_5_5_w_1_1_1_1_strides_2_2_auto_pad_SAME_LOWER",
            Does.DIFFERS,
            "9x9 instead of 10x10, because ComputeTotalPad takes max(0, ...)",
        ),
        ("onnxruntime-cpu", "x_1_1_5_w_1_1_3_float64", Does.DECLINES, "no kernel of this dtype"),
        ("onnx-reference", "x_1_4_5_w_4_2_3_group_2", Does.RAISES, "raises (ValueError)"),
        ("onnx-reference", "x_1_2_5_w_2_1_3_bias_group_2", Does.DIFFERS, "other numbers, because"),
        ("torch-cpu", "x_1_1_5_w_1_1_3_pads_0_1", Does.UNSUPPORTED, "no one call: padding is the"),
        ("torch-cpu", "x_1_1_5_w_1_1_3_pads_1_1", Does.CONFORMS, "conforms"),
        (
            "tensorflow-cpu",
            "x_1_1_5_w_1_1_1_strides_2_auto_pad_SAME_UPPER",
            Does.CONFORMS,
            "begin 0, end -1 on D1 instead of -1, 0, by a reading that the text leaves open",
        ),
        (
            "onnxruntime-cpu",
            "x_1_1_5_w_1_1_3_strides_2_auto_pad_SAME_UPPER_opset_1",
            Does.CONFORMS,
            "size 10 instead of size 5, by a reading that the text leaves open",
        ),
        ("onnxruntime-cpu", "x_1_1_5_w_1_1_3_dilations_2_output_padding_1", Does.RAISES, "K:below"),
        ("onnxruntime-cpu", "x_1_1_5_w_1_1_3_pads_0_-1_plain", Does.REFUSES, "as the text does"),
        ("onnx-reference", "x_1_1_5_w_1_1_3_pads_0_-1_plain", Does.ACCEPTS, "answers all the same"),
    ],
)
def test_one_call_of_each_kind(backend: str, call: str, does: Does, says: str) -> None:
    found = _of(backend, call)
    if backend == "tensorflow-cpu" and does is Does.CONFORMS and not found.follows:
        does = Does.DIFFERS  # one of total padding -1: explicit from opset 11 on
        says = says.partition(", by")[0]
    assert found.does is does
    assert says in sentence(found)


def test_conforms_alone_is_said_of_the_answer_that_is_printed() -> None:
    for case in random_cases(seed=3, number=150):
        for each in predictions(case):
            if sentence(each).startswith("conforms"):
                assert each.answer is not None
                assert each.answer.key == Asked(case).answer().key


def test_another_answer_than_the_predicted_one_does_not_bear_it_out() -> None:
    found = _of("torch-cpu", "x_1_1_5_w_1_1_3")
    assert not borne_out(found, stopped(Seen.REFUSED, "call", "RuntimeError", "no"))
    assert not borne_out(replace(found, does=Does.UNSUPPORTED), stopped(Seen.DECLINED, "", "", ""))


@pytest.mark.parametrize("bias", ["", "_bias"])
@pytest.mark.parametrize("cut", ["", "_pads_0_0_2_2", "_pads_1_1_1_1_output_padding_1_1"])
@pytest.mark.parametrize(
    ("what", "refused"),
    [
        ("dilations_2_2_float64", "dilations work through oneDNN only"),
        ("group_2_float64", "groups work through oneDNN only"),
    ],
)
def test_several_calls_do_not_hide_what_becomes_of_the_first(
    bias: str, cut: str, what: str, refused: str
) -> None:
    found = _of("tensorflow-cpu", f"x_1_4_5_5_w_4_4_3_3_strides_2_2{cut}{bias}_{what}")
    if bias:
        assert (found.does, found.within is None) == (Does.UNSUPPORTED, False)
        assert "; the first of the calls that it takes raises (" in sentence(found)
    assert refused in sentence(found)


def test_a_bias_does_not_hide_what_else_no_one_call_says() -> None:
    found = _of("tensorflow-cpu", "x_1_1_5_w_1_1_3_bias_pads_1_0")
    assert "no bias argument" in sentence(found)
    assert "pads" in sentence(found).partition("own")[2]
    assert found.within is None
    assert sentence(found).count("no bias argument") == 1


def test_what_depends_on_the_processor_says_so() -> None:
    assert "on this processor" in sentence(_of("torch-cpu", "x_1_1_5_w_1_1_3_float16"))
    assert "on this processor" not in sentence(_of("torch-cpu", "x_1_1_5_w_1_1_3"))


@pytest.mark.parametrize("opset", [1, 2, 7, 9, 10])  # files have the opset of their time
def test_where_all_runtimes_part_from_the_text_their_call_is_found(opset: int) -> None:
    call = "call/x_1_1_5_5_w_1_1_3_3_strides_2_2_auto_pad_SAME_UPPER_opset_1"
    case = replace(find_call(call), opset=opset)
    other = followed(predictions(case))
    assert other is not None
    assert (case.y_shape(), other.shape) == ((1, 1, 5, 5), (1, 1, 10, 10))
    assert other.case.y_shape() == other.shape


def test_nothing_is_followed_where_runtimes_agree_with_the_text() -> None:
    assert (
        followed(predictions(Case(suite="a", name="b", x_shape=(1, 1, 5), w_shape=(1, 1, 3))))
        is None
    )


def test_no_framework_is_imported() -> None:
    predicted = (
        "import sys\n"
        "from convtranspose_cases.notation import find_call\n"
        "from convtranspose_conformance.prediction import predictions\n"
        "assert len(predictions(find_call('call/x_1_1_5_5_w_1_1_3_3'))) == 6\n"
        "print({'torch', 'tensorflow', 'onnxruntime', 'onnx'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", predicted], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("set()", "")
