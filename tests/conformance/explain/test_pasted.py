"""Text as people have it: calls anywhere in it, of many frameworks, and what it leaves open."""

import contextlib
import io
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reference import conv_transpose

UP = "nn.ConvTranspose2d(6, 3, 4, 2, 1)"


def _one(text: str, **options: object) -> Subject:
    (subject,) = subjects(text, **options)  # type: ignore[arg-type]
    return subject


@pytest.mark.parametrize(
    "text",
    [
        f"self.up = {UP}",
        f"return {UP}",
        f"layers.append({UP})",
        f"model.add({UP})  # twice the size",
        f"    {UP},  # 8 -> 16",
        f">>> up = {UP}",
        f"# self.up = {UP}",
        "# nn.ConvTranspose2d(6, 3,\n#     4, 2, 1)",
        "nn.ConvTranspose2d(6,  # in\n    3, 4, stride=2,\n    padding=1,\n)",
        ">>> nn.ConvTranspose2d(6, 3,\n...     4, 2, 1)",
        f"weight_norm({UP})",
        f"self.up = {UP}.cuda()",
        f"nn.Sequential({UP}, nn.ReLU(True))",
        "  (3): ConvTranspose2d(6, 3, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
        "nn.ConvTranspose2d(2 * 3, 6 // 2, 8 // 2, 2, padding=(4 - 2) // 2)",
        "k = 4\nup = nn.ConvTranspose2d(6, 3, k, 2, (k - 2) // 2)",
        "def up(stride=2):\n    return nn.ConvTranspose2d(6, 3, 4, stride, 1)",
        f"import torch\nfrom torch import nn\n{UP}",
        "nn.ConvTranspose2d(6, 3, 4, 2, 1, bias=True, device=device, dtype=dtype)",
    ],
)
def test_a_call_is_found_wherever_it_stands(text: str) -> None:
    assert _one(text).case == _one(UP).case


@pytest.mark.parametrize(
    ("text", "w", "y"),
    [
        ("slim.conv2d_transpose(net, 8, [4, 4], 2)", (4, 8, 4, 4), (10, 10)),
        ("tf.layers.conv2d_transpose(x, 8, 5, strides=2)", (4, 8, 5, 5), (13, 13)),
        ("flax.linen.ConvTranspose(features=8, kernel_size=(4, 3))(x)", (4, 8, 4, 3), (5, 5)),
        ("nn.ConvTranspose(8, (3,), (2,), 'VALID')(x)", (4, 8, 3), (11,)),
        ("nnx.ConvTranspose(2, 8, (3,), rngs=rngs)", (2, 8, 3), (5,)),
        ("paddle.nn.Conv2DTranspose(2, 8, 3, 2, 1, 1)", (2, 8, 3, 3), (10, 10)),
        ("nn.Conv2DTranspose(8, 4, strides=2, padding=1)", (4, 8, 4, 4), (10, 10)),
        (
            "mx.sym.Deconvolution(d, kernel=(4, 4), stride=(2, 2), num_filter=8)",
            (4, 8, 4, 4),
            (12, 12),
        ),
        (
            "L.Deconvolution(x, convolution_param=dict(num_output=8, kernel_size=4))",
            (4, 8, 4, 4),
            (8, 8),
        ),
        (
            "helper.make_node('ConvTranspose', ['X', 'W'], ['Y'], kernel_shape=[3, 2])",
            (4, 4, 3, 2),
            (7, 6),
        ),
        ("ConvTranspose(strides=[2, 2], kernel_shape=[3, 3])", (4, 4, 3, 3), (11, 11)),
        ("ConvTranspose(X[1, 2, 4], W[2, 5, 3], strides=[3])", (2, 5, 3), (12,)),
        ("nn.LazyConvTranspose1d(8, 3)", (4, 8, 3), (7,)),
        ("nn.Conv2d(2, 8, 3, padding='same')", (8, 2, 3, 3), (5, 5)),
        ("Conv2D(8, 3, strides=2, padding='same')", (8, 4, 3, 3), (3, 3)),
        ("tf.nn.conv2d(x, tf.ones([3, 3, 2, 8]), 1, 'VALID')", (8, 2, 3, 3), (3, 3)),
        (
            "tf.compat.v1.nn.conv1d_transpose(x, tf.ones([4, 8, 2]), tf.stack([b, 10, 8]), 2)",
            (2, 8, 4),
            (10,),
        ),
        (
            "tf.nn.conv2d_transpose(x, tf.ones([4, 4, 8, 2]), [None, 10, 10, 8], 2)",
            (2, 8, 4, 4),
            (10, 10),
        ),
    ],
)
def test_spellings(text: str, w: tuple[int, ...], y: tuple[int, ...]) -> None:
    case = _one(text).case
    assert (case.w_shape, case.y_shape()[2:]) == (w, y)


