"""What a runtime may refuse of a file as such: here each node is asked in a model of its own."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from convtranspose_cases.limits import shown

from ...explain.inputs.onnx_model.graph import stated
from ..numbers import Array

ASKED = "each node is asked in a model of its own all the same"


def doubts_of(path: Path, graph: Any, constants: Mapping[str, Array]) -> Iterator[str]:
    """A sentence for each thing: what onnx's checker says of the file, names that repeat, weights
    of another shape than the file states for them."""
    said = _refusal(path)
    if said:
        yield f"onnx.checker refuses the file: {said}; {ASKED}"
    counts = Counter(node.name for node in graph.node if node.name)
    name, count = max(counts.items(), key=lambda each: each[1], default=("", 0))
    if count > 1:
        yield f"{count} nodes are called {name!r}, which ONNX Runtime refuses; {ASKED}"
    for info in graph.input:
        if info.name in constants and not _fits(stated(info).sizes, constants[info.name].shape):
            sizes, shape = list(stated(info).sizes or ()), list(constants[info.name].shape)
            yield f"the file states {sizes} for {info.name!r}, whose weights are {shape}; {ASKED}"


def _fits(sizes: tuple[int | str | None, ...] | None, shape: tuple[int, ...]) -> bool:
    """Is every size that is a number that of the weights?"""
    if sizes is None:
        return True
    pairs = zip(sizes, shape, strict=False)
    return len(sizes) == len(shape) and all(
        size == owed or not isinstance(size, int) for size, owed in pairs
    )


def _refusal(path: Path) -> str:
    """What onnx's checker says of a binary file in a few words; "" where it has nothing against it,
    or does not read it."""
    from onnx import checker
    from onnx.serialization import registry

    if registry.get_format_from_file_extension(path.suffix) not in (None, "protobuf"):
        return ""
    try:
        checker.check_model(str(path))
    except checker.ValidationError as error:
        return shown(" ".join(str(error).split())).rstrip(".")
    except (ValueError, RuntimeError, OSError):  # too large for it, say
        return ""
    return ""
