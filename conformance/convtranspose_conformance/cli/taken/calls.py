"""What `convtranspose explain` and `shrink` are asked about: the options that say a call, or what a
text leaves open of it, and the calls that they are read into."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, TypeVar, cast

import typer

from ...explain import Subject, case_from_options
from ...explain.inputs.asked import NamesOpen
from ...explain.inputs.options import (
    dtype_option,
    names_option,
    shape_option,
    sizes_option,
)
from ...explain.inputs.read import (
    ACCEPTED,
    Given,
    kind_of,
    refuse_beside,
    subjects,
)
from .options import OptionError

SHAPES = ("x", "w")
Command = TypeVar("Command", bound=Callable[..., None])
BESIDE = ("what", "set_", "dim", "only")  # no options that say a call


What = Annotated[
    str,
    typer.Argument(
        metavar="WHAT",
        help="A case id, model.onnx[#NODE], text with calls in it, a .py or .ipynb, or -.",
    ),
]
X = Annotated[str, typer.Option("--x", metavar="N,C,D1,...", help="Shape of X.")]
W = Annotated[str, typer.Option("--w", metavar="C,M/group,k1,...", help="Shape of W.")]
Op = Annotated[str, typer.Option(metavar="OP", help="ConvTranspose, the default, or Conv.")]
SizeList = Annotated[str, typer.Option(metavar="LIST")]
Pads = Annotated[str, typer.Option(metavar="LIST", help="x1_begin,x2_begin,...,x1_end,x2_end,...")]
AutoPad = Annotated[
    str, typer.Option(metavar="WORD", help="NOTSET, SAME_UPPER, SAME_LOWER or VALID")
]
Group = Annotated[str, typer.Option(metavar="N")]
Bias = Annotated[bool, typer.Option("--bias")]
Dtype = Annotated[
    str, typer.Option(metavar="NAME", help="float32, the default, float16, float64 or bfloat16.")
]
Opset = Annotated[str, typer.Option(metavar="N", help="Default: 11; 22 for bfloat16.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="What a name in the text stands for."),
]
Dim = Annotated[
    list[str] | None,
    typer.Option("--dim", metavar="NAME=SIZE", help="A symbolic size of the model."),
]
Only = Annotated[
    list[int] | None,
    typer.Option("--only", metavar="N", help="One of several calls, by its number."),
]


class OpenError(OptionError):
    """Calls whose numbers hang on names: the message has the command that says them. `what` is the
    text, `typed` the options that are given already, `given` what they say."""

    def __init__(self, what: str, asked: NamesOpen, typed: Sequence[str], given: Given) -> None:
        self.what, self.typed, self.given = what, typed, given
        command = " ".join(["convtranspose explain", shlex.quote(what), *typed, asked.options])
        super().__init__(f"{asked}:\n  {command}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is typed of a call, or of several: each field is an option, or the argument, of every
    command that `takes_calls`."""

    what: What = ""
    x: X = ""
    w: W = ""
    op: Op = ""
    strides: SizeList = ""
    pads: Pads = ""
    dilations: SizeList = ""
    output_padding: SizeList = ""
    output_shape: SizeList = ""
    kernel_shape: SizeList = ""
    auto_pad: AutoPad = ""
    group: Group = ""
    bias: Bias = False
    dtype: Dtype = ""
    opset: Opset = ""
    set_: Set = None
    dim: Dim = None
    only: Only = None

    def chosen(self) -> list[Subject]:
        """The calls, or those of them whose numbers are asked for. Raises UserError for options and
        texts that say nothing, or too much, and for a number that is none."""
        every = self._read()
        only = self.only or ()
        if wrong := [number for number in only if not 1 <= number <= len(every)]:
            raise OptionError(f"--only {wrong[0]}: accepted is 1 to {len(every)}")
        return [every[number - 1] for number in only] or every

    def _given(self) -> dict[str, Any]:
        """The options that say a call, where they are typed."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in BESIDE}
        return {name: value for name, value in said.items() if value}

    def _read(self) -> list[Subject]:
        what, given = self.what, self._given()
        if not what:
            if not ("x" in given and "w" in given):
                raise OptionError(
                    "explain takes a case id, a model or a layer, or both --x and --w, such as --x "
                    f"1,2,5,5 --w 2,3,3,3; {ACCEPTED}"
                )
            return [Subject(case=case_from_options(**given))]
        refuse_beside(what, given)
        x, w = (shape_option(name, given[name]) if name in given else None for name in SHAPES)
        dtype = dtype_option(given["dtype"]) if "dtype" in given else None
        names, sizes = names_option(self.set_ or ()), sizes_option(self.dim or ())
        kind = kind_of(what)
        if names and kind != "a text":
            raise OptionError(f"--set speaks of names in a text, and {what[:60]} is {kind}")
        if sizes and kind != "a model":
            raise OptionError(f"--dim speaks of sizes of a model, and {what[:60]} is {kind}")
        try:
            return subjects(what, x, w, dtype, names=names, sizes=sizes)
        except NamesOpen as asked:
            typed = [f"--{name} {value}" for name, value in given.items()]
            typed += [f"--set {shlex.quote(each)}" for each in self.set_ or ()]
            read = Given(x=x, w=w, dtype=dtype, names=names)
            raise OpenError(what, asked, typed, read) from None


def takes_calls(command: Command) -> Command:
    """The command with a parameter for each field of `Typed` in place of its first one."""
    _, *own = signature(command).parameters.values()
    typed = [
        Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=f.type)
        for f in fields(Typed)
    ]
    names = [parameter.name for parameter in typed]

    def taking(**given: Any) -> None:
        command(Typed(**{name: given.pop(name) for name in names}), **given)

    parameters = [*typed, *(each.replace(kind=Parameter.KEYWORD_ONLY) for each in own)]
    taking.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    taking.__annotations__ = {each.name: each.annotation for each in parameters}
    taking.__doc__ = command.__doc__
    return cast(Command, taking)