@pytest.mark.parametrize(
    ("text", "w", "y"),
    [
        ("hk.Conv2DTranspose(8, 3, stride=2)", (4, 8, 3, 3), (10, 10)),
        ("hk.Conv1DTranspose(8, 3, 2, None, 'VALID')", (4, 8, 3), (11,)),
        ("conv.Conv2DTranspose(output_channels=8, kernel_shape=3)", (4, 8, 3, 3), (5, 5)),
        ("tl.ConvTranspose(8, (3, 3))", (4, 8, 3, 3), (7, 7)),
        ("snt.Conv2DTranspose(8, 3, None, 2)", (4, 8, 3, 3), (10, 10)),
        ("L.Deconvolution2D(4, 8, 4, stride=2, pad=1)", (4, 8, 4, 4), (10, 10)),
        ("L.Deconvolution1D(8, 3, nobias=True)", (4, 8, 3), (7,)),
        ("Deconvolution2D(8, kernel_size=(4, 4), strides = (2, 2))", (4, 8, 4, 4), (12, 12)),
        ("Conv2DTranspose(8, 3, subsample=2, border_mode='same')", (4, 8, 3, 3), (10, 10)),
        ("snt.Conv1DTranspose(8, 3, stride=2, padding='VALID')", (4, 8, 3), (12,)),
        ("Conv2DTranspose('up', x, 8, 3, strides=2)", (4, 8, 3, 3), (10, 10)),
        ("Conv2DTranspose(f'up{i}', x, 8, 3, 2, 'valid')", (4, 8, 3, 3), (11, 11)),
        ("Conv2DTranspose('up%d' % i, x, 8, 3)", (4, 8, 3, 3), (5, 5)),
        ("eqx.nn.ConvTranspose2d(4, 8, 4, 2, 0, 1, key=k)", (4, 8, 4, 4), (10, 10)),
        ("eqx.nn.ConvTranspose1d(4, 8, 4, 2, 0, 'SAME', use_bias=False, key=k)", (4, 8, 4), (10,)),
        ("keras.ops.conv_transpose(x, tf.ones([3, 3, 8, 2]), 2)", (2, 8, 3, 3), (11, 11)),
        ("Conv2DTranspose(channels=8, kernel_size=4, strides=2)", (4, 8, 4, 4), (12, 12)),
        ("stax.ConvTranspose(8, (3, 3), (2, 2))", (4, 8, 3, 3), (11, 11)),
        ("tx.ConvTranspose(features_out=8, kernel_size=(3, 3))", (4, 8, 3, 3), (5, 5)),
        ("TransposedConv2DLayer(net, 8, 4, stride=2, crop=1, b=None)", (4, 8, 4, 4), (10, 10)),
        ("Deconv2DLayer(net, 8, (3, 5), crop='same')", (4, 8, 3, 5), (5, 5)),
        ("L.Deconvolution2D(4, 8, 4, 2, pad=1, wscale=0.02)", (4, 8, 4, 4), (10, 10)),
        ("nn.Conv2dTranspose(4, 8, 3, stride=2)", (4, 8, 3, 3), (10, 10)),
        ("nn.Conv2dTranspose(4, 8, 3, 2, pad_mode='valid')", (4, 8, 3, 3), (11, 11)),
        ("nn.Conv1dTranspose(4, 8, 4, 2, 'pad', 1, has_bias=True)", (4, 8, 4), (10,)),
        (
            "K.conv2d_transpose(x, tf.ones([4, 4, 8, 2]), (1, 10, 10, 8), (2, 2), 'same')",
            (2, 8, 4, 4),
            (10, 10),
        ),
        ("tf.layers.conv2d(x, 8, 3, strides=2, padding='same')", (8, 4, 3, 3), (3, 3)),
        ("slim.conv2d(x, 8, 3, 2)", (8, 4, 3, 3), (3, 3)),
        ("slim.conv2d(x, 8, [3, 3], padding='VALID', rate=2, scope='c')", (8, 4, 3, 3), (1, 1)),
        ("hk.Conv2D(8, kernel_shape=3, stride=2, padding='VALID')", (8, 4, 3, 3), (2, 2)),
        ("snt.Conv1D(8, 3, with_bias=False, name='c')", (8, 4, 3), (5,)),
        ("nn.Conv(features=8, kernel_size=(3, 3), strides=(2, 2))(x)", (8, 4, 3, 3), (3, 3)),
        ("nnx.Conv(4, 8, (3,), padding='VALID', rngs=rngs)", (8, 4, 3), (3,)),
        ("nn.Conv2D(4, 8, 3, 1, 1, weight_attr=a)", (8, 4, 3, 3), (5, 5)),
        ("nn.Conv2d(4, 8, 3, has_bias=True)", (8, 4, 3, 3), (5, 5)),
        ("nn.Conv2d(4, 8, 3, stride=2, pad_mode='pad', padding=1)", (8, 4, 3, 3), (3, 3)),
        ("import mindspore.nn as nn\nnn.Conv2d(4, 8, 3)", (8, 4, 3, 3), (5, 5)),
        ("model.ConvTranspose(x, 'up', 4, 8, kernel=4, stride=2, pad=1)", (4, 8, 4, 4), (10, 10)),
        ("tf.nn.conv_transpose(x, tf.ones([3, 8, 2]), [1, 10, 8], 2)", (2, 8, 3), (10,)),
        ("nn.Conv2D(self.c, self.n * 2, 1)", (8, 4, 1, 1), (5, 5)),
        ("gluon.nn.Conv2D(channels=8, kernel_size=5)", (8, 4, 5, 5), (1, 1)),
        (
            "mx.sym.Convolution(d, num_filter=8, kernel=(3, 3), pad=(1, 1), no_bias=True)",
            (8, 4, 3, 3),
            (5, 5),
        ),
        ("L.Convolution2D(4, 8, 3, pad=1)", (8, 4, 3, 3), (5, 5)),
        ("Convolution2D(8, 3, 2, border_mode='same')", (8, 4, 3, 2), (5, 5)),
        ("Conv2D(8, 3, input_shape=(28, 24, 1))", (8, 1, 3, 3), (26, 22)),
        ("Conv2DTranspose(8, 3, strides=2, output_shape=s)", (4, 8, 3, 3), (11, 11)),
    ],
)
def test_names_that_several_frameworks_have_are_read_by_the_rule_of_theirs(
    text: str, w: tuple[int, ...], y: tuple[int, ...]
) -> None:
    case = _one(text).case
    assert (case.w_shape, case.y_shape()[2:]) == (w, y)


