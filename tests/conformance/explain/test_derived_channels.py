"""Channels that a text derives through other layers go before those that would be assumed."""

import pytest

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.pages.overview import overview_text

UP = "nn.ConvTranspose2d(c, 8, 4, 2, 1)"
BEHIND = (
    "class Net(nn.Module):\n    def __init__(self, c):\n"
    f"        self.a = nn.Conv2d(3, 32, 3, padding=1)\n        self.b = {UP}\n"
    "    def forward(self, x):\n        x = F.relu(self.a(x))\n        return self.b(x)"
)


def _last(text: str) -> Subject:
    return subjects(text)[-1]


@pytest.mark.parametrize(
    ("text", "w"),
    [
        (BEHIND, (32, 8, 4, 4)),
        (f"nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), {UP})", (32, 8, 4, 4)),
        (f"y = nn.ConvTranspose2d(16, 8, 4, 2, 1)(x)\nz = {UP}(nn.Dropout(0.5)(y))", (8, 8, 4, 4)),
        (
            "nn.Sequential(nn.Conv2d(3, 10, 3), nn.ConvTranspose2d(2 * c, 2 * c, 4))",
            (10, 10, 4, 4),
        ),
        (
            "net = nn.Sequential(nn.ConvTranspose2d(c, 2 * c, 4),\n"
            "    nn.ConvTranspose2d(2 * c, 3, 4))\n"
            "net(torch.zeros(1, 10, 4, 4))",
            (20, 3, 4, 4),
        ),
        (
            "x = Conv2D(32, 3, padding='same')(inputs)\n"
            "y = Conv2DTranspose(16, 3, strides=2, padding='same')(x)",
            (32, 16, 3, 3),
        ),
        (
            "Sequential([Conv2DTranspose(128, 5), BatchNormalization(), Conv2DTranspose(64, 5)])",
            (128, 64, 5, 5),
        ),
        (
            "Sequential([Conv2DTranspose(12, 5, data_format='channels_first'),\n"
            "    Conv2DTranspose(64, 5, data_format='channels_first')])",
            (12, 64, 5, 5),
        ),
    ],
)
def test_channels_are_those_of_the_layer_before(text: str, w: tuple[int, ...]) -> None:
    read = _last(text)
    assert read.case.w_shape == w
    assert not read.assumed & {"C", "M"}
    assert "channels in" not in overview_text("text", [read], in_full=True)


def test_pytorch_and_keras_make_weights_of_these_channels() -> None:
    import keras
    import torch
    from torch import nn

    net = nn.Sequential(nn.Conv2d(3, 10, 3), nn.LazyConvTranspose2d(10, 4))
    net(torch.zeros(1, 3, 8, 8))
    assert tuple(net[1].weight.shape) == (10, 10, 4, 4)
    layers = [keras.layers.Conv2DTranspose(maps, 5) for maps in (128, 64)]
    keras.Sequential([keras.Input((5, 5, 4)), *layers])
    assert tuple(layers[1].kernel.shape) == (5, 5, 64, 128)


def test_usual_weights_have_the_channels_of_the_input() -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects("h = nn.Conv2d(3, 12, 3)(x)\ny = F.conv_transpose2d(h, w, stride=2)")
    assert asked.value.weights is not None
    assert asked.value.weights.usual[0] == 12


def test_channels_that_contradict_the_layer_before_are_an_error() -> None:
    with pytest.raises(Unreadable, match=r"\?,32,\?,\?: accepted is one with 64 channels"):
        subjects("nn.Sequential(nn.Conv2d(3, 32, 3), nn.ConvTranspose2d(64, 8, 4, 2, 1))")


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        (
            "def up(c):\n    a = nn.ConvTranspose2d(c, c // 2, 4)\n"
            "    b = nn.ConvTranspose2d(c // 2, 3, 4)",
            [(4, 2), (2, 3)],
        ),
        (
            "def up(c):\n    a = nn.ConvTranspose2d(8, 2 * c, 4)\n"
            "    b = nn.ConvTranspose2d(2 * c, c, 4)",
            [(8, 8), (8, 4)],
        ),
    ],
)
def test_assumed_channels_of_one_name_are_those_of_one_value(
    text: str, channels: list[tuple[int, int]]
) -> None:
    assert [each.case.w_shape[:2] for each in subjects(text)] == channels


def test_what_a_number_of_channels_does_not_decide_stays_assumed() -> None:
    text = "nn.Sequential(nn.Conv2d(3, 10, 3), nn.ConvTranspose2d(c // 2, c, 4))"  # 20, or 21
    read = _last(text)
    assert (read.case.w_shape[0], read.assumed) == (10, {"M", "x"})
