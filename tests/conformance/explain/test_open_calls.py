"""What is answered at once where a text leaves names open: Y's size in these names, and in numbers
for usual values."""

import json
import shlex
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from convtranspose_conformance import explain
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.open_calls import OpenCall, open_calls
from convtranspose_conformance.explain.inputs.options import names_option
from convtranspose_conformance.explain.inputs.read import Given, subjects
from convtranspose_conformance.explain.inputs.subject import Unreadable
from convtranspose_reference.attributes import Shape


def convtranspose(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, arguments)


def _one(text: str) -> OpenCall:
    (call,) = open_calls(text, Given())
    return call


@pytest.mark.parametrize(
    ("text", "rule", "names"),
    [
        (
            "nn.ConvTranspose2d(a, b, k, stride=s, padding=k // 2 - 1)",
            "Y is s * (input - 1) + k - 2 * (k // 2 - 1) on each axis",
            {"k": (4, 3, 2, 5, 16), "s": (2, 1, 8)},
        ),
        (
            "F.conv_transpose1d(x, self.weight, stride=self.hop)",
            "Y is self.hop * (input - 1) + kernel on D1",
            {"self.hop": (2, 1, 8)},
        ),
        (
            "nn.ConvTranspose1d(c, c, taps, 3, padding=1, dilation=2)",
            "Y is 3 * (input - 1) + 2 * (taps - 1) + 1 - 2 on D1",
            {"taps": (4, 3, 2, 5, 16)},
        ),
        (
            'Conv2DTranspose(c, k, strides=s, padding="same")',
            "Y is input * s on each axis",
            {"k": (4, 3, 2, 5, 16), "s": (2, 1, 8)},
        ),
        (
            "tf.layers.conv2d_transpose(x, c, 3, strides=2, padding=pad)",
            'Y is input * 2 on each axis where pad is "same", and (input - 1) * 2 + max(3, 2) on '
            'each axis where it is "valid"',
            {"pad": ("same", "valid")},
        ),
        (
            "Conv1DTranspose(c, k, strides=2, padding='same', output_padding=1)",
            "Y is (input - 1) * 2 + k - 2 * (k // 2) + 1 on D1",
            {"k": (4, 3, 2, 5, 16)},
        ),
        (
            "make_node('ConvTranspose', ['X', 'W'], ['Y'], strides=[2, s], pads=[1, p, 0, 1])",
            "Y is 2 * (input - 1) + kernel - 1 on D1, s * (input - 1) + kernel - p - 1 on D2",
            {"s": (2, 1, 8), "p": (1, 0, 2, 4)},
        ),
        (
            "op.ConvTranspose(x, w, b, strides=strides, pads=pads, dilations=dilations)",
            "Y is strides * (input - 1) + dilations * (kernel - 1) + 1 - pads at begin and end on "
            "each axis",
            {"strides": ([2, 2],), "pads": ([1, 1, 1, 1],), "dilations": ([1, 1],)},
        ),
        (
            "make_node('ConvTranspose', ['X', 'W'], ['Y'], auto_pad='SAME_UPPER', strides=[s])",
            "Y is input * s on D1",
            {"s": (2, 1, 8)},
        ),
        (
            "L.Deconvolution(n.pool, num_output=10, kernel_size=k, stride=2, pad=1)",
            "Y is 2 * (input - 1) + k - 2 on each axis",
            {"k": (4, 3, 2, 5, 16)},
        ),
        ("Conv2DTranspose('up', x, c)", "Y is input on each axis", {"kernel_size": (3,)}),
        (
            "slim.conv2d_transpose(x, c, scope='up')",
            "Y is input on each axis",
            {"kernel_size": (3,)},
        ),
        (
            "tf.nn.conv2d_transpose(x, w, shape, [1, 2, 2, 1], 'SAME')",
            "Y is what shape says, at most input * 2 and more than (input - 1) * 2",
            {},
        ),
        (
            "nn.ConvTranspose(c, self.size, self.steps)(x)",
            "Y is input * self.steps on each axis",
            {"self.size": ((4, 4), (3, 3), (2, 2)), "self.steps": ((2, 2), (1, 1))},
        ),
        (
            "lax.conv_transpose(x, kernel, (2, 2), 'VALID')",
            "Y is (input - 1) * 2 + max(kernel, 2) on each axis",
            {},
        ),
        (
            "mx.sym.Deconvolution(x, kernel=(k, k), stride=(2, 2), pad=(1, 1), num_filter=c)",
            "Y is 2 * (input - 1) + k - 2 on each axis",
            {"k": (4, 3, 2)},
        ),
        (
            "nn.ConvTranspose1d(*args, **kwargs)",
            "Y is stride * (input - 1) + dilation * (kernel_size - 1) + 1 - 2 * padding + "
            "output_padding on D1; kernel_size, stride, padding, output_padding, dilation as *args "
            "and **kwargs have them, or else stride 1, padding 0, output_padding 0, dilation 1",
            {"args": ([16, 8, 4],), "kwargs": ({"stride": 2, "padding": 1},)},
        ),
        (
            "nn.ConvTranspose2d(*sizes)",
            "Y is stride * (input - 1) + kernel_size - 2 * padding on each axis; kernel_size, "
            "stride, padding as *sizes has them, or else stride 1, padding 0",
            {"sizes": ([16, 8, 4, 2, 1],)},
        ),
        (
            "Conv2DTranspose(c, 3, padding='same', **more)",
            "Y is input * strides on each axis; strides as **more has it, or else strides 1, where "
            "there is no output_padding or dilation_rate",
            {"more": ({"strides": 2},)},
        ),
        (
            "make_node('ConvTranspose', ['X', 'W'], ['Y'], **attributes)",
            "Y is strides * (input - 1) + dilations * (kernel - 1) + 1 + output_padding - pads at "
            "begin and end on each axis; dilations, output_padding, pads, strides as **attributes "
            "has them, or else dilations 1, output_padding 0, pads 0, strides 1",
            {"attributes": ({"strides": [2, 2], "pads": [1, 1, 1, 1]},)},
        ),
        (
            "Conv2DTranspose(c, k, strides=1, dilation_rate=d)",
            "Y is (input - 1) * 1 + max((d * (k - 1) + 1), 1) on each axis",
            {"k": (4, 3, 2, 5, 16), "d": (1,)},
        ),
        (
            "mx.sym.Deconvolution(x, kernel=k, stride=s, adj=(s[0] - 1, s[1] - 1), num_filter=c)",
            "Y is s * (input - 1) + k + (s[0] - 1) on D1, s * (input - 1) + k + (s[1] - 1) on D2",
            {"k": ((4, 4), (3, 3)), "s": ((2, 2), (1, 1))},
        ),
        (
            "mx.sym.Deconvolution(x, kernel=(k, k), target_shape=(t, t), num_filter=c)",
            "Y is (t, t), as target_shape says",
            {"k": (4, 5, 16), "t": (8,)},
        ),
        (
            "nn.ConvTranspose3d(a, b, -s, stride=-s)",
            "Y is -s * (input - 1) + -s on each axis",
            {"s": (-4,)},
        ),
        (
            "nn.ConvTranspose(c, kernel, strides=(1, 2, 2))(x)",
            "Y is input on D1, input * 2 on D2, input * 2 on D3",
            {"kernel": ((4, 4, 4), (3, 3, 3))},
        ),
        (
            "Conv2D(8, k, strides=s, padding=p)",
            'Y is (input + s - 1) // s on each axis where p is "same", and (input - k) // s + 1 on '
            'each axis where it is "valid"',
            {"k": (4, 3, 2, 5, 16), "s": (2, 1, 8), "p": ("same", "valid")},
        ),
        (
            "tf.nn.conv2d(x, w, [1, s, 1, 1], 'VALID')",
            "Y is (input - kernel) // s + 1 on D1, input - kernel + 1 on D2",
            {"s": (2, 1)},
        ),
        (
            "nn.Conv1d(3, 8, k, padding=k // 2)",
            "Y is input + 2 * (k // 2) - k + 1 on D1",
            {"k": (3,)},
        ),
    ],
)
def test_the_size_is_told_in_the_names_of_the_text(
    text: str, rule: str, names: dict[str, tuple[object, ...]]
) -> None:
    call = _one(text)
    assert call.rule == rule
    assert set(call.names) == set(names)
    assert call.rows
    for name, values in names.items():
        assert values[0] in [row.names[name] for row in call.rows]
        assert all(row.names[name] in values or len(values) < 4 for row in call.rows)


