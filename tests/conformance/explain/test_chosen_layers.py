"""Names that stand for one of several layers, as a condition says: each that may be transposed is
read, and a note names what may stand in its place."""

import pytest

from convtranspose_conformance.explain import Unreadable
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects

CALL = "(16, 8, 4, stride=2, padding=1)"
BOTH = {"nn.ConvTranspose2d": "nn.Conv2d"}


def _read(text: str) -> dict[str, str]:
    """Of each call that is read the name, with what may stand in its place."""
    choices = {}
    for each in subjects(text):
        notes = [note for note in each.notes if "as a condition says" in note]
        others = notes[0].split(" here,")[0].removeprefix("the text makes ") if notes else ""
        own = each.origin.function
        choices[own] = others.removeprefix(own).removeprefix(" or ")
        assert set(each.case.y_shape()[2:]) == {10}
    return choices


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            f"Up = nn.ConvTranspose2d if transposed else nn.Upsample\nup = Up{CALL}",
            {"nn.ConvTranspose2d": "nn.Upsample"},
        ),
        (
            "def up(transposed):\n    if transposed:\n        conv = nn.ConvTranspose2d\n"
            f"    else:\n        conv = nn.Conv2d\n    return conv{CALL}",
            BOTH,
        ),
        (
            "def up(transposed):\n    conv = nn.Conv2d\n    if transposed:\n"
            f"        conv = nn.ConvTranspose2d\n    return nn.Sequential(conv{CALL}, nn.ReLU())",
            BOTH,
        ),
        (f"up = (nn.ConvTranspose2d if up else nn.Conv2d){CALL}", BOTH),
        (
            f"conv = nn.ConvTranspose2d if up else partial(nn.Conv2d, bias=False)\ny = conv{CALL}",
            BOTH,
        ),
        (
            "def up(dim):\n    if dim == 2:\n        conv = nn.ConvTranspose2d\n"
            f"    elif dim == 3:\n        conv = nn.ConvTranspose3d\n    return conv{CALL}",
            {
                "nn.ConvTranspose2d": "nn.ConvTranspose3d",
                "nn.ConvTranspose3d": "nn.ConvTranspose2d",
            },
        ),
        (
            f"conv = {{1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d}}[dim]\nup = conv{CALL}",
            {
                "nn.ConvTranspose1d": "nn.ConvTranspose2d",
                "nn.ConvTranspose2d": "nn.ConvTranspose1d",
            },
        ),
        (
            "class Up(nn.Module):\n    def __init__(self, up):\n"
            "        self.conv = nn.ConvTranspose2d if up else nn.Conv2d\n    def build(self):\n"
            f"        return self.conv{CALL}",
            BOTH,
        ),
        # what stands for one layer where it is called
        (f"conv = getattr(nn, 'ConvTranspose2d')\nup = conv{CALL}", {"nn.ConvTranspose2d": ""}),
        (
            "def down():\n    conv = nn.Conv2d\n    return conv(16, 8, 3)\n"
            f"def up():\n    conv = nn.ConvTranspose2d\n    return conv{CALL}",
            {"nn.ConvTranspose2d": ""},
        ),
        (
            f"conv = nn.ConvTranspose2d\na = conv{CALL}\nconv = nn.ConvTranspose1d\nb = conv{CALL}",
            {"nn.ConvTranspose2d": "", "nn.ConvTranspose1d": ""},
        ),
    ],
)
def test_each_layer_that_a_name_may_stand_for_is_read(text: str, read: dict[str, str]) -> None:
    assert _read(text) == read


def test_a_function_that_is_chosen_asks_for_its_weights() -> None:
    with pytest.raises(NamesOpen, match=r"F\.conv_transpose2d: .* names its weights"):
        subjects("conv = F.conv_transpose2d if up else F.interpolate\ny = conv(x, w, stride=2)")


@pytest.mark.parametrize(
    "text",
    [
        f"conv = nn.ConvTranspose2d\ndef up(conv):\n    return conv{CALL}",
        f"conv = make(up)\nup = conv{CALL}",
        "up = (make if up else other)(16, 8, 4)",
    ],
)
def test_a_name_that_stands_for_anything_is_no_layer(text: str) -> None:
    with pytest.raises(Unreadable, match="no layer that is known"):
        subjects(text)
