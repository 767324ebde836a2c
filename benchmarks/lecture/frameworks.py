"""The five operations that remedies are made of, in PyTorch, TensorFlow and ONNX Runtime, on one
thread each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# an operation, and its filter or its scale: "conv_transpose" (filter, stride), "conv" (filter),
# "nearest" (scale), "linear" (scale), "shuffle" (scale)
Step = tuple[Any, ...]
Applied = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """`applied` makes steps and the shape of X into a call of its own tensors, N x C x H x W on the
    outside; `taken` and `given` lead in and out. `order` is that of the channels that it
    shuffles."""

    applied: Callable[[Sequence[Step], tuple[int, ...]], Applied]
    taken: Callable[[Any], Any]
    given: Callable[[Any], Any]
    order: str

    def run(self, steps: Sequence[Step], X: Any) -> Any:
        Y = self.applied(steps, X.shape)(self.taken(X.astype(np.float32)))
        return np.asarray(self.given(Y))


def _in_turn(calls: Sequence[Applied]) -> Applied:
    def applied(x: Any) -> Any:
        for call in calls:
            x = call(x)
        return x

    return applied


def by_torch() -> Framework:
    import torch
    import torch.nn.functional as functional

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)

    def one(kind: str, *given: Any) -> Applied:
        if kind == "conv_transpose":
            W, stride = torch.from_numpy(given[0].astype(np.float32)), given[1]
            return lambda x: functional.conv_transpose2d(x, W, stride=stride)
        if kind == "conv":
            W = torch.from_numpy(given[0].astype(np.float32))
            return lambda x: functional.conv2d(x, W, padding=W.shape[-1] // 2)
        if kind == "shuffle":
            return lambda x: functional.pixel_shuffle(x, given[0])
        if kind == "nearest":
            return lambda x: functional.interpolate(x, scale_factor=given[0], mode="nearest")
        return lambda x: functional.interpolate(x, scale_factor=given[0], mode="bilinear")

    return Framework(
        applied=lambda steps, shape: _in_turn([one(*each) for each in steps]),
        taken=torch.from_numpy,
        given=lambda y: y.numpy(),
        order="CRD",
    )


def by_tensorflow() -> Framework:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    def one(kind: str, *given: Any) -> Applied:
        if kind == "conv_transpose":
            W, s = given[0].astype(np.float32).transpose(2, 3, 1, 0), given[1]
            k, maps = W.shape[0], W.shape[2]

            def transposed(x: Any) -> Any:
                sizes = [s * (int(n) - 1) + k for n in x.shape[1:3]]
                shape = [int(x.shape[0]), *sizes, maps]
                return tf.nn.conv2d_transpose(x, W, shape, s, padding="VALID")

            return transposed
        if kind == "conv":
            W = given[0].astype(np.float32).transpose(2, 3, 1, 0)
            return lambda x: tf.nn.conv2d(x, W, 1, padding="SAME")
        if kind == "shuffle":
            return lambda x: tf.nn.depth_to_space(x, given[0])
        method = "nearest" if kind == "nearest" else "bilinear"
        return lambda x: tf.image.resize(x, [given[0] * int(n) for n in x.shape[1:3]], method)

    def applied(steps: Sequence[Step], shape: tuple[int, ...]) -> Applied:
        n, c, h, w = shape
        signature = [tf.TensorSpec([n, h, w, c], tf.float32)]
        calls = _in_turn([one(*each) for each in steps])
        return tf.function(calls, input_signature=signature, autograph=False)

    return Framework(
        applied=applied,
        taken=lambda X: tf.constant(np.moveaxis(X, 1, -1)),
        given=lambda y: np.moveaxis(y.numpy(), -1, 1),
        order="DCR",
    )


def by_onnxruntime() -> Framework:
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    def one(number: int, kind: str, *given: Any) -> tuple[Any, list[Any]]:
        x, y, w = f"v{number}", f"v{number + 1}", f"w{number}"
        if kind in ("conv", "conv_transpose"):
            W = given[0].astype(np.float32)
            pad = (
                {"pads": [W.shape[-1] // 2] * 4} if kind == "conv" else {"strides": [given[1]] * 2}
            )
            name = "Conv" if kind == "conv" else "ConvTranspose"
            return helper.make_node(name, [x, w], [y], **pad), [numpy_helper.from_array(W, w)]
        if kind == "shuffle":
            how = {"blocksize": given[0], "mode": "CRD"}
            return helper.make_node("DepthToSpace", [x], [y], **how), []
        scales = numpy_helper.from_array(np.array([1, 1, given[0], given[0]], np.float32), w)
        return helper.make_node("Resize", [x, "", w], [y], mode=kind), [scales]

    def applied(steps: Sequence[Step], shape: tuple[int, ...]) -> Applied:
        pieces = [one(number, *each) for number, each in enumerate(steps)]
        last = f"v{len(steps)}"
        graph = helper.make_graph(
            [node for node, _ in pieces],
            "remedy",
            [helper.make_tensor_value_info("v0", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(last, TensorProto.FLOAT, [None] * 4)],
            [each for _, constants in pieces for each in constants],
        )
        opsets = [helper.make_opsetid("", 18)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return lambda x: session.run([last], {"v0": x})[0]

    return Framework(applied=applied, taken=lambda X: X, given=lambda y: y, order="CRD")


FRAMEWORKS = {
    "PyTorch": by_torch,
    "TensorFlow": by_tensorflow,
    "ONNX Runtime": by_onnxruntime,
}