@pytest.mark.parametrize(
    "text",
    [
        "nn.ConvTranspose2d(a, b, k, stride=s, padding=p, output_padding=s - 1, dilation=d)",
        "F.conv_transpose2d(x, w, b, stride=s, padding=(k - s) // 2, groups=4)",
        "paddle.nn.Conv2DTranspose(a, b, k, stride=s)",
        "nn.Conv3d(a, b, kernel_size=(k, k, 1), stride=s)",
        "tf.nn.conv2d_transpose(x, w, [n, 8, 8, 16], strides=st)",
        "nn.ConvTranspose2d(f, f, 4 // 2**level, stride=4 // 2**level)",
        "tf.nn.conv1d_transpose(x, w, shape, s, padding=pad, dilations=list(self.rate))",
        "keras.ops.conv_transpose(x, kernel, s)",
        "keras.layers.Conv3DTranspose(c, k, strides=s, padding='valid', output_padding=p)",
        "make_node('ConvTranspose', ['X', 'W'], ['Y'], group=g, output_shape=shape, strides=[2])",
        "make_node('ConvTranspose', ['X', 'W'], ['Y'], kernel_shape=ks, group=2)",
        "op.ConvTranspose(x, w, output_padding=extra, strides=[3, 3], _outputs=['y'])",
        "hk.Conv2DTranspose(c, self.k, stride=self.s)",
        "L.Deconvolution2D(c, d, k, stride=s, pad=p)",
        "nn.ConvTranspose2d(kernel_size=k, padding=p, stride=1, *args, **kwargs)",
        "F.conv_transpose2d(x, w, output_padding=extra, **common)",
        "F.conv_transpose2d(*tensors)",
        "hk.Conv1DTranspose(**settings)",
        "slim.conv2d_transpose(x, **settings)",
        "nn.ConvTranspose(c, *sizes, **settings)",
        "paddle.nn.Conv3DTranspose(a, *sizes)",
        "TransposedConv2DLayer(net, c, k, stride=s, crop=p)",
        "stax.ConvTranspose(c, k, s, padding=p)",
        "nn.Conv2d(a, b, k, stride=s, pad_mode='pad', padding=k // 2)",
        "F.conv_transpose2d(x, w, padding=p, output_padding=p, stride=int(1 / s))",
        "tf.nn.conv1d_transpose(x, w, [n, size, bands], strides=bands)",
        "nn.ConvTranspose(c, k, s, padding=p, kernel_dilation=d)",
        "tf.layers.conv2d(x, 8, 4, **settings)",
        "nn.Conv2d(a, b, k, padding=d if d > 1 else p, dilation=d)",
    ],
)
def test_the_rows_hold_and_the_options_that_are_asked_for_are_enough(text: str) -> None:
    """One command answers: nothing is asked for a second time."""
    with pytest.raises(NamesOpen) as caught:
        subjects(text)
    call = _one(text)
    assert call.options == caught.value.options
    for row in call.rows:
        (read,) = subjects(text, w=row.w, names=row.names)
        assert (read.case.x_shape[2:], read.case.y_shape()[2:]) == (row.x, row.y)
    names = names_option(f"{name}={value}" for name, value in call.names.items())
    weights = caught.value.weights
    assert subjects(text, w=weights.usual if weights else None, names=names)


