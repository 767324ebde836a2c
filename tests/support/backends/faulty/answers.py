"""Answers that are no arrays, or lie about themselves."""

import ctypes
import weakref
from typing import Any

import numpy as np

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)


def raising(*names: str, error: type[BaseException] = RuntimeError) -> dict[str, Any]:
    """Attributes that raise when they are asked for."""

    def refuse(self: Any, *given: Any) -> Any:
        raise error("not for you")

    return {name: refuse if name.startswith("__") else property(refuse, refuse) for name in names}


def array_of(members: dict[str, Any], Y: Any) -> Any:
    return Y.view(type("Lying", (np.ndarray,), members))


@fault("AGREES")
def dtype_raises(Y: Any) -> Any:
    """Returns an array whose `dtype` raises."""
    return [array_of(raising("dtype"), Y)]


@fault("AGREES")
def shape_raises(Y: Any) -> Any:
    """Returns an array whose `shape` raises."""
    return [array_of(raising("shape"), Y)]


@fault("AGREES")
def dtype_lies(Y: Any) -> Any:
    """Returns an array that says it is of int8."""
    return [array_of({"dtype": np.dtype("int8")}, Y)]


@fault("AGREES")
def shape_lies(Y: Any) -> Any:
    """Returns an array that says its shape is (7, 7)."""
    return [array_of({"shape": (7, 7)}, Y)]


@fault("AGREES")
def everything_raises(Y: Any) -> Any:
    """Returns an array of which every method raises."""
    members = raising("tobytes", "astype", "nbytes", "ndim", "size", "flags", "dtype", "shape")
    return [array_of(members | raising("__array__", "__len__", "__bool__", "__eq__"), Y)]


@fault("AGREES")
def tobytes_lies(Y: Any) -> Any:
    """Returns an array whose `tobytes` is empty."""
    return [array_of({"tobytes": lambda self, *_: b""}, Y)]


@fault("AGREES")
def masked(Y: Any) -> Any:
    """Returns a masked array."""
    return [np.ma.masked_array(Y, mask=False)]


@fault("REJECTED", "returned int, not an array")
def class_lies(Y: Any) -> Any:
    """Returns a number whose `__class__` says that it is an array."""

    class Number(int):
        __class__ = np.ndarray  # type: ignore[assignment]

    Number.__name__ = "int"
    return [Number(3)]


@fault("REJECTED", "not an array")
def class_raises(Y: Any) -> Any:
    """Returns an object whose `__class__` raises."""
    return [type("Wild", (), raising("__class__") | {"__class__": property(lambda s: 1 / 0)})()]


@fault("REJECTED", "RuntimeError: not for you")
def list_without_length(Y: Any) -> Any:
    """Returns a list whose `__len__` raises."""
    return type("Outputs", (list,), raising("__len__"))([Y])


@fault("REJECTED", "RuntimeError: not for you")
def list_without_truth(Y: Any) -> Any:
    """Returns a list whose `__bool__` raises."""
    return type("Outputs", (list,), raising("__bool__"))([Y])


@fault("REJECTED", "RuntimeError: not for you")
def list_without_items(Y: Any) -> Any:
    """Returns a list whose `__getitem__` raises."""
    return type("Outputs", (list,), raising("__getitem__"))([Y])


@fault("CRASHED", "exit status 1")
def list_that_interrupts(Y: Any) -> Any:
    """Returns a list whose `__getitem__` raises KeyboardInterrupt."""
    return type("Outputs", (list,), raising("__getitem__", error=KeyboardInterrupt))([Y])


@fault("REJECTED", "returned no output")
def empty_list(Y: Any) -> Any:
    """Returns an empty list."""
    return []


@fault("REJECTED", "returned NoneType")
def nothing(Y: Any) -> Any:
    """Returns None."""
    return None


@fault("REJECTED", "returned dict")
def dictionary(Y: Any) -> Any:
    """Returns a dictionary."""
    return {"Y": Y}


@fault("REJECTED", "returned generator")
def generator(Y: Any) -> Any:
    """Returns a generator."""
    return (each for each in [Y])


