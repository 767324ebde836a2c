"""Texts that are not what their language takes: templates with placeholders, Python 2; and sizes of
layers that are set once these are made."""

from typing import Any

import pytest

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reference.attributes import Shape


def _one(text: str, **names: Any) -> Subject:
    (read,) = subjects(text, names=names)
    return read


def _layer(fields: str) -> str:
    return (
        f'layer {{\n  name: "up"\n  type: "Deconvolution"\n  convolution_param {{ {fields} }}\n}}'
    )


@pytest.mark.parametrize(
    ("fields", "names", "w", "y"),
    [
        ("num_output: {{n}} kernel_size: 4 stride: 2 pad: 1", {"n": 21}, (21, 4, 4), (10, 10)),
        ("num_output: $N kernel_size: ${K} stride: 2", {"N": 3, "K": 5}, (3, 5, 5), (13, 13)),
        ("num_output: <N> kernel_size: {K} stride: @S@", {"K": 4, "S": 2}, (4, 4, 4), (12, 12)),
        ("num_output: %d kernel_size: %d", {"num_output": 7, "kernel_size": 3}, (7, 3, 3), (7, 7)),
        ("num_output: 2 kernel_size: %(k)d", {"k": 3}, (2, 3, 3), (7, 7)),
        ("num_output: 2 kernel_h: $K kernel_w: 4 stride: 2", {"K": 2}, (2, 2, 4), (10, 12)),
        (
            "num_output: {{ c|int }} kernel_size: {{ 2 * f - f % 2 }} stride: {{ f }} "
            "pad: {{ (f - 1) // 2 }}",  # Caffe's own bilinear upsampling
            {"c": 5, "f": 4},
            (5, 8, 8),
            (22, 22),
        ),
    ],
)
def test_a_placeholder_of_a_network_is_a_name(
    fields: str, names: dict[str, int], w: Shape, y: Shape
) -> None:
    read = _one(_layer(fields), **names)
    assert read.case.w_shape[1:] == w
    assert read.case.y_shape()[2:] == y


def test_placeholders_that_sizes_hang_on_are_asked_for() -> None:
    with pytest.raises(NamesOpen) as asked:
        _one(_layer("num_output: {{ c }} kernel_size: {{ 2 * f - f % 2 }} stride: {{ f }}"))
    assert asked.value.names == {"f": "2"}
    assert asked.value.rule == "Y is f * (input - 1) + (2 * f - f % 2) on each axis"


def test_a_template_may_have_statements_and_placeholders_in_names() -> None:
    text = "{% for f in factors %}\n" + _layer("num_output: 3 kernel_size: 4 stride: 2 pad: 1")
    assert _one(f"{text.replace('up', 'up_{{ f }}')}\n{{% endfor %}}").case.w_shape == (4, 3, 4, 4)


def test_a_placeholder_of_a_node_of_onnx_is_a_name() -> None:
    text = (
        'node { op_type: "ConvTranspose" input: "x" input: "w"\n'
        '  attribute { name: "strides" ints: {{ s }} ints: 2 } }'
    )
    (read,) = subjects(text, w=(4, 4, 3, 3), names={"s": 3})
    assert read.case.attributes.strides == (3, 2)


NET = (
    "class Net(nn.Module):\n    def __init__(self, k=4):\n        super(Net, self).__init__()\n"
    "        {}\n        self.up = nn.ConvTranspose2d(16, 8, k, 2, 1)\n"
    "    def forward(self, x):\n        print 'x', x.size()\n        return self.up(x)\n"
    "net = Net(6)\nprint net(torch.zeros(1, 16, 9, 9)).size()"
)


@pytest.mark.parametrize(
    "statement",
    [
        "print 'building'",
        'print "%d" % k, k',
        "if k: print k",
        "print >>sys.stderr, 'building'",
        "print",
        "exec 'k'",
        "try:\n            k\n        except Exception, error:\n            print error",
        "if not k:\n            raise ValueError, 'no k'",
    ],
)
def test_python_2_is_read_as_a_whole(statement: str) -> None:
    read = _one(NET.format(statement))
    assert (read.case.x_shape, read.case.w_shape) == ((1, 16, 9, 9), (16, 8, 6, 6))
    assert read.case.y_shape() == (1, 8, 20, 20)


UP = "nn.ConvTranspose2d(16, 8, 4)"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"net = nn.Sequential({UP})\nnet[0].stride = (2, 2)", r"line 2 sets net\[0\]\.stride"),
        (f"net = nn.Sequential(nn.ReLU(), {UP})\nnet[-1].padding = 1", r"net\[-1\]\.padding"),
        (f"net = nn.ModuleList([nn.ReLU(), {UP}])\nnet[1].padding = 1", r"net\[1\]\.padding"),
        (f"net = [{UP}]\nnet[i].output_padding = 1", r"net\[i\]\.output_padding"),
        (
            f"net = nn.Sequential({UP})\nsetattr(net[0], 'stride', (2, 2))",
            r"line 2 sets net\[0\]\.stride",
        ),
        (
            "class Net(nn.Module):\n    def __init__(self):\n"
            f"        self.net = nn.Sequential({UP})\n        self.net[0].stride = (2, 2)",
            r"line 4 sets self\.net\[0\]\.stride",
        ),
        (
            f"net = nn.Sequential({UP})\nfor m in net.modules():\n"
            "    if isinstance(m, nn.ConvTranspose2d):\n        m.padding = (1, 1)",
            r"line 4 sets m\.padding",
        ),
        (
            f"net = nn.Sequential({UP})\nfor name, m in net.named_modules():\n    m.stride = 2",
            r"line 3 sets m\.stride",
        ),
    ],
)
def test_sizes_that_are_set_of_a_layer_in_a_container_are_refused(text: str, told: str) -> None:
    with pytest.raises(Unreadable, match=f"{told} once the layer is made"):
        _one(text)


@pytest.mark.parametrize(
    "text",
    [
        f"net = nn.Sequential({UP}, nn.MaxPool2d(2))\nnet[1].stride = 2",
        f"net = nn.Sequential({UP})\ncfg['a']['stride'] = 2",
        f"net = nn.Sequential({UP})\nfor c in configs:\n    c.stride = 2",
        f"net = nn.Sequential({UP})\nfor m in net.modules():\n    m.training = False",
        f"net = nn.Sequential({UP})\nfor m in net.modules():\n    other.stride = 2",
    ],
)
def test_what_is_set_of_others_is_no_size_of_the_layer(text: str) -> None:
    assert _one(text).case.attributes.strides is None
