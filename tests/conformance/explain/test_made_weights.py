"""Weights that a text makes: what wraps them, what fills them, arrays that are written out. Each is
made by its own framework, too, and has the shape that the text is read to say."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reference.attributes import Shape

OF_TORCH = "F.conv_transpose2d(x, w, stride=2)"
OF_TENSORFLOW = "tf.nn.conv2d_transpose(x, w, [1, 10, 10, M], 2)"
OF_JAX = "jax.lax.conv_transpose(x, w, (2, 2), 'SAME')"


def _shape(text: str) -> Shape:
    (read,) = subjects(text)
    return read.case.w_shape


def _made(made: str, **names: ModuleType | Callable[..., Any]) -> Shape:
    return tuple(eval(made, dict(names)).shape)


@pytest.mark.parametrize(
    "made",
    [
        "nn.Parameter(torch.randn(16, 8, 4, 4))",
        "torch.nn.Parameter(data=torch.empty((16, 8, 4, 4)), requires_grad=False)",
        "nn.Parameter(torch.Tensor(16, 8, 4, 5))",
        "torch.Tensor(16, 8, 4, 5).float()",
        "torch.tensor([[[[1, 2, 3], [3, 4, 5]]]]).float()",
        "torch.tensor([[[[1., 2.], [3., 4.]]], [[[1., 2.], [3., -4.]]]])",
        "torch.FloatTensor([[[[1., 2.], [3., 4.]]]]).cpu()",
        "torch.from_numpy(np.ones((16, 8, 3, 3), dtype=np.float32))",
        "torch.as_tensor(np.full((16, 8, 3, 3), 0.5)).float()",
        "torch.tensor(np.random.normal(size=(16, 8, 3, 3))).float() / 9",
        "torch.from_numpy(np.array([[[[1, 2], [3, 4]]]], np.float32))",
        "torch.tensor([[1, 2], [3, 4]]).float()[None, None]",
        "torch.tensor([[1, 2], [3, 4]]).float().unsqueeze(0).unsqueeze(-3)",
        "0.25 * torch.ones(2, 3)[None, :, None].repeat(4, 2, 5, 1)",
        "torch.ones(4, 5)[..., None, None].permute(0, 1, 3, 2)",
        "torch.ones(3, 5, 8, 16).permute(3, 2, 0, 1)",
        "torch.ones(3, 8, 16, 5).transpose(0, 2)",
        "torch.from_numpy(np.ones((3, 5, 8, 16)).transpose(3, 2, 0, 1))",
        "torch.from_numpy(np.transpose(np.ones((3, 5, 8, 16)), (3, 2, 0, 1)))",
        "torch.full((16, 8, 3, 3), 1.0)",
        "nn.init.kaiming_normal_(torch.empty(16, 8, 3, 3))",
        "torch.ones(2, 3).expand(4, 5, 2, 3)",
    ],
)
def test_weights_of_pytorch_and_numpy(made: str) -> None:
    import torch
    from torch import nn

    said = _made(made, torch=torch, nn=nn, np=np)
    assert _shape(f"w = {made}\ny = {OF_TORCH}") == said


@pytest.mark.parametrize(
    "made",
    [
        "tf.Variable(tf.random.truncated_normal([3, 3, 8, 16], stddev=0.1), name='w')",
        "tf.Variable(initial_value=tf.zeros((3, 2, 8, 16)), trainable=True)",
        "tf.Variable(tf.keras.initializers.GlorotUniform()(shape=(3, 2, 8, 16)))",
        "tf.Variable(tf.keras.initializers.HeNormal()([3, 2, 8, 16]))",
        "tf.Variable(np.random.randn(3, 2, 8, 16).astype('float32'))",
        "tf.Variable([[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]], [[[3.0]], [[4.0]]]])",
        "tf.constant([[[[1.]], [[2.]]], [[[3.]], [[4.]]]])",
        "tf.constant(1.0, shape=[3, 2, 8, 16])",
        "tf.Variable(tf.constant(1.0, shape=[3, 2, 8, 16]))",
        "tf.convert_to_tensor(np.ones((3, 2, 8, 16), np.float32))",
        "tf.fill([3, 2, 8, 16], 0.5)",
        "tf.transpose(tf.ones((16, 8, 3, 2)), perm=[2, 3, 1, 0])",
        "tf.expand_dims(tf.expand_dims(tf.ones((3, 2)), -1), -1)",
    ],
)
def test_weights_of_tensorflow(made: str) -> None:
    import tensorflow as tf

    *kernel, maps, channels = _made(made, tf=tf, np=np)
    text = f"w = {made}\ny = {OF_TENSORFLOW.replace('M', str(maps))}"
    assert _shape(text) == (channels, maps, *kernel)


@pytest.mark.parametrize(
    "made",
    [
        "jnp.zeros((3, 2, 16, 8))",
        "jax.random.normal(key, (3, 2, 16, 8))",
        "jax.nn.initializers.he_normal()(key, (3, 2, 16, 8))",
        "jnp.asarray(np.ones((3, 2, 16, 8))) * 0.5",
        "jnp.full((3, 2, 16, 8), 0.5)",
        "jnp.ones((3, 2))[:, :, None, None]",
        "jnp.ones((3, 2))[..., jnp.newaxis, jnp.newaxis]",
    ],
)
def test_weights_of_jax(made: str) -> None:
    import jax
    import jax.numpy as jnp

    *kernel, channels, maps = _made(made, jax=jax, jnp=jnp, np=np, key=jax.random.key(0))
    assert _shape(f"w = {made}\ny = {OF_JAX}") == (channels, maps, *kernel)


@pytest.mark.parametrize(
    "said",
    [
        "self.register_buffer('w', torch.ones(16, 1, 4, 4))",
        "self.register_parameter('w', nn.Parameter(torch.ones(16, 1, 4, 4)))",
        "self.w = self.create_parameter(shape=[16, 1, 4, 4])",
    ],
)
def test_weights_that_a_layer_keeps(said: str) -> None:
    text = (
        f"class Up(nn.Module):\n    def __init__(self):\n        {said}\n"
        "    def forward(self, x):\n"
        "        return F.conv_transpose2d(x, self.w, stride=2, groups=16)"
    )
    assert _shape(text) == (16, 1, 4, 4)


def test_weights_that_a_layer_of_keras_keeps() -> None:
    text = (
        "class Up(Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight('w', shape=(3, 2, 8, 16))\n    def call(self, x):\n"
        "        return tf.nn.conv2d_transpose(x, self.w, [1, 10, 10, 8], 2)"
    )
    assert _shape(text) == (16, 8, 3, 2)


@pytest.mark.parametrize(
    "made",
    [
        "torch.tensor(rows)",
        "torch.tensor([[[[1, 2], [3]]]])",
        "torch.tensor([[[a, b]]])",
        "torch.ones(4, 5)[:, 0, None, None]",
        "torch.ones(4, 5, 3, 3).permute(order)",
        "torch.ones(4, 5, 3, 3).permute(0, 1)",
        "torch.ones(3, 3).repeat(2)",
        "nn.Parameter()",
        "self.init_weights(x)",
    ],
)
def test_weights_whose_shape_is_not_said_are_asked_for(made: str) -> None:
    with pytest.raises(NamesOpen) as asked:
        subjects(f"w = {made}\ny = {OF_TORCH}")
    assert asked.value.weights is not None