def test_it_is_an_answer_and_its_command_is_one() -> None:
    text = "nn.ConvTranspose2d(a, b, k, stride=s)"
    done = convtranspose("explain", text)
    assert done.exit_code == 0
    assert "Y is s * (input - 1) + k on each axis" in done.stdout
    assert "    k   s  X -> Y\n    4   2  5x5 -> 12x12" in done.stdout
    assert f"convtranspose explain '{text}' --set k=4 --set s=2" in done.stdout
    for more in (["--html", "p.html"], ["--ask"]):
        wanted = convtranspose("explain", text, *more)
        assert (wanted.exit_code, wanted.stdout) == (2, "")
        assert "--set k=4 --set s=2" in wanted.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Conv2DTranspose(c, k, strides=2, padding='same')", "10x10 for an X of 5x5"),
        ("slim.conv2d_transpose(net, c, kernel_size=self.k)", "5x5 for an X of 5x5"),
        ("nn.ConvTranspose(features=c, kernel_size=(k,))(x)", "5 for an X of 5"),
    ],
)
def test_a_size_that_hangs_on_nothing_open_is_a_number(text: str, says: str) -> None:
    printed = convtranspose("explain", text).stdout
    assert f"  {says}; the text leaves" in printed
    assert "usual values" not in printed


