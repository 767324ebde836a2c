"""Sentences of an explanation that were once untrue of some calls, each for its whole kind."""

import re
from itertools import product
from typing import Any

import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.explain import Subject, case_from_options, explain
from convtranspose_conformance.explain.code.tensorflow import tensorflow_code
from convtranspose_conformance.explain.geometry.evenness import counts, is_even_along, overlap
from convtranspose_conformance.explain.geometry.negative_pads import advice, meant
from convtranspose_conformance.explain.geometry.window import windows
from convtranspose_conformance.explain.pages.drawing import drawings
from convtranspose_conformance.explain.pages.html import page


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make("explained", x, k, **given)  # type: ignore[arg-type]


def test_every_output_of_one_input_adds_one_tap() -> None:
    (w,) = windows(_case((1,), (4,)))
    assert overlap(w, bias=False) == "even: every output adds 1 tap"


def test_what_is_said_of_outputs_is_what_they_add() -> None:
    for x, k, s in product(range(1, 7), range(1, 6), range(1, 4)):
        (w,) = windows(_case((x,), (k,), strides=(s,)))
        says, each = overlap(w, bias=False), counts(w)
        if "away from the borders" not in says:
            assert len(set(each)) == 1
            assert f"adds {each[0]} tap" in says
        elif "too few" in says:
            assert ", ".join(map(str, each[:16])) in says
        else:
            inner = each[k - 1 : s * (x - 1) + 1]
            assert (len(set(inner)) == 1) == is_even_along(w)


def test_negative_pads_at_the_end_are_output_padding() -> None:
    case = case_from_options("1,1,4,4", "1,1,3,3", strides="2,2", pads="0,0,-1,-1")
    text = explain(Subject(case=case))
    assert "output_padding=[1, 1], strides=[2, 2] gives Y[1, 1, 10, 10]" in " ".join(text.split())
    assert "clause    O" not in text
    assert "--output-padding 1,1" in text


@pytest.mark.parametrize("pads", ["-1,0", "0,-2"])
def test_what_output_padding_does_not_say_is_a_pad_node(pads: str) -> None:
    case = case_from_options("1,1,4", "1,1,3", strides="2", pads=pads)
    assert meant(case) is None
    assert "a Pad node" in advice(case)


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64", "bfloat16"])
@pytest.mark.parametrize("pads", [(0, 0, 0, 0), (1, 1, 1, 1), (0, 0, 1, 1)])
def test_groups_of_one_map_are_one_call(dtype: str, pads: tuple[int, ...]) -> None:
    code = tensorflow_code(
        _case((5, 5), (3, 3), strides=(2, 2), c=8, m=4, group=4, dtype=dtype, pads=pads)
    )
    assert code.why == ""
    assert code.source.count("depthwise_conv2d_backprop_input") == 1


def test_other_groups_are_one_call_through_onednn() -> None:
    code = tensorflow_code(_case((5, 5), (3, 3), strides=(2, 2), c=4, m=8, group=4))
    assert (code.why, code.source.count("conv2d_transpose")) == ("", 1)
    assert 'os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"' in code.lines
    assert code.lines.index("import os") < code.lines.index("import tensorflow as tf")


def test_a_drawing_of_few_inputs_has_the_plateau_of_many() -> None:
    (drawn,) = drawings(_case((100,), (25,), strides=(4,)))
    assert drawn.name == "axis D1, drawn with 8 of 100 inputs"
    assert {drawn.counts[place] for place in range(24, 29)} == {7, 6}


def test_labels_have_room_in_their_cells() -> None:
    for kernel in (3, 12, 101):
        for drawn in drawings(_case((2,), (kernel,))):
            longest = f"w{kernel}a"
            assert drawn.cell >= 7.3 * len(longest)


def test_runtimes_that_part_from_the_text_have_the_headline_and_the_code() -> None:
    case = case_from_options("1,4,5,5", "4,8,3,3", strides="2,2", auto_pad="SAME_UPPER", opset="1")
    text = explain(Subject(case=case))
    assert "-> Y[1, 8, 5, 5], float32, by the text of opset 1" in text
    assert "-> Y[1, 8, 10, 10] by every runtime" in text
    assert "output_shape=[1, 10, 10, 8]" in text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"strides": "0,1"}, "the stride along each spatial axis; what a value below 1 means"),
        ({"dilations": "1,0"}, "of the kernel; what a value below 1 means, the text does not say"),
        ({"output_padding": "-1,0"}, "at the end of each spatial axis; what a value below 0 means"),
        ({"strides": "2"}, "text      strides: the stride along each spatial axis"),
        ({"pads": "1,1"}, "text      pads: one value for the begin and one for the end of each"),
    ],
)
def test_a_list_that_is_refused_cites_the_sentence_about_it(
    given: dict[str, Any], says: str
) -> None:
    case = case_from_options("1,1,4,4", "1,1,3,3", **given)
    told = explain(Subject(case=case))
    assert says in re.sub(r"\n {12}", " ", told)
    assert "Shapes that have to fit" not in told
    assert "Shapes that have to fit" not in page([(Subject(case=case), None)])
    wrong = case_from_options("1,2,4,4", "1,1,3,3")
    assert "O, Shapes that have to fit: C = W.shape[0]" in explain(Subject(case=wrong))