def test_arguments_are_in_the_order_of_the_framework_that_the_prefix_names() -> None:
    mlx = _one("mx.conv_transpose2d(x, w, 2, 1, 1, 1)", w=(4, 8, 3, 3)).case
    assert (mlx.bias, mlx.y_shape()) == (False, (1, 8, 10, 10))
    torch = _one("F.conv_transpose2d(x, w, b, 2, 1, 1)", w=(4, 8, 3, 3)).case
    assert (torch.bias, torch.y_shape()) == (True, (1, 8, 10, 10))


@pytest.mark.parametrize(
    "text",
    [
        "tlx.nn.ConvTranspose2d(out_channels=8, in_channels=4, kernel_size=3, stride=2)",
        "tlx.nn.ConvTranspose2d(4, 8, 3)",
        "eqx.nn.ConvTranspose2d(4, 8, 3, 2, 0, 'SAME', key=k)",
        "eqx.nn.ConvTranspose1d(4, 8, 4, padding='SAME', padding_mode='CIRCULAR', key=k)",
        "hk.Conv2DTranspose(8, 3, output_shape=(9, 9))",
    ],
)
def test_a_rule_that_is_not_known_is_no_guess(text: str) -> None:
    with pytest.raises(Unreadable, match="accepted"):
        subjects(text)


