"""What a model is fed: files, or numbers drawn by a seed."""

from collections.abc import Iterable, Mapping
from math import prod
from pathlib import Path

import numpy as np

from convtranspose_cases.limits import LimitError, require_file

from ..explain.inputs.onnx_model.graph import Sizes
from ..explain.inputs.subject import Unreadable
from .model.graph import FedInput, Model
from .numbers import Array

MOST_ELEMENTS = 2**26  # of an input


def files_option(given: Iterable[str]) -> dict[str, Path]:
    """From `--input NAME=FILE.npy`. Raises Unreadable."""
    files = {}
    for each in given:
        name, equals, file = each.rpartition("=")
        if not (name and equals and file):
            raise Unreadable(f"--input {each}: accepted is NAME=FILE.npy")
        files[name] = Path(file)
    return files


def feeds_of(model: Model, files: Mapping[str, Path], seed: int) -> dict[str, Array]:
    """An array for each input of the model: of its file, or drawn. Raises Unreadable for a file
    that does not fit or a name that is none, where there would be more elements than MOST_ELEMENTS,
    where the file states no shape, and where a size is open: of the first axis alone 1 is taken."""
    names = [each.name for each in model.fed]
    for name in files:
        if name not in names:
            known = ", ".join(names) or "no input"
            raise Unreadable(f"--input {name}: accepted are the file's names: {known}")
    for each in model.fed:
        if np.dtype(each.dtype).kind == "O":
            raise Unreadable(
                f"{model.path}: its input {each.name!r} takes words, which nothing here is fed; "
                "accepted are models that are fed numbers"
            )
    return {
        each.name: _read(each, files[each.name])
        if each.name in files
        else _drawn(each, model.path, np.random.default_rng([seed, number]))
        for number, each in enumerate(model.fed)
    }


def _read(fed: FedInput, file: Path) -> Array:
    where = f"--input {fed.name}={file}"
    array = _loaded(where, file)
    if array.dtype.name != fed.dtype or not _fits(array.shape, fed.sizes):
        raise Unreadable(
            f"{where}: holds {array.dtype.name} {list(array.shape)}; accepted is {fed.dtype} "
            f"{_shown(fed)}"
        )
    return np.ascontiguousarray(array)


def _loaded(where: str, file: Path) -> Array:
    try:
        if require_file(file) > MOST_ELEMENTS * np.dtype(np.float64).itemsize:
            raise LimitError(f"{file}: is too large; accepted are {MOST_ELEMENTS} elements")
        array = np.load(file, allow_pickle=False)
    except LimitError as error:
        raise Unreadable(f"--input {error}") from None
    except OSError as error:
        raise Unreadable(f"{where}: cannot be read: {error.strerror or error}") from None
    except (ValueError, EOFError, MemoryError) as error:
        raise Unreadable(f"{where}: is no .npy file: {error}") from None
    if not isinstance(array, np.ndarray):
        raise Unreadable(f"{where}: holds several arrays; accepted is a .npy file of one")
    return array


def _fits(shape: tuple[int, ...], sizes: Sizes | None) -> bool:
    """Is every size that the file states that of the array?"""
    if sizes is None:
        return True
    return len(shape) == len(sizes) and all(
        size == owed or not isinstance(owed, int) for size, owed in zip(shape, sizes, strict=True)
    )


def _shown(fed: FedInput) -> str:
    if fed.sizes is None:
        return "of any shape"
    return "[" + ", ".join("?" if size is None else str(size) for size in fed.sizes) + "]"


def _drawn(fed: FedInput, path: Path, rng: np.random.Generator) -> Array:
    """Floats normal, integers and truth values 0 or 1."""
    sizes, kind = _sizes(fed, path), np.dtype(fed.dtype).kind
    if prod(sizes) > MOST_ELEMENTS:
        raise Unreadable(
            f"{path}: its input {fed.name!r} has {prod(sizes)} elements: {_shown(fed)}; accepted "
            f"are {MOST_ELEMENTS}"
        )
    if kind in "biu":
        return rng.integers(0, 2, sizes).astype(fed.dtype)
    if kind not in "fV":
        raise Unreadable(
            f"{path}: its input {fed.name!r} is of {fed.dtype}; accepted is one with --input "
            f"{fed.name}=FILE.npy"
        )
    return rng.standard_normal(sizes).astype(fed.dtype)


def _sizes(fed: FedInput, path: Path) -> tuple[int, ...]:
    """Those of the file, 1 for a first one that is open."""
    if fed.sizes is None:
        raise Unreadable(
            f"{path}: does not say the shape of its input {fed.name!r}; accepted is --input "
            f"{fed.name}=FILE.npy"
        )
    shape = tuple(
        1 if axis == 0 and not isinstance(size, int) else size
        for axis, size in enumerate(fed.sizes)
    )
    sizes = tuple(size for size in shape if isinstance(size, int))
    if len(sizes) < len(shape):
        named = [size for size in shape if isinstance(size, str)]
        how = " ".join(f"--dim {name}=SIZE" for name in dict.fromkeys(named))
        raise Unreadable(
            f"{path}: leaves sizes of its input {fed.name!r} open: {_shown(fed)}; accepted is "
            f"{how or f'--input {fed.name}=FILE.npy'}"
        )
    if any(size < 0 for size in sizes):
        raise Unreadable(
            f"{path}: states {_shown(fed)} for its input {fed.name!r}; accepted are sizes of at "
            "least 0"
        )
    return sizes