def test_a_size_that_is_told_is_a_number_whatever_the_kernel_is() -> None:
    text = "tf.nn.conv2d_transpose(x, w, [n, 55, 54, 128], 2, 'VALID')"
    assert _one(text).rule.startswith("Y is 55x54, as output_shape says")


@pytest.mark.parametrize(
    "text",
    [
        "F.conv_transpose3d(x, self.kernel[..., 0], stride=1, padding=5)",
        "nn.ConvTranspose2d(a, b, k, stride=2, padding=6)",
    ],
)
def test_the_command_is_one_that_makes_a_call(text: str) -> None:
    call = _one(text)
    (made,) = subjects(text, w=call.rows[0].w, names=dict(call.rows[0].names))
    assert min(made.case.y_shape()) > 0
    words = shlex.split(call.options)
    assert convtranspose("explain", text, *words).exit_code == 0


def test_shrink_needs_numbers() -> None:
    done = convtranspose("shrink", "nn.ConvTranspose2d(a, b, k)", "--backend", "planted:Correct")
    assert done.exit_code == 2
    assert "--set k=4" in done.stderr


def test_it_is_data_by_the_schema() -> None:
    schema = json.loads(files(explain).joinpath("explain.schema.json").read_text(encoding="utf-8"))
    done = convtranspose("explain", "F.conv_transpose2d(x, w, stride=s)", "--json")
    told = json.loads(done.stdout)
    jsonschema.validate(told, schema)
    (call,) = told["open"]
    assert (told["explained"], call["weights"]) == ([], "C,M/group,k1,...")
    assert call["examples"][0] == {"names": {"s": 2}, "w": [4, 4, 4, 4], "x": [5, 5], "y": [12, 12]}


def test_several_calls_are_told_each() -> None:
    calls = open_calls("nn.ConvTranspose2d(a, b, k)\nnn.ConvTranspose1d(a, b, 4, s)", Given())
    assert [(call.line, call.rule) for call in calls] == [
        (1, "Y is input - 1 + k on each axis"),
        (2, "Y is s * (input - 1) + 4 on D1"),
    ]


def test_where_a_call_can_be_read_or_no_rule_is_known_there_is_none() -> None:
    assert open_calls("nn.ConvTranspose2d(a, b, k)\nnn.ConvTranspose2d(a, b, 3)", Given()) == []
    text = "nn.Conv2dTranspose(4, 8, k, pad_mode=mode)"
    assert open_calls(text, Given()) == []
    assert convtranspose("explain", text).exit_code == 2


def test_a_star_that_no_size_hangs_on_is_left_aside_and_said_to_be() -> None:
    (read,) = subjects("Conv2DTranspose(c, 3, strides=2, padding='same', **more)")
    assert read.case.y_shape()[2:] == (10, 10)
    assert "what **more may say beside is not known, and is left aside" in read.notes


def test_an_argument_of_a_wrapper_is_left_aside_where_no_size_can_hang_on_it() -> None:
    """A wrapper often has the name of the layer that it makes."""
    (read,) = subjects("ConvTranspose1d(4, 8, 2, stride=2, init_gain=0.1)")
    assert read.case.y_shape()[2:] == (10,)
    assert any("init_gain is no argument of the layer" in note for note in read.notes)
    for size in ("strides", "pad_mode", "upsample", "k"):
        with pytest.raises(Unreadable, match=f"{size}: no such argument"):
            subjects(f"ConvTranspose1d(4, 8, 2, {size}=2)")


