"""Paddings that PaddlePaddle and MindSpore say by a word. What is cut of each axis was seen of
PaddlePaddle 3.3.1 and MindSpore 2.10, which are not installed here."""

import pytest

from convtranspose_conformance.explain import Unreadable
from convtranspose_conformance.explain.geometry.window import windows
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reference.attributes import Shape

# input, kernel, stride, dilation, and what is cut at begin and end of the output without pads
PADDLE = [
    ((5, 3, 2, 1), (1, 1)),
    ((5, 3, 2, 2), (1, 1)),
    ((6, 4, 2, 1), (1, 1)),
    ((4, 5, 3, 1), (2, 2)),
    ((7, 5, 3, 1), (2, 2)),
    ((5, 2, 3, 1), (0, 0)),
    ((8, 3, 4, 1), (0, 0)),
    ((3, 4, 1, 1), (1, 2)),
    ((1, 5, 2, 1), (2, 2)),
    ((2, 4, 4, 2), (1, 1)),
]
MINDSPORE = [
    ((5, 3, 2, 1), "same", (0, 1)),
    ((5, 3, 2, 2), "same", (1, 2)),
    ((5, 4, 2, 1), "same", (1, 1)),
    ((5, 2, 3, 1), "same", (0, -1)),
    ((5, 5, 2, 2), "same", (3, 4)),
    ((1, 4, 1, 1), "same", (1, 2)),
    ((5, 3, 2, 2), "valid", (0, 0)),
    ((5, 2, 3, 1), "valid", (0, -1)),
    ((2, 5, 3, 2), "valid", (0, 0)),
]


def _cut(text: str, x: Shape) -> set[tuple[int, int]]:
    (read,) = subjects(text, x=x)
    return {(each.begin, each.end) for each in windows(read.case)}


def _spatial(text: str, **options: Shape) -> Shape:
    (read,) = subjects(text, **options)  # type: ignore[arg-type]
    return read.case.y_shape()[2:]


@pytest.mark.parametrize(("axis", "cut"), PADDLE)
def test_same_of_paddle_is_that_of_its_plain_convolution(
    axis: tuple[int, ...], cut: tuple[int, int]
) -> None:
    n, k, s, d = axis
    for layer in (
        f"paddle.nn.Conv2DTranspose(4, 8, {k}, stride={s}, padding='SAME', dilation={d})",
        f"paddle.nn.functional.conv2d_transpose(x, paddle.ones([4, 8, {k}, {k}]), stride={s},"
        f" padding='same', dilation={d})",
        f"paddle.static.nn.conv2d_transpose(x, 8, filter_size={k}, stride={s}, padding='SAME',"
        f" dilation={d})",
    ):
        assert _cut(layer, (1, 4, n, n)) == {cut}


def test_same_of_paddle_has_its_output_padding_behind_it() -> None:
    text = "paddle.nn.Conv2DTranspose(4, 8, 3, stride=2, padding='SAME', output_padding=1)"
    assert _spatial(text, x=(1, 4, 5, 6)) == (10, 13)
    (read,) = subjects(text)
    assert any("Y is not input * stride" in note for note in read.notes)


@pytest.mark.parametrize(
    "text",
    [
        "paddle.nn.Conv2DTranspose(4, 8, 3, stride=2, padding=[[0, 0], [0, 0], [1, 2], [0, 1]])",
        "paddle.nn.Conv2DTranspose(4, 8, 3, stride=2, padding=[1, 2, 0, 1])",
        "paddle.nn.functional.conv2d_transpose(x, paddle.ones([4, 8, 3, 3]), stride=2, "
        "padding=[[0, 0], [0, 0], [1, 2], [0, 1]])",
        "paddle.nn.Conv2DTranspose(4, 8, 3, stride=2, data_format='NHWC', "
        "padding=[[0, 0], [1, 2], [0, 1], [0, 0]])",
    ],
)
def test_pads_of_paddle_may_be_those_of_all_axes(text: str) -> None:
    assert _spatial(text, x=(1, 4, 5, 6)) == (8, 12)


def test_a_name_beside_same_of_paddle_is_asked_for() -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects("paddle.nn.Conv2DTranspose(4, 8, k, stride=2, padding='SAME', dilation=2)")
    assert asked.value.names == {"k": "4"}
    assert asked.value.rule.startswith("Y is 2 * (input - 1) + k on each axis, less what a plain")


@pytest.mark.parametrize(("axis", "word", "cut"), MINDSPORE)
def test_words_of_mindspore(axis: tuple[int, ...], word: str, cut: tuple[int, int]) -> None:
    n, k, s, d = axis
    for rank in (1, 2, 3):
        text = f"nn.Conv{rank}dTranspose(4, 8, {k}, stride={s}, pad_mode='{word}', dilation={d})"
        assert _cut(text, (1, 4, *(n,) * rank)) == {cut}


def test_words_of_mindspore_have_groups() -> None:
    (read,) = subjects("nn.Conv2dTranspose(4, 8, 3, stride=2, pad_mode='same', group=2)")
    assert (read.case.w_shape, read.case.y_shape()) == ((4, 4, 3, 3), (1, 8, 10, 10))


def test_pads_of_mindspore_are_those_of_each_end() -> None:
    text = (
        "nn.Conv2dTranspose(2, 4, 3, stride=2, pad_mode='pad', padding=(1, 0, 1, 2),"
        " output_padding=1)"
    )
    assert _spatial(text) == (11, 9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nn.Conv2dTranspose(4, 8, 3, 2, 'same', output_padding=1)", "output_padding=1: .* 0 besi"),
        ("nn.Conv2dTranspose(4, 8, 3, 2, 'valid', padding=1)", "padding=1: accepted is 0 beside"),
        ("nn.Conv2dTranspose(4, 8, 3, 2, 'same', (0, 0, 1, 0))", "accepted is 0 beside"),
        ("nn.Conv2dTranspose(4, 8, 3, 2, 'full')", '"pad" or "same" or "valid"'),
        ("paddle.nn.Conv2DTranspose(4, 8, 3, padding='FULL')", 'integers, "SAME" or "VALID"'),
        (
            "paddle.static.nn.conv2d_transpose(x, 8, [10, 10], 3, padding='SAME', stride=2)",
            "output_size=.10, 10.: accepted is none beside",
        ),
    ],
)
def test_what_a_word_does_not_go_with_is_refused(text: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        subjects(text)
