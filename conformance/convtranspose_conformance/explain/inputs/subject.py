"""What is explained: a case, and where it came from."""

from dataclasses import dataclass, replace

from convtranspose_cases import Case
from convtranspose_cases.notation import called
from convtranspose_reference.attributes import Shape
from convtranspose_reference.errors import UserError


class Unreadable(UserError, ValueError):
    """An input or option that is no layer, no model or no call: the message names what was found
    and what is accepted."""


class LeftOutWarning(UserWarning):
    """A node of a model that cannot be explained, beside others that can: the message names what
    was found and what is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a call was read.

    `framework`: whose spelling it is (`torch`, `keras`, `tensorflow`, `jax`, `flax`, `paddle`,
    `mxnet`, `onnx`), empty for options and case ids. `function`: the dotted name as it is written.
    `line`: the line of the text, from 1; 0 where there is no text of several lines. `node`: the
    name of a model's node.
    """

    framework: str = ""
    function: str = ""
    line: int = 0
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A call read from anything: a `case`, what it was read from (`title`), and what had to be
    assumed or cannot be said in ONNX (`notes`).

    `assumed`: what neither text, file nor option says, by name: `x` the spatial sizes of X, `C` and
    `M` its channels, `group`, `bias`, `dtype`. `origin`: where it was read. `loading`: lines of
    code that load its weights, where it is known who holds them. `times`: how often the text makes
    it, alike.
    """

    case: Case
    title: str = ""
    notes: tuple[str, ...] = ()
    assumed: frozenset[str] = frozenset()
    origin: Origin = Origin()
    loading: tuple[str, ...] = ()
    times: int = 1

    def __post_init__(self) -> None:
        """Raises Unreadable for a convolution with something before or after it."""
        if self.case.is_composed:
            raise Unreadable(
                f"case {self.case.id}: found a resize before or a shuffle after a convolution; "
                f"accepted is the convolution alone{_alone(self.case)}"
            )


def _alone(case: Case) -> str:
    """The id of the convolution on what it is fed, where the call is legal."""
    if case.refusal() is not None:
        return ""
    plain = replace(case, resize=None, depth_to_space=None, x_shape=case.fed_shape)
    return f", {called(plain).id}"


def listed(sizes: Shape) -> str:
    """Sizes as the options `--x` and `--w` take them."""
    return ",".join(map(str, sizes))
