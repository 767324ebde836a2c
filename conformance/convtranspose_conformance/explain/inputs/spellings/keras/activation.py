"""The activation that a Keras layer is given: no attribute of ConvTranspose, so nodes that follow
it."""

from ...signature import Bound
from ...written.fold import NameInText

_OPERATORS = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "elu": "Elu",
    "selu": "Selu",
}
# made of several operators, by their names in keras.activations
_COMPOSED = (
    "celu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu "
    "log_sigmoid log_softmax mish relu6 silu soft_shrink softmax sparse_plus sparse_sigmoid "
    "sparsemax squareplus swish tanh_shrink threshold"
)


def activation_note(given: Bound) -> tuple[str, ...]:
    """What follows in ONNX; nothing for a layer without activation. Raises Unreadable for one that
    Keras does not know by name."""
    name = given.values["activation"]
    if name in (None, "linear"):
        return ()
    if isinstance(name, NameInText):
        name = name.text.rpartition(".")[2]
        if name not in (*_OPERATORS, *_COMPOSED.split()):
            return (f"ConvTranspose has no activation: in ONNX what {name} does follows",)
    if not isinstance(name, str):
        raise given.wrong("activation", "a name, or none")
    if name in _OPERATORS:
        nodes = f'helper.make_node("{_OPERATORS[name]}", ["Y"], ["Z"]) follows'
    elif name in _COMPOSED.split():
        nodes = f"the operators that make up {name} follow"
    else:
        known = ", ".join(sorted((*_OPERATORS, *_COMPOSED.split(), "linear")))
        raise given.wrong("activation", f"a name of keras.activations: {known}")
    return (
        f"ConvTranspose has no activation: in ONNX {nodes}, and the code below stops before it",
    )