@pytest.mark.parametrize(
    ("layer", "wrong", "right"),
    [
        ("nn.ConvTranspose2d(4, 8, 2, {}=2)", "stide", "stride"),
        ("nn.ConvTranspose2d(4, 8, 2, {}=2)", "dialation", "dilation"),
        ("nn.ConvTranspose2d(4, 8, 2, {}=2)", "gropus", "groups"),
        ("nn.ConvTranspose2d(4, 8, {}=2)", "kernal", "kernel_size"),
        ("nn.ConvTranspose2d(4, 8, 2, {}=1)", "padng", "padding"),
        ("nn.ConvTranspose2d(4, 8, 2, {}=1)", "Stride", "stride"),
        ("nn.ConvTranspose2d(4, 8, 2, {}=False)", "bais", "bias"),
        ("F.conv_transpose2d(x, torch.ones(4, 8, 2, 2), {}=2)", "stide", "stride"),
        ("Conv2DTranspose(8, 3, {}=2)", "sride", "strides"),
        ("Conv2DTranspose(8, 3, {}='relu')", "activaton", "activation"),
        ("nn.Conv2d(4, 8, 3, {}=2)", "stide", "stride"),
        ("flax.linen.ConvTranspose(8, (3, 3), {}=(2, 2))", "stides", "strides"),
        (
            "tf.nn.conv2d_transpose(x, tf.ones([3, 3, 8, 2]), [1, 9, 9, 8], {}=2)",
            "stide",
            "strides",
        ),
        ("L.Deconvolution(x, convolution_param=dict(num_output=8, {}=4))", "kernal", "kernel_size"),
    ],
)
def test_a_misspelled_argument_is_an_error_that_names_the_right_one(
    layer: str, wrong: str, right: str
) -> None:
    with pytest.raises(Unreadable, match=rf"{wrong}: no such argument: did you mean {right}=\?"):
        subjects(layer.format(wrong))


def test_an_attribute_of_a_node_is_named_as_well() -> None:
    with pytest.raises(Unreadable, match=r"stide is no attribute of \w+; did you mean strides\?"):
        subjects("helper.make_node('ConvTranspose', ['X', 'W'], ['Y'], stide=[2, 2])")


@pytest.mark.parametrize(
    "other",
    ["name='up'", "activation='relu'", "kernel_initializer='he'", "bias_init=f", "init_gain=0.1"],
)
def test_what_no_size_hangs_on_and_looks_like_no_argument_is_left_aside(other: str) -> None:
    (read,) = subjects(f"nn.ConvTranspose2d(4, 8, 2, stride=2, {other})")
    assert read.case == subjects("nn.ConvTranspose2d(4, 8, 2, stride=2)")[0].case
    assert any("is left aside" in note for note in read.notes)


@pytest.mark.parametrize(
    ("channels", "x", "w"),
    [
        ("c, c // 2", None, (4, 2)),
        ("c * 2, c", None, (8, 4)),
        ("a * 8, a * 4", None, (32, 16)),
        ("c + skip, c", None, (8, 4)),
        ("c * 2, c", (1, 6, 5, 5), (6, 3)),
        ("c // 4, c // 8", None, (2, 1)),
        ("c, d", None, (4, 4)),
    ],
)
def test_channels_of_the_same_name_keep_their_ratio(
    channels: str, x: Shape | None, w: Shape
) -> None:
    (subject,) = subjects(f"nn.ConvTranspose2d({channels}, 2, stride=2)", x=x)
    assert subject.case.w_shape[:2] == w
    told = any("assumed, and changes no spatial size" in note for note in subject.notes)
    assert told == (x is None)  # of 6 channels of `c * 2` the others follow


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("F.conv_transpose1d(x, torch.ones(1, 1, s), stride=s)", {"s": 3}),
        ("w = torch.ones(c, 1, k, k)\nF.conv_transpose2d(x, w, stride=s)", {"k": 3, "s": 3}),
        ("kw = dict(kernel_size=k)\nnn.ConvTranspose2d(4, 8, stride=3, **kw)", {"k": 3}),
        ("c = [4, 8, k, 2 * k - 3]\nnn.ConvTranspose2d(*c)", {"k": 3}),
        ("c = {'k': k}\ndef up():\n    return nn.ConvTranspose2d(4, 8, c['k'] + 1, 3)", {"k": 2}),
    ],
)
def test_what_is_asked_for_is_enough(text: str, names: dict[str, int]) -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects(text)
    assert (asked.value.names.keys(), asked.value.weights) == (names.keys(), None)
    (subject,) = subjects(text, names=names)
    assert (subject.case.w_shape[-1], (subject.case.attributes.strides or ())[-1]) == (3, 3)