def test_an_arg_scope_says_what_a_call_leaves_out() -> None:
    text = (
        "def net(x):\n"
        "  with slim.arg_scope([slim.conv2d, slim.conv2d_transpose], stride=2, padding='VALID'):\n"
        "    with slim.arg_scope([slim.conv2d_transpose], kernel_size=[4, 4], padding='SAME'):\n"
        "      x = slim.conv2d_transpose(x, 8)\n"
        "    y = slim.conv2d_transpose(x, 8, 5)\n"
        "  return slim.conv2d_transpose(y, 8, 3, 1)\n"
    )
    under = "with argscope(Conv2DTranspose, kernel_size=4, strides=2):\n"
    assert _one(f"{under}  l = Conv2DTranspose('up', l, 8)").case.y_shape()[2:] == (10, 10)
    cases = [each.case for each in subjects(text)]
    assert [case.y_shape()[2:] for case in cases] == [(10, 10), (13, 13), (5, 5)]
    assert _one("slim.conv2d_transpose(x, 8)", names={"kernel_size": 3}).case.w_shape[2:] == (3, 3)


@pytest.mark.parametrize(
    ("text", "w"),
    [
        ("paddle.nn.Conv1DTranspose(4, 8, 3, 2, 1, 0, 2, 3)", None),
        ("paddle.nn.Conv2DTranspose(4, 8, 3, 2, 1, 0, 3, 2)", None),
        ("paddle.nn.Conv3DTranspose(4, 8, 3, 2, 1, 0, 3, 2)", None),
        ("paddle.nn.functional.conv1d_transpose(x, w, None, 2, 1, 0, 2, 3)", (4, 4, 3)),
        ("paddle.nn.functional.conv2d_transpose(x, w, None, 2, 1, 0, 3, 2)", (4, 4, 3, 3)),
        ("paddle.nn.functional.conv3d_transpose(x, w, None, 2, 1, 0, 2, 3)", (4, 4, 3, 3, 3)),
    ],
)
def test_paddle_has_groups_and_dilation_in_an_order_of_its_own(
    text: str, w: tuple[int, ...] | None
) -> None:
    """As its reference, 3.0, has them: in one layer or function in another order than in the
    next."""
    rank = int(re.search("(?i)conv([123])d", text)[1])
    (subject,) = subjects(text, (1, 4, *[5] * rank), w)
    attributes = subject.case.attributes
    assert (attributes.dilations, attributes.group) == ((3,) * rank, 2)