@fault("REJECTED", "returned float")
def number(Y: Any) -> Any:
    """Returns a number."""
    return [3.0]


@fault("REJECTED", "returned str")
def text(Y: Any) -> Any:
    """Returns a text."""
    return ["Y"]


@fault("REJECTED", "Python objects")
def objects(Y: Any) -> Any:
    """Returns an array of Python objects."""
    return [Y.astype(object)]


@fault("REJECTED", "datetime64")
def dates(Y: Any) -> Any:
    """Returns an array of dates."""
    return [np.zeros(Y.shape, "datetime64[s]")]


@fault("REJECTED", "returned an array of")
def strings(Y: Any) -> Any:
    """Returns an array of strings."""
    return [Y.astype(str)]


@fault("REJECTED", "returned an array of")
def records(Y: Any) -> Any:
    """Returns an array of records."""
    return [Y.view([("value", "<f4")])]


@fault("DTYPE_DIFFERS", "complex64")
def complex_numbers(Y: Any) -> Any:
    """Returns complex numbers."""
    return [Y.astype(np.complex64)]


@fault("DTYPE_DIFFERS", "float64")
def doubles(Y: Any) -> Any:
    """Returns float64."""
    return [Y.astype(np.float64)]


@fault("AGREES")
def big_endian(Y: Any) -> Any:
    """Returns the numbers in the other byte order."""
    return [Y.astype(">f4")]


@fault("AGREES")
def strided(Y: Any) -> Any:
    """Returns a view with gaps, turned round twice."""
    return [np.repeat(Y, 2, axis=-1)[..., ::2][::-1][::-1]]


@fault("AGREES")
def unaligned(Y: Any) -> Any:
    """Returns an array that begins at an odd address."""
    room = bytearray(Y.nbytes + 1)
    room[1:] = Y.tobytes()
    return [np.frombuffer(memoryview(room)[1:], Y.dtype).reshape(Y.shape)]


@fault("AGREES")
def read_only(Y: Any) -> Any:
    """Returns an array that cannot be written to."""
    Y.flags.writeable = False
    return [Y]


@fault("SHAPE_DIFFERS", "[]")
def scalar_array(Y: Any) -> Any:
    """Returns an array without axes."""
    return [np.full((), 3, np.float32)]


@fault("SHAPE_DIFFERS")
def many_axes(Y: Any) -> Any:
    """Returns an array of 32 axes."""
    return [Y.reshape((1,) * 29 + Y.shape)]


@fault("SHAPE_DIFFERS")
def empty_array(Y: Any) -> Any:
    """Returns an array of no elements."""
    return [Y[:0]]


@fault("OUT_OF_MEMORY")
def broadcast(Y: Any) -> Any:
    """Returns one number that says it is an array of 4 TiB."""
    return [np.broadcast_to(Y.reshape(-1)[0], (2**20, 2**20))]


@fault("CRASHED", "SIGSEGV")
def dangling(Y: Any) -> Any:
    """Returns an array over memory that is not there."""
    address = ctypes.cast(16, ctypes.POINTER(ctypes.c_float))
    return [np.ctypeslib.as_array(address, Y.shape)]


@fault("AGREES")
def finalizer(Y: Any) -> Any:
    """Returns an array with a finalizer that raises."""
    kept = Y.view(type("Watched", (np.ndarray,), {}))
    weakref.finalize(kept, lambda: 1 / 0)
    return [kept]


@fault("AGREES")
def deletion_raises(Y: Any) -> Any:
    """Returns an array whose `__del__` raises."""
    return [array_of({"__del__": lambda self: 1 / 0}, Y)]


@fault("VALUES_DIFFER")
def not_numbers(Y: Any) -> Any:
    """Returns NaN everywhere."""
    return [Y * np.float32("nan")]


@fault("SHAPE_DIFFERS")
def large(Y: Any) -> Any:
    """Returns 8 MiB too many."""
    return [np.ones((1, 1, 2**21), np.float32)]


@fault("AGREES")
def many_outputs(Y: Any) -> Any:
    """Returns a thousand outputs, of which the first is right."""
    return [Y] * 1000
