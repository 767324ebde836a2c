"""`convtranspose`: the command line. A command's module, and what that imports, is loaded when the
command is named; frameworks are imported in workers only."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from ..run.exit_status import UNUSABLE_STATUS
from .screen.terminal import errors_said, own_stdout, say
from .taken.as_typed import AsTyped, as_typed
from .taken.options import OptionError

# loading modules makes few cycles and many objects: looking for the former took 5 % of `explain`
OBJECTS_BEFORE_A_COLLECTION = 200_000
_TYPED = f"{__name__}.typed"  # the words that begin options of a command


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: `target` is module:attribute in this room, a function or the Typer of a group;
    `says` is its help; `needs` is a distribution that it alone asks for."""

    target: str
    says: str
    needs: str = ""

    def load(self, name: str) -> Any:
        """What Typer makes of it; only now is its module imported. Raises OptionError where what it
        needs is not installed."""
        try:
            loaded = _loaded(self.target)
        except ModuleNotFoundError as error:
            if not self.needs or error.name != self.needs:
                raise
            raise OptionError(
                f"{name} works with {self.needs}, which is not installed: pip install {self.needs}"
            ) from None
        if not isinstance(loaded, typer.Typer):
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            alone.command(name, cls=AsTyped)(loaded)
            loaded = alone
        command = typer.main.get_command(loaded)
        command.help = self.says
        return command


def _loaded(target: str) -> Any:
    module, attribute = target.split(":")
    return getattr(import_module(f".{module}", __package__), attribute)


COMMANDS = {
    "run": Command(
        target="run:run",
        says="Ask backends, judge their answers, write the report. Exit status: 0 green, 1 red, "
        "2 unusable options or files, 3 nothing ran.",
    ),
    "explain": Command(
        target="explain:explain_",
        says="Geometry step by step, and the same call in PyTorch, TensorFlow and ONNX. Exit "
        "status: 0, 1 where the text forbids every call or --ask finds that a backend parts from "
        "what was said of it, 2 where nothing can be explained.",
    ),
    "check": Command(
        target="check:check",
        says="Hold each backend's output of every Conv, ConvTranspose, Resize and DepthToSpace of "
        "a model, or of one node, against the exact reference. Exit status: 0, 1 where one is "
        "wrong and not declared, 2 unusable options or files, 3 where none is wrong and a node "
        "or a backend has no answer.",
    ),
    "list": Command(target="list:list_", says="List what there is, one a line, tab-separated."),
    "report": Command(target="runs.report:report", says="Write the pages of one or more runs."),
    "judge": Command(
        target="runs.judge:judge",
        says="Judge answers that `run --keep-answers` kept, by the rules of today; nothing is "
        "asked.",
    ),
    "compare": Command(
        target="runs.compare:compare_",
        says="Print what changed from one run to another. Exit status: 0, 1 where something is "
        "worse than before, 2 unusable options or files.",
    ),
    "measure": Command(
        target="measure:measure",
        says="Print what a backend computes: the terms of a call, where they land, the formula "
        "behind many, how sums are rounded.",
    ),
    "shrink": Command(
        target="shrink:shrink",
        says="Print the smallest case found with the same cause, and a script that shows it. Exit "
        "status: 0, or 2 where nothing differs.",
    ),
    "fuzz": Command(
        target="fuzz:fuzz",
        says="Look for undeclared differences in fresh calls. Exit status: 0 none found, 1 found, "
        "2 unusable options or files.",
        needs="hypothesis",
    ),
    "export": Command(
        target="export:export_",
        says="Write cases as ONNX backend tests, with a manifest of what conforms: for a runner in "
        "any language.",
    ),
    "goldens": Command(
        target="goldens:app",
        says="Hold inputs and goldens against the digests kept in the repository.",
    ),
}


class Commands(TyperGroup):
    """The commands of the table. All that a user can meet ends in one line on stderr."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, command in COMMANDS.items():  # what Typer lists, and compares a typing error with
            self.add_command(TyperCommand(name, help=command.says))

    def get_params(self, ctx: Any) -> list[Any]:
        return as_typed(super().get_params(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, _, rest = super().resolve_command(ctx, args)
        ctx.meta[_TYPED] = {word.partition("=")[0] for word in rest}
        return name, None if name is None else COMMANDS[name].load(name), rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.says) for name, command in COMMANDS.items()])

    def main(self, args: Sequence[str] | None = None, *given: Any, **options: Any) -> NoReturn:
        """As Typer's own, which ends the process, but for the words of an error."""
        options["standalone_mode"] = False
        with errors_said():
            status = super().main(args, *given, **options)
        raise SystemExit(status)


app = typer.Typer(
    name="convtranspose",
    cls=Commands,
    add_completion=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: drawing boxes costs more than all else that --help does
)


def _version(asked: bool) -> None:
    if asked:
        print(_loaded("version:version")())
        raise typer.Exit


@app.callback()
def _of_all(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Holds implementations of ONNX ConvTranspose against an exact reference."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(UNUSABLE_STATUS)
    if context.invoked_subcommand == "run":
        context.default_map = {"run": _of_project(context.meta[_TYPED])}


def _of_project(typed: set[str]) -> dict[str, Any]:
    """What the pyproject.toml in which the command is called fixes. Raises OptionError."""
    file, options = _loaded("project:project_options")(Path.cwd(), typed)
    if options:
        named = ", ".join(name.replace("_", "-") for name in options)
        say(f"{file}, [tool.convtranspose]: {named}")
    return dict(options)


def main() -> None:
    """The entry point of the `convtranspose` command."""
    gc.set_threshold(OBJECTS_BEFORE_A_COLLECTION)
    try:
        with own_stdout():
            app()
    finally:
        gc.freeze()  # all is let go of now: Python would look through it for cycles first
