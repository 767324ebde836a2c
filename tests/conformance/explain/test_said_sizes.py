"""Sizes of an input as prose, comments and printed values say them."""

import pytest

from convtranspose_conformance.explain.inputs.read import subjects

UP = "nn.ConvTranspose2d(16, 8, 3, stride=2)"
KERAS = "Conv2DTranspose(8, 3, strides=2)"


@pytest.mark.parametrize(
    ("text", "x"),
    [
        (f"{UP} on 1x16x7x7 input", (1, 16, 7, 7)),
        (f"{UP} given x of shape (1, 16, 7, 7)", (1, 16, 7, 7)),
        (f"{UP}  # input torch.Size([1, 16, 7, 7])", (1, 16, 7, 7)),
        (f"# input torch.Size([2, 16, 7, 7])\n{UP}", (2, 16, 7, 7)),
        (f">>> x.shape\ntorch.Size([1, 16, 7, 7])\n>>> {UP}", (1, 16, 7, 7)),
        (f"{UP}\n# input (1, 16, 7, 7) output (1, 8, 15, 15)", (1, 16, 7, 7)),
        (f"{UP} gives 1x8x15x15 on 1x16x7x7", (1, 16, 7, 7)),
        (f"{UP}  # 1x16x7x7 -> 1x8x15x15", (1, 16, 7, 7)),
        (f"{UP} for input 2 × 16 × 7 × 9", (2, 16, 7, 9)),
        (f"{UP}, x: (N, 16, 7, 7)", (1, 16, 7, 7)),
        (f"what does {UP} make of a 7x9 input?", (1, 16, 7, 9)),
        (f"{UP} with input of shape [16, 7, 7]", (1, 16, 7, 7)),
        (f"{KERAS} on 1x7x9x16 input", (1, 16, 7, 9)),
        (f"{KERAS} with input shape (7, 9, 16)", (1, 16, 7, 9)),
        (f"{KERAS} on a 7x9 image", (1, 4, 7, 9)),
        ("nn.ConvTranspose1d(16, 8, 3) on input (2, 16, 7)", (2, 16, 7)),
        ("nn.ConvTranspose3d(16, 8, 3) on input 1x16x3x4x5", (1, 16, 3, 4, 5)),
    ],
)
def test_the_input_that_a_text_speaks_of_is_x(text: str, x: tuple[int, ...]) -> None:
    (read,) = subjects(text)
    assert read.case.x_shape == x
    assert "x" not in read.assumed
    assert any("is the one that the text states" in note for note in read.notes)


def test_of_attributes_alone_it_says_the_channels_too() -> None:
    (read,) = subjects("strides=[2,2] kernel_shape=[3,3] on input 1x3x8x9")
    assert (read.case.x_shape, read.case.w_shape) == ((1, 3, 8, 9), (3, 4, 3, 3))


@pytest.mark.parametrize(
    "text",
    [
        f"{UP} on 1x3x7x7 input",
        f"{UP} on input (1, 16, 7)\n",
        f"{UP}  # output 1x16x15x15",
        f"{UP} -> 1x16x15x15",
        f"{UP} for an input with kernel 3x3",
        f"{UP}  # enlarges x 2x2",
        f"{UP}  # works on 3x3 kernels",
        f"{UP}  # state size 16x7x7",
        f"{UP} on input 1x16x7x7 or on input 1x16x9x9",
        f"{UP}  # weight of shape (16, 16, 3, 3)",
    ],
)
def test_sizes_of_something_else_are_none_of_x(text: str) -> None:
    (read,) = subjects(text)
    assert read.case.x_shape == (1, 16, 5, 5)
    assert "x" in read.assumed


def test_beside_other_calls_it_is_what_the_line_says() -> None:
    one, other = subjects(f"{UP}  # input 1x16x7x7\nnn.ConvTranspose2d(16, 8, 3, stride=3)")
    assert one.case.x_shape == (1, 16, 7, 7)
    assert (other.case.x_shape, "x" in other.assumed) == ((1, 16, 5, 5), True)


def test_what_options_say_goes_before_it() -> None:
    (read,) = subjects(f"{UP} on 1x16x7x7 input", x=(1, 16, 4, 4))
    assert read.case.x_shape == (1, 16, 4, 4)


def test_an_input_with_other_channels_is_told() -> None:
    (read,) = subjects(f"{UP} on 1x3x7x7 input")
    assert (
        "the text speaks of an input of 1, 3, 7, 7, whose channels are not those" in read.notes[-1]
    )
