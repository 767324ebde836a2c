"""What is taken without Typer is what Typer would make of it."""

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from convtranspose_conformance.cli.taken.as_typed import AsTyped

PLAIN, QUICK = typer.Typer(), typer.Typer()


@PLAIN.command()
@QUICK.command(cls=AsTyped)
def told(
    word: str = "w",
    words: list[str] | None = None,
    number: int = 1,
    few: Annotated[int, typer.Option(min=2, max=12)] = 3,
    share: float = 0.5,
    out: Path = Path("out"),
    held: Annotated[Path | None, typer.Option(exists=True)] = None,
    there: bool = False,
) -> None:
    print(repr((word, words, number, few, share, out, held, there)))


OPTIONS = (
    (),
    ("--word", ""),
    ("--word", "7"),
    ("--words", "a"),
    ("--words", "a", "--words", ""),
    ("--number", "12"),
    ("--number", "-12"),
    ("--number", "012"),
    ("--number", " 7"),
    ("--number", "\u0663"),
    ("--number", "7" * 30),
    ("--number", "x"),
    ("--number", ""),
    ("--number", "1_000"),
    ("--few", "1"),
    ("--few", "2"),
    ("--few", "12"),
    ("--few", "13"),
    ("--share", "0.25"),
    ("--share", "none"),
    ("--out", ""),
    ("--out", "a/../b"),
    ("--out", "."),
    ("--held", "."),
    ("--held", "nowhere"),
    ("--there",),
)


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_it_is_what_typer_makes_of_it(options: tuple[str, ...]) -> None:
    by_typer, taken = (CliRunner().invoke(app, options) for app in (PLAIN, QUICK))
    assert (taken.exit_code, taken.output) == (by_typer.exit_code, by_typer.output)


@pytest.mark.parametrize("name", ["word", "words", "number", "few", "out"])
def test_texts_numbers_and_paths_are_taken_without_typer(name: str) -> None:
    command = get_command(QUICK)
    (parameter,) = (p for p in command.get_params(typer.Context(command)) if p.name == name)
    process: Any = parameter.process_value
    given: Any = ("5",) if name == "words" else "5"
    value = process.func(parameter, _must_not_be_asked, None, given)
    assert value == {"words": ["5"], "number": 5, "few": 5, "out": Path("5")}.get(name, "5")


def _must_not_be_asked(context: object, given: object) -> None:
    raise AssertionError(given)
