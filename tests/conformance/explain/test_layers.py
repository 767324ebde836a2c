"""Layers as text: read by the framework's own signature, never evaluated, and the case that comes
out is what the layer computes."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from convtranspose_conformance.explain import Subject, Unreadable, codes
from convtranspose_conformance.explain.code.snippet import arrays
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reference.attributes import Attributes
from support.snippets import answers, expected

TORCH = [
    "nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1)",
    "torch.nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, 2, False, 1)",
    "nn.ConvTranspose2d(in_channels=2, out_channels=3, kernel_size=(3, 2), stride=(2, 1), "
    "dilation=(1, 3), padding=[1, 0])",
    "nn.ConvTranspose1d(2, 3, 2, dtype=torch.float64)",
    "nn.ConvTranspose3d(2, 2, 2, stride=2, groups=2)",
    "ConvTranspose1d(1, 1, 3, dilation=3, output_padding=2)",
    "up = nn.LazyConvTranspose2d(3, 3, bias=False)",
]
KERAS = [
    'keras.layers.Conv2DTranspose(8, 3, strides=2, padding="same")',
    'tf.keras.layers.Conv1DTranspose(2, 3, 2, "same", 0)',
    'keras.layers.Conv1DTranspose(2, 3, strides=2, padding="SAME", output_padding=1)',
    'layers.Conv1DTranspose(2, 2, strides=3, padding="same")',
    'layers.Conv1DTranspose(2, 4, strides=3, padding="same", output_padding=2, use_bias=False)',
    'layers.Conv1DTranspose(2, 2, strides=3, padding="valid")',
    "layers.Conv1DTranspose(2, 2, strides=3, output_padding=(2,))",
    'layers.Conv2DTranspose(2, (3, 4), strides=(2, 3), padding="valid", output_padding=(0, 1))',
    'layers.Conv2DTranspose(2, (3, 4), strides=(2, 1), padding="same", name="up", dtype="float64")',
    'keras.layers.Conv2DTranspose(3, 3, dilation_rate=2, padding="same", '
    'kernel_initializer="ones")',
    'layers.Conv3DTranspose(2, 3, strides=2, padding="same")',
]
KERAS_REFUSES = [
    "keras.layers.Conv1DTranspose(2, 3, strides=2, output_padding=2)",
    "keras.layers.Conv1DTranspose(2, 3, strides=2, dilation_rate=2)",
    'keras.layers.Conv1DTranspose(2, 4, strides=2, padding="same", output_padding=0)',
    'keras.layers.Conv1DTranspose(2, 3, padding="causal")',
    "keras.layers.Conv2DTranspose(2, (3, 3, 3))",
    "keras.layers.Conv2DTranspose(2)",
]


def _one(text: str) -> Subject:
    (subject,) = subjects(text)
    return subject


def _torch(text: str) -> str:
    case = _one(text).case
    state = '{"weight": torch.from_numpy(W)' + (
        ', "bias": torch.from_numpy(B)}' if case.bias else "}"
    )
    layer = text.removeprefix("up = ")
    start = [
        *arrays(case),
        "import torch",
        "from torch import nn",
        "from torch.nn import ConvTranspose1d",
    ]
    run = [
        f"layer = {layer}",
        "x = torch.from_numpy(X)",
        "layer(x.to(next(layer.parameters()).dtype) if 'Lazy' not in str(layer) else x)",
    ]
    return "\n".join(
        [*start, *run, f"layer.load_state_dict({state})", "Y = layer(x).detach().numpy()"]
    )


def _keras(text: str) -> str:
    case = _one(text).case
    spatial = list(range(2, case.rank + 2))
    lines = [
        *arrays(case),
        "import tensorflow as tf",
        "keras, layers = tf.keras, tf.keras.layers",
        f"layer, x = {text}, X.transpose({[0, *spatial, 1]})",
        "layer.build(x.shape)",
        f"layer.set_weights([W.transpose({[*spatial, 1, 0]}){', B' * case.bias}])",
        f"Y = layer(x).numpy().transpose({[0, case.rank + 1, *range(1, case.rank + 1)]})",
    ]
    return "\n".join(lines)


def test_a_torch_layer_computes_its_case() -> None:
    assert answers([_torch(text) for text in TORCH]) == [
        expected(_one(text).case) for text in TORCH
    ]


def test_a_keras_layer_computes_its_case_and_keras_refuses_what_is_refused_here() -> None:
    refused = [
        f"import numpy as np, keras\nY = {text}(np.zeros((1, 5, 4), 'float32')).numpy()"
        for text in KERAS_REFUSES
    ]
    found = answers([*map(_keras, KERAS), *refused])
    assert found[: len(KERAS)] == [expected(_one(text).case) for text in KERAS]
    assert [said for said in found[len(KERAS) :] if not isinstance(said, str)] == []
    for text in KERAS_REFUSES:
        with pytest.raises(Unreadable, match="accepted"):
            _one(text)


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        (
            "tf.keras.layers.Conv2DTranspose(8, (3,3), strides=(2,2), padding='same')(x)",
            "tf.keras.layers.Conv2DTranspose(8, (3, 3), ",
        ),
        ("y = nn.ConvTranspose2d(4, 8, 3)(torch.randn(1, 4, 5, 5))", "nn.ConvTranspose2d(4, 8, 3)"),
    ],
)
def test_a_layer_that_is_applied_is_the_layer(text: str, layer: str) -> None:
    found = _one(text)
    assert found.title.startswith(layer)
    assert found.case == _one(found.title).case


def test_the_order_of_a_given_x_is_told_of_layers_that_have_another() -> None:
    text = 'keras.layers.Conv2DTranspose(8, 3, strides=2, padding="same"'
    (last,), (first,) = (
        subjects(f"{text})", (1, 5, 6, 16)),
        subjects(f'{text}, data_format="channels_first")', (1, 5, 6, 16)),
    )
    assert (
        last.notes[0]
        == "--x is N,C,D1,D2 in ONNX's order; this layer's own order is N,D1,D2,C, in which X is "
        "1,6,16,5"
    )
    assert not any(
        "--x" in note for note in (*first.notes, *_one(f"{text}, input_shape=(6, 16, 5))").notes)
    )


def test_the_note_on_channels_first_says_what_the_code_does() -> None:
    subject = _one('keras.layers.Conv1DTranspose(2, 3, data_format="channels_first")')
    assert (
        "the code has channels_last, which TensorFlow takes on a CPU too, and so transposes them"
        in subject.notes[1]
    )
    assert "leave out" not in " ".join(subject.notes)
    (keras,) = (code for code in codes(subject.case) if code.title == "TensorFlow, Keras")
    assert "X.transpose(0, 2, 1)" in keras.source
    assert answers(["\n".join([*arrays(subject.case), keras.source])]) == [expected(subject.case)]


def test_positions_and_names_mean_the_same() -> None:
    by_position = _one("torch.nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, 2, False, 1)").case
    by_name = _one(
        "nn.ConvTranspose1d(bias=False, groups=2, output_padding=1, padding=1, stride=2, "
        "kernel_size=3, out_channels=6, in_channels=4)"
    )
    assert by_name.case == by_position


def test_a_layer_says_what_was_assumed() -> None:
    assert _one("nn.ConvTranspose2d(4, 8, 3)").notes == (
        "the layer does not state the input's size: X 1,4,5,5 is assumed, --x N,C,D1,... says "
        "another",
    )
    (given,) = subjects("keras.layers.Conv1DTranspose(8, 3)", (2, 7, 9))
    assert given.case.x_shape == (2, 7, 9)
    assert given.case.w_shape == (7, 8, 3)


def test_a_functional_call_takes_its_shapes_from_options() -> None:
    (found,) = subjects("F.conv_transpose1d(x.float(), w, b, stride=2)", (1, 2, 4), (2, 3, 3))
    assert (found.case.bias, found.case.attributes.given()) == (True, {"strides": (2,)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'keras.layers.Conv1DTranspose(2, 3, strides=2, padding="same")',
            "auto_pad=SAME_UPPER says the same",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 2, strides=4, padding="same")',
            "total_padding -2 would be split to begin = -1, end = -1",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=1)',
            "auto_pad=SAME_UPPER says the same",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 4, strides=2, padding="same")',
            "auto_pad=SAME_UPPER and SAME_LOWER say the same",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 1, strides=2, padding="same")',
            "is not to be relied on: ONNX Runtime, CPU 1.31 makes size 9 instead of size 10",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=0)',
            "input * stride = 5 * 2 = 10, and Keras 9",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 3, activation="relu")',
            'helper.make_node("Relu", ["Y"], ["Z"]) follows',
        ),
        (
            'keras.layers.Conv1DTranspose(2, 3, activation="gelu")',
            "in ONNX the operators that make up gelu follow, and",
        ),
        (
            'keras.layers.Conv1DTranspose(2, 3, data_format="channels_first")',
            "is ONNX's own layout",
        ),
        (
            "keras.layers.Conv1DTranspose(2, 3, input_shape=(None, 6))",
            "input_shape leaves sizes open: X 1,6,5 is an example",
        ),
    ],
)
def test_keras_notes(text: str, said: str) -> None:
    assert said in " ".join(_one(text).notes)


def _with_output_padding() -> Iterator[Subject]:
    """Every layer of one axis that Keras and TensorFlow take with padding="same" and an
    output_padding, k 1 to 6, s 1 to 4."""
    for k, s in product(range(1, 7), range(1, 5)):
        for o in range(s):
            if k % 2 + o:
                yield _one(f'keras.layers.Conv1DTranspose(2, {k}, {s}, "same", {o})')


def test_the_note_on_auto_pad_is_what_the_equations_make_of_it() -> None:
    counted = Counter[str]()
    for subject in _with_output_padding():
        (note,) = (note for note in subject.notes if "auto_pad" in note)
        found = re.match("(.*) (the same;|would say it by the text alone)", note)
        words = set(re.findall("SAME_[A-Z]+", found[1])) if found else set()
        if " the same;" in note:  # to be relied on: no runtime makes another output of it
            assert all(a.kernel >= a.stride for a in subject.case.axes)
        own = {
            name: value
            for name, value in subject.case.attributes.given().items()
            if name == "strides"
        }
        for word in ("SAME_UPPER", "SAME_LOWER"):
            other = replace(subject.case, attributes=Attributes.of(auto_pad=word, **own))
            assert (word in words) == (other.geometry().key == subject.case.geometry().key), (
                subject.title
            )
        counted.update(words or {"neither"}, layers=1)
    assert counted == {"layers": 48, "SAME_UPPER": 8, "SAME_LOWER": 7, "neither": 38}


@pytest.mark.parametrize(
    ("given", "x"),
    [
        ("input_shape=(28, 27, 3)", (1, 3, 28, 27)),
        ("input_shape=(3, 28, 27), data_format='channels_first'", (1, 3, 28, 27)),
        ("batch_input_shape=(2, 28, 27, 3)", (2, 3, 28, 27)),
        ("batch_shape=[None, 3, 28, 27], data_format='channels_first'", (1, 3, 28, 27)),
    ],
)
def test_the_input_that_a_keras_layer_states(given: str, x: tuple[int, ...]) -> None:
    found = _one(f"keras.layers.Conv2DTranspose(8, 3, {given})")
    assert (found.case.x_shape, found.case.w_shape) == (x, (3, 8, 3, 3))
    assert "assumed" not in " ".join(found.notes)


def test_x_beside_a_stated_input_has_to_agree_with_it() -> None:
    text = "keras.layers.Conv2DTranspose(8, 3, input_shape=(28, None, 3))"
    (found,) = subjects(text, (5, 3, 28, 7))
    assert found.case.x_shape == (5, 3, 28, 7)
    with pytest.raises(
        Unreadable,
        match=r"--x 1,3,27,7: accepted is \?,3,28,\?, as input_shape has it in ONNX's order",
    ):
        subjects(text, (1, 3, 27, 7))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nn.ConvTranspose2d(16, 8)", "kernel_size missing"),
        (
            "nn.ConvTranspose2d(16, 8, 3, 3, 3, 3, 1, True, 1, 'zeros', None, None, 4)",
            "13 positional arguments: accepted are 12",
        ),
        ("nn.ConvTranspose2d(16, 8, 3, kernel_size=3)", "kernel_size is given twice"),
        (
            "nn.ConvTranspose2d(16, 8, 3, strides=2)",
            "strides: no such argument: did you mean stride=? accepted are in_channels",
        ),
        ("nn.ConvTransposed2d(4, 8, 3)", "did you mean nn.ConvTranspose2d? accepted"),
        ("torch.nn.convtranspose1d(4, 8, 3)", "did you mean torch.nn.ConvTranspose1d? accepted"),
        ("Conv2DTransposed(8, 3)", "did you mean Conv2DTranspose? accepted"),
        ("F.conv_tranpose2d(x, w)", "did you mean F.conv_transpose2d? accepted"),
        ("nn.MaxUnpool2d(\n    2,\n)", "'nn.MaxUnpool2d( ...': no layer that is known here"),
        ("does it round half of SAME up?", "the Ask section of a run's page reads questions"),
        (
            "nn.ConvTranspose2d(16, 8, (3, 3, 3))",
            "kernel_size=(3, 3, 3): accepted is an integer of at least 1, or 2 of them",
        ),
        ("nn.ConvTranspose2d(16, 8, n)", "leaves n open: accepted is the call with --set n=4"),
        ("nn.ConvTranspose2d(16, 8, 3, stride=True)", "stride=True: accepted is an integer"),
        ("nn.ConvTranspose2d(16, 8, 3, bias=1)", "bias=1: accepted is True or False"),
        (
            "nn.ConvTranspose2d(16, 8, 3, groups=3)",
            "groups=3: accepted is a divisor of in_channels = 16",
        ),
        (
            "nn.ConvTranspose2d(16, 8, 3, padding_mode='reflect')",
            "padding_mode='reflect': accepted is \"zeros\"",
        ),
        (
            "nn.ConvTranspose2d(16, 8, 3, dtype=torch.int8)",
            "dtype=torch.int8: accepted is torch.float32",
        ),
        ("nn.MaxUnpool2d(2)", "no layer that is known here"),
        ("F.conv_transpose1d(x, w)", "not their shape (C,M/group,k1,...): accepted is the call"),
        ("nn.ConvTranspose2d(*sizes)", "leaves sizes open"),
        (
            "keras.layers.Conv1DTranspose(8, 3, padding=0)",
            'padding=0: accepted is "valid" or "same"',
        ),
        (
            "keras.layers.Conv1DTranspose(8, 3, activation='bogus')",
            "activation='bogus': accepted is a name of keras.activations: celu, elu",
        ),
        (
            "keras.layers.Conv1DTranspose(8, 3, input_shape=(8, 8, 1))",
            "input_shape=(8, 8, 1): accepted is 2 sizes, one for each axis",
        ),
        (
            "keras.layers.Conv1DTranspose(8, 3, input_shape=(8, 1), batch_shape=(1, 8, 1))",
            "input_shape and batch_shape say the same",
        ),
        ("nn.ConvTranspose2d(4, 8", "is not closed"),
        ("nn.ConvTranspose2d(" + "(" * 5000, "is not closed"),
        ("nn.ConvTranspose2d(1, 1, " + "-" * 3000 + "1)", "accepted"),
        ("f(1)(2)", "no layer that is known here"),
    ],
)
def test_an_unreadable_layer_is_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match="accepted") as found:
        _one(text)
    assert said in str(found.value)
    assert "\n" not in str(found.value)
    assert len(str(found.value)) < 500


def test_nothing_is_evaluated(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for text in (
        f"nn.ConvTranspose2d(1, 1, open({str(trap)!r}, 'w'))",
        f"__import__('pathlib').Path({str(trap)!r}).touch()",
    ):
        with pytest.raises(Unreadable):
            _one(text)
    assert not trap.exists()