def test_jax_by_its_own_rule() -> None:
    """Sizes and taps, run live: every kernel, stride and padding of one axis."""
    jax = pytest.importorskip("jax")
    for k in range(1, 6):
        for s in range(1, 5):
            for padding in ("SAME", "VALID", ((1, 2),), ((0, 5),)):
                text = f"jax.lax.conv_transpose(x, w, ({s},), {padding!r})"
                case = _one(text, x=(1, 1, 4), w=(1, 1, k)).case
                if case.refusal() is not None:
                    continue  # zeros at the begin, which no attribute of ONNX says
                x, w = (np.arange(1.0, n + 1, dtype="float32") for n in (4, k))
                asked = jax.lax.conv_transpose(x[None, :, None], w[:, None, None], (s,), padding)
                taps = w[::-1].copy()[None, None]
                own = conv_transpose(x[None, None], taps, **case.attributes.given())
                assert np.array_equal(own[0, 0], np.asarray(asked)[0, :, 0]), text


@pytest.mark.parametrize("group", [1, 2])
@pytest.mark.parametrize("last", [False, True])
def test_a_general_convolution_of_jax_by_its_own_rule(*, group: int, last: bool) -> None:
    """Values too, run live: zeros put into the input, unlike along its axes."""
    jax = pytest.importorskip("jax")
    rng = np.random.default_rng(0)
    x, w = (rng.integers(-3, 4, shape).astype("float32") for shape in ((1, 4, 3, 4), (6, 4, 3, 2)))
    w = w[:, : 4 // group]
    order = (0, 2, 3, 1), (2, 3, 1, 0)
    own, kernel = (x.transpose(order[0]), w.transpose(order[1])) if last else (x, w)
    numbers = ("NHWC", "HWIO", "NHWC") if last else ("NCHW", "OIHW", "NCHW")
    for padding in (((2, 1), (1, 1)), ((0, 0), (1, 2)), ((1, 3), (0, 1))):
        call = f"(x, w, (1, 1), {padding}, (2, 3), dimension_numbers={numbers}, "
        call += f"feature_group_count={group})"
        text = f"x = jnp.zeros({own.shape})\nw = jnp.zeros({kernel.shape})\n"
        case = _one(f"{text}lax.conv_general_dilated{call}").case
        assert (case.x_shape, case.w_shape) == (x.shape, (4, 6 // group, 3, 2))
        taps = w.reshape(group, 6 // group, 4 // group, 3, 2).swapaxes(1, 2)[..., ::-1, ::-1]
        mirrored = np.ascontiguousarray(taps.reshape(case.w_shape))
        asked = jax.lax.conv_general_dilated(
            own,
            kernel,
            (1, 1),
            padding,
            (2, 3),
            dimension_numbers=numbers,
            feature_group_count=group,
        )
        wanted = np.asarray(asked)
        wanted = wanted.transpose(0, 3, 1, 2) if last else wanted
        assert np.array_equal(conv_transpose(x, mirrored, **case.attributes.given()), wanted), call


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("(2, 1), ((2, 2), (3, 3)), (2, 2)", "window_strides=(2, 1): accepted is 1 for each axis"),
        ("(1, 1), ((2, 2), (3, 3))", "lhs_dilation=None: accepted is the strides"),
        ("(1, 1), 'SAME', (2, 2)", "padding='SAME': accepted is a pair for each axis"),
        ("(1, 1), ((0, 0), (0, 0)), (2, 2), batch_group_count=2", "batch_group_count=2"),
        ("(1, 1), ((0, 0), (0, 0)), (2, 2)", "names its weights, not their shape"),
    ],
)
def test_a_general_convolution_of_jax_that_is_no_one_convtranspose(
    arguments: str, said: str
) -> None:
    with pytest.raises(Unreadable) as found:
        _one(f"lax.conv_general_dilated(x, w, {arguments})")
    assert said in str(found.value)


def test_names_are_asked_for_all_at_once() -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects("nn.ConvTranspose1d(ch, ch // 2, k, u, padding=(k - u) // 2)")
    assert asked.value.names == {"k": "4", "u": "2"}
    case = _one(
        "nn.ConvTranspose1d(ch, ch // 2, k, self.u, padding=(k - self.u) // 2)",
        names={"k": 4, "u": 2, "ch": 8},
    ).case
    assert (case.w_shape, case.attributes.given()) == ((8, 4, 4), {"pads": (1, 1), "strides": (2,)})


def test_channels_that_no_size_hangs_on_are_assumed_and_said() -> None:
    read = _one("nn.ConvTranspose2d(ngf * 8, ngf, 4, groups=2)")
    assert read.case.w_shape == (32, 2, 4, 4)
    assert read.assumed == {"C", "M", "x"}
    assert "in_channels = ngf * 8, out_channels = ngf open: C 32, M 4 are assumed" in read.notes[1]


def test_shapes_in_the_text_are_used() -> None:
    text = "x = torch.randn(2, 6, 12, 12)\nup = nn.ConvTranspose2d(6, 3, 3, stride=2, padding=1)\n"
    assert _one(text + "y = up(x)").case.y_shape() == (2, 3, 23, 23)
    assert _one(text + "y = up(x, output_size=(24, 23))").case.y_shape() == (2, 3, 24, 23)
    with pytest.raises(Unreadable, match=r"accepted is \[23, 23\] to \[24, 24\]"):
        subjects(text + "y = up(x, output_size=(25, 23))")
    assert _one(
        "F.conv_transpose1d(torch.zeros(1, 2, 9), torch.zeros(2, 3, 4))"
    ).case.y_shape() == (1, 3, 12)


def test_a_file_a_notebook_and_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.py").write_text(f"class Up(nn.Module):\n    up = {UP}\n", encoding="utf-8")
    cell = {"cell_type": "code", "source": ["import torch\n", f"up = {UP}\n"]}
    (tmp_path / "net.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(UP))
    for what in (str(tmp_path / "net.py"), str(tmp_path / "net.ipynb"), "-"):
        assert _one(what).case == _one(UP).case
    (tmp_path / "bad.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(Unreadable, match="no notebook"):
        subjects(str(tmp_path / "bad.ipynb"))


def test_what_cannot_be_read_hides_no_other_and_prose_warns_of_nothing() -> None:
    with pytest.warns(UserWarning, match="line 2: nn.ConvTranspose2d: .*the text leaves k open"):
        (read,) = subjects(f"{UP}\nnn.ConvTranspose2d(6, 3, k)")
    assert read.origin.line == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        subjects(f"{UP}  # like nn.ConvTranspose2d(see there)")


def test_plain_convolutions_beside_transposed_ones_are_left_aside() -> None:
    assert len(subjects(f"nn.Conv2d(3, 6, 3)\n{UP}")) == 1
    assert subjects("nn.Conv2d(3, 6, 3)")[0].case.op == "Conv"


@given(st.text(alphabet="()[]{},.#'\"=*-+/ \nnConvTrspe2d1kxy\\", max_size=200))
def test_any_text_is_read_or_told(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(Unreadable):
            subjects("nn.ConvTranspose2d(" + text)


_READ = """
import contextlib, sys, warnings
from convtranspose_conformance.explain import Unreadable
from convtranspose_conformance.explain.inputs.read import subjects
warnings.simplefilter("ignore")
with contextlib.suppress(Unreadable):
    subjects(sys.stdin.read())
"""


@pytest.mark.parametrize(
    "text",
    [
        "nn.ConvTranspose2d(" * 1500,
        "a." * 400_000 + "f(",
        "x = 1; " * 100_000 + UP,
        "a" * 400_000 + " b::c",
        "nn.ConvTranspose2d(" + "_" * 400_000,
        "3x" * 200_000 + UP,
        "1" * 400_000 + UP,
    ],
    ids=lambda text: f"{text[:12]}...{text[-6:]}",
)
def test_the_time_for_large_texts_grows_as_they_do(text: str) -> None:
    """A pattern that starts anew at each letter takes many minutes for each: red."""
    subprocess.run([sys.executable, "-c", _READ], input=text, text=True, timeout=300, check=True)
