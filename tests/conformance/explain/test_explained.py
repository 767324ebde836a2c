"""The explanation as an object: from texts, and from objects that look as their frameworks' do."""

import html
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx import helper

from convtranspose_conformance import explained
from convtranspose_conformance.explain import Unreadable
from convtranspose_conformance.explain.pages.html import page


class ConvTranspose2d(SimpleNamespace):
    pass


class Conv2DTranspose(SimpleNamespace):
    def get_config(self) -> dict[str, Any]:
        return dict(self.config)


LAYER = ConvTranspose2d(
    in_channels=4,
    out_channels=2,
    kernel_size=(3, 3),
    stride=(2, 2),
    padding=(1, 1),
    output_padding=(1, 1),
    groups=1,
    dilation=(1, 1),
    bias=None,
    weight=SimpleNamespace(dtype="torch.float16"),
)
KERAS = Conv2DTranspose(
    config={
        "filters": 8,
        "kernel_size": [3, 3],
        "strides": [2, 2],
        "padding": "same",
        "output_padding": None,
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "use_bias": True,
        "activation": "relu",
    },
    compute_dtype="float32",
    _build_shapes_dict={"input_shape": (None, 5, 6, 4)},
)


def test_a_text_gives_sizes_steps_predictions_and_code() -> None:
    (one,) = explained("nn.ConvTranspose2d(4, 2, 3, stride=2)", x=(1, 4, 5, 5))
    assert one.y_shape == (1, 2, 11, 11)
    assert next(p.entry.name for p in one.predictions) == "torch-cpu"
    assert list(one.steps) == ["axes D1, D2"]
    assert any(code.framework == "torch" and not code.why for code in one.code)
    assert "-> Y[1, 2, 11, 11]" in str(one)
    assert one.data()["y"] == [1, 2, 11, 11]
    (inside,) = re.findall(r'^<iframe srcdoc="([^"]*)" style="[^"]*"></iframe>$', one._repr_html_())
    assert html.unescape(inside) == page([(one.subject, None)])
    assert "<strong>Y[1, 2, 11, 11]</strong>, float32" in html.unescape(inside)


def test_names_of_a_text_are_said_and_the_size_is_told_where_they_are_not() -> None:
    (one,) = explained("nn.ConvTranspose2d(4, 2, k, s)", names={"k": 3, "s": 2})
    assert one.y_shape == (1, 2, 11, 11)
    with pytest.raises(Unreadable) as found:
        explained("nn.ConvTranspose2d(4, 2, k, s)")
    assert found.value.rule == "Y is s * (input - 1) + k on each axis"  # type: ignore[attr-defined]


def test_a_layer_of_pytorch_is_read_from_the_object() -> None:
    (one,) = explained(LAYER, x=(1, 4, 5, 5))
    assert (one.y_shape, one.case.dtype, one.case.bias) == ((1, 2, 10, 10), "float16", False)


def test_a_built_layer_of_keras_knows_its_input() -> None:
    (one,) = explained(KERAS)
    assert (one.case.x_shape, one.y_shape) == ((1, 4, 5, 6), (1, 8, 10, 12))
    assert any("Relu" in note for note in one.subject.notes)


def test_a_layer_is_known_by_the_class_that_it_is_made_from() -> None:
    class Up(ConvTranspose2d):
        pass

    (one,) = explained(Up(**vars(LAYER)), x=(1, 4, 5, 5))
    assert one.y_shape == (1, 2, 10, 10)
    lazy = type("LazyConvTranspose2d", (ConvTranspose2d,), {})(**vars(LAYER))
    lazy.in_channels = 0
    (open_,) = explained(lazy)
    assert open_.case.w_shape == (4, 2, 3, 3)
    assert open_.subject.assumed == {"x", "C"}


def test_a_model_is_its_transposed_convolutions_by_their_names() -> None:
    Conv2d = type("Conv2d", (SimpleNamespace,), {})
    own = {name: value for name, value in vars(LAYER).items() if name != "output_padding"}
    inside = [("", object()), ("down", Conv2d(**own)), ("up.0", LAYER), ("up.2", LAYER)]
    model = SimpleNamespace(named_modules=lambda: iter(inside))
    titles = [each.subject.title.partition("(")[0] for each in explained(model)]
    assert titles == ["up.0: nn.ConvTranspose2d", "up.2: nn.ConvTranspose2d"]
    with pytest.raises(Unreadable, match="2 layers, and x speaks of one"):
        explained(model, x=(1, 4, 5, 5))
    plain = SimpleNamespace(named_modules=lambda: iter(inside[:2]))
    assert [each.case.op for each in explained(plain, x=(1, 4, 5, 5))] == ["Conv"]
    keras = SimpleNamespace(_flatten_layers=lambda include_self: iter([KERAS, object()]))
    KERAS.name = "up"
    (one,) = explained(keras)
    assert (one.subject.title[:4], one.y_shape) == ("up: ", (1, 8, 10, 12))


def test_a_node_takes_its_shapes_from_beside_it() -> None:
    node = helper.make_node("ConvTranspose", ["x", "w", "b"], ["y"], strides=[2], name="up")
    (one,) = explained(node, x=np.zeros((1, 2, 4)).shape, w=(2, 3, 3))
    assert (one.y_shape, one.case.bias, one.subject.title) == ((1, 3, 9), True, "up")
    with pytest.raises(Unreadable, match="give x and w"):
        explained(node)


def test_what_the_text_forbids_has_no_code() -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], pads=[0, -1])
    (one,) = explained(node, x=(1, 1, 4), w=(1, 1, 3))
    assert (one.y_shape, one.code, one.steps) == (None, (), {})
    assert "output_padding" in str(one)


def test_another_object_is_refused_by_name() -> None:
    with pytest.raises(Unreadable, match=r"builtins\.dict: accepted are a text"):
        explained({})
