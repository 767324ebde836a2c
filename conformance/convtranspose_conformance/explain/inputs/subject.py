"""What is explained: a case, and where it came from."""

from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reference.attributes import Shape
from convtranspose_reference.errors import UserError


class Unreadable(UserError, ValueError):
    """An input or option that is no layer, no model or no call: the message names what was found
    and what is accepted."""


class LeftOutWarning(UserWarning):
    """A node of a model that cannot be explained, beside others that can: the message names what
    was found and what is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A `case`, what it was read from (`title`), and what had to be assumed or cannot be said in
    ONNX (`notes`)."""

    case: Case
    title: str = ""
    notes: tuple[str, ...] = ()


def listed(sizes: Shape) -> str:
    """Sizes as the options `--x` and `--w` take them."""
    return ",".join(map(str, sizes))
