"""What a backend is: one framework, one device, one API route, asked one call at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_reference import Attributes
from convtranspose_reference.attributes import AUTO_PADS, Op, PartialShape, Shape
from convtranspose_reference.errors import UserError as UserError  # for those who catch it
from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace

_CLASS_NAME, _CLASS_MODULE = (vars(type)[name].__get__ for name in ("__name__", "__module__"))
Array = NDArray[Any]
Gradients = tuple[Array, Array, Array | None]


class Unsupported(Exception):
    """One call of this API cannot say the case; the message says why. Published, not skipped."""


class Declined(Exception):
    """The backend itself says that it does not do this, as by a skip; the message is its own. No
    answer, and no pass either."""


class Refused(Exception):
    """The framework itself refused: at which `stage`, with which exception `kind` and message."""

    def __init__(self, stage: str, kind: str, message: str) -> None:
        self.stage, self.kind, self.message = stage, kind, message
        super().__init__(f"{stage}: {kind}: {message}")


class Unusable(UserError):
    """The backend cannot be used on this machine; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a backend is told of a case: everything but its name and its answer. Arrays are
    C-contiguous, in ONNX layout.

    `dY` is given where gradients are asked for, shaped as the text shapes Y. A `resize` of X comes
    before a Conv, a `depth_to_space` of what it gives after it; only a backend that `composes` is
    asked such a call.
    """

    op: Op
    attributes: Attributes
    opset: int
    initializer: bool
    X: Array
    W: Array
    B: Array | None
    dY: Array | None = None
    resize: Resize | None = None
    depth_to_space: DepthToSpace | None = None

    @classmethod
    def of(cls, case: Case, X: Array, W: Array, B: Array | None, dY: Array | None = None) -> "Call":
        return cls(
            op=case.op,
            attributes=case.attributes,
            opset=case.opset,
            initializer=case.initializer,
            X=X,
            W=W,
            B=B,
            dY=dY,
            resize=case.resize,
            depth_to_space=case.depth_to_space,
        )

    @property
    def is_composed(self) -> bool:
        """Is X resized before the convolution, or its output shuffled after it?"""
        return self.resize is not None or self.depth_to_space is not None

    @property
    def convolution(self) -> "Call":
        """The convolution alone, which is fed whatever X is."""
        return replace(self, resize=None, depth_to_space=None)

    @property
    def arrays(self) -> list[Array]:
        """The arrays that are given."""
        return [a for a in (self.X, self.W, self.B, self.dY) if a is not None]

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return self.X.ndim - 2

    @property
    def dtype(self) -> str:
        return self.X.dtype.name

    @property
    def group(self) -> int:
        return 1 if self.attributes.group is None else self.attributes.group

    @property
    def strides(self) -> Shape:
        return (1,) * self.rank if self.attributes.strides is None else self.attributes.strides

    @property
    def dilations(self) -> Shape:
        return (1,) * self.rank if self.attributes.dilations is None else self.attributes.dilations

    @property
    def output_padding(self) -> Shape:
        return (
            (0,) * self.rank
            if self.attributes.output_padding is None
            else self.attributes.output_padding
        )

    @property
    def auto_pad(self) -> str:
        return "NOTSET" if self.attributes.auto_pad is None else self.attributes.auto_pad

    @property
    def pads(self) -> list[tuple[int, int]]:
        """(begin, end) of each spatial axis, zeros where absent. Raises Unsupported for a list that
        has no two halves."""
        flat = (0,) * (2 * self.rank) if self.attributes.pads is None else self.attributes.pads
        half, odd = divmod(len(flat), 2)
        if odd:
            raise Unsupported(f"pads of {len(flat)} values are no begin and end for each axis")
        return list(zip(flat[:half], flat[half:], strict=True))

    def check_sayable(self) -> None:
        """Raises Unsupported where an API of 1 to 3 spatial axes, without auto_pad and
        kernel_shape, has no word for the call.

        Leaving such an attribute out would turn a forbidden call into another one.
        """
        given = self.attributes
        if not 1 <= self.rank <= 3:
            raise Unsupported(f"there is no convolution with {self.rank} spatial axes")
        if self.auto_pad not in AUTO_PADS:
            raise Unsupported(f"there is no auto_pad, hence no {self.auto_pad!r}")
        if given.pads is not None and self.auto_pad != "NOTSET":
            raise Unsupported("padding is one argument: auto_pad and pads cannot both be said")
        if given.kernel_shape not in (None, self.W.shape[2:]):
            raise Unsupported("there is no kernel_shape beside the weights' own")
        if self.op == "Conv" and (
            given.output_padding is not None or given.output_shape is not None
        ):
            raise Unsupported("conv has no output_padding and no output_shape")


def once_for_each(make: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """`make`, which is asked once while the call stays the same: of one call the output and the
    stated shape are wanted."""
    last: list[tuple[Call, Any]] = []

    def made(call: Call) -> Any:
        if not last or last[0][0] is not call:
            last[:] = [(call, make(call))]
        return last[0][1]

    return made


class Backend(ABC):
    """A backend inside its worker. `__init__` imports the framework and raises Unusable where that
    or the device is missing.

    An adapter makes one call of the framework's own API per case and never repairs the result. It
    raises Unsupported for what one call cannot say, Declined for what the framework says that it
    does not do, and Refused (see `refusals`) for its other errors; any other exception is the
    adapter's bug and stops the run.
    """

    composes = False  # is asked calls with a `resize` or a `depth_to_space`, too

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """Library -> version, the framework first."""

    def kernels(self) -> dict[str, str]:
        """What decides which kernels compute, as the framework itself tells it after its import:
        `onednn` (the dtypes that it hands to oneDNN, or "off"), `aten`, and the variables of the
        environment that it was told. {} where it says nothing."""
        return {}

    def run(self, call: Call) -> Array:
        """Y (N x M x spatial) of one call, as the framework returned it, laid out as ONNX does."""
        raise Unsupported("this API computes no values")

    @property
    def computes(self) -> bool:
        """Has it values to return, and not a shape alone?"""
        return type(self).run is not Backend.run

    def static_shape(self, call: Call) -> PartialShape | None:
        """The output shape that the framework states without computing; None for a size it leaves
        open, or for no rule at all."""
        raise Unsupported("this API states no output shape ahead of the call")

    def gradients(self, call: Call, dY: Array) -> Gradients:
        """(dX, dW, dB), dB None without a bias, as the framework derives them from dY, laid out as
        X, W and B."""
        raise Unsupported("this API derives no gradients")

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        """Other forms of the call that have the same answer, by name; each raises as `run` does.
        Those that do not apply are left out."""
        return iter(())


def text_of(error: BaseException) -> str:
    """What an exception says, where it can: its own `__str__` may raise, or return what is no plain
    string."""
    try:
        return str.__str__(str(error))
    except BaseException:  # whatever it raises, it is the exception's own text that does not come
        return f"{kind_of(error)} without a text"


def kind_of(error: BaseException) -> str:
    """The name of an exception's class: as Python keeps it, whatever its metaclass says."""
    name: str = _CLASS_NAME(type(error))
    return name


def module_of(error: BaseException) -> str:
    """The module that an exception's class says that it is of; "" where it says nothing."""
    try:
        named = _CLASS_MODULE(type(error))
    except BaseException:  # of a class without one
        return ""
    return str.__str__(named) if issubclass(type(named), str) else ""


@contextmanager
def refusals(stage: str, *kinds: type[BaseException]) -> Iterator[None]:
    """Around the framework's own call and nothing else: its exceptions of these kinds become
    Refused."""
    try:
        yield
    except kinds as error:
        raise Refused(stage, kind_of(error), text_of(error)) from error
