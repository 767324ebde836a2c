"""Every form that is turned into calls."""

from .libtorch import from_cpp
from .messages import from_messages
from .mlir import from_mlir
from .nodes import from_nodes
from .rust import from_rust
from .subclasses import from_subclasses


def as_calls(text: str) -> str:
    """The text with each node and layer as a call, in its line."""
    return from_subclasses(from_messages(from_nodes(from_mlir(from_cpp(from_rust(text))))))
