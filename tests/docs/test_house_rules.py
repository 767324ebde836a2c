"""Rules of the house that no linter knows: how long functions and lines are, that a class has a
name of its own, and that a local that lives long is named for what it holds."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from support import ROOT

PACKAGES = ("reference", "cases", "conformance", "reports")
CODE = (*PACKAGES, "benchmarks", "tests", "docs")
MOST_LINES = 40  # of a function, without its signature and its docstring
MEDIAN_LINES = 10
COLUMNS = 100
TABLES = ("cases/convtranspose_cases/clauses.py", "cases/convtranspose_cases/facts.py")
SHARED = {  # names that two classes have all the same
    "ShapeRule": "a rule as it is measured and as summary.json has it, whose schema names it so",
}
VERBS = ("found", "said", "told", "made")  # of a local: what was done, not what it holds
VERB_LINES = 6  # from its first mention to its last: one that lives so long has a noun
_PRAGMA = re.compile(r"  # (?:noqa|type: ignore|fmt: skip).*$")
_END_OF_TABLE = re.compile(r"\s*[])}]+[:,]?  # fmt: skip$")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path, places: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Path from the root and text of each module."""
    for place in places:
        for path in sorted((root / place).rglob("*.py")):
            yield str(path.relative_to(root)), path.read_text(encoding="utf-8")


def lines_of(function: Function) -> int:
    """From the first statement behind the signature and the docstring to the last."""
    body = function.body[1 if ast.get_docstring(function) is not None else 0 :]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def lengths(root: Path, places: tuple[str, ...]) -> dict[str, int]:
    """Where a function stands -> its lines."""
    return {
        f"{where}:{node.lineno} {node.name}": lines_of(node)
        for where, text in modules(root, places)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
    }


def long_functions(root: Path) -> list[str]:
    return [
        f"{where}: {count} lines"
        for where, count in lengths(root, CODE).items()
        if count > MOST_LINES
    ]


def wide_lines(root: Path) -> list[str]:
    """Beyond the last column without what a tool is told, which stands at the end; the linter lets
    words without a blank pass."""
    return [
        f"{where}:{number}: {len(line)} columns"
        for where, text in modules(root, CODE)
        if where not in TABLES
        for number, line in enumerate(text.splitlines(), 1)
        if len(_PRAGMA.sub("", line)) > COLUMNS
    ]


def unformatted(root: Path) -> list[str]:
    """Where the formatter is told to skip something else than a table, which ends in brackets."""
    return [
        f"{where}:{number}: {line.strip()}"
        for where, text in modules(root, CODE)
        for number, line in enumerate(text.splitlines(), 1)
        if line.endswith("# fmt: skip") and not _END_OF_TABLE.match(line)
    ]


def homonyms(root: Path) -> dict[str, list[str]]:
    """Names of several public classes of the packages, with the modules that they stand in."""
    found = defaultdict(list)
    for where, text in modules(root, PACKAGES):
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(where)
    return {name: places for name, places in found.items() if len(places) > 1}


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Those of the function, without those of functions in it."""
    left: list[ast.AST] = [*function.body]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda):
            left += ast.iter_child_nodes(node)


def verb_lives(function: Function) -> Iterator[tuple[str, int, int]]:
    """Each local of the function that is named with a verb, with the lines of its first and its
    last mention."""
    names = [n for n in own_nodes(function) if isinstance(n, ast.Name) and n.id in VERBS]
    for verb in sorted({n.id for n in names if isinstance(n.ctx, ast.Store)}):
        lines = [n.lineno for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == verb]
        yield verb, min(lines), max(lines)


def long_verbs(root: Path) -> list[str]:
    return [
        f"{where}:{first} {node.name}: {verb!r} lives for {last - first} lines"
        for where, text in modules(root, CODE)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
        for verb, first, last in verb_lives(node)
        if last - first >= VERB_LINES
    ]


def test_no_function_is_long() -> None:
    assert long_functions(ROOT) == []


def test_half_of_all_functions_are_short() -> None:
    for place in PACKAGES:
        assert median(lengths(ROOT, (place,)).values()) < MEDIAN_LINES


def test_a_long_function_is_noticed(tmp_path: Path) -> None:
    text = "def {name}(\n    a: int,\n    b: int,\n) -> None:\n    '''{name}\n\n    '''\n{body}\n"
    (tmp_path / "cases").mkdir()
    for name, count in (("enough", MOST_LINES), ("more", MOST_LINES + 1)):
        body = "    a += b\n" * count
        (tmp_path / "cases" / f"{name}.py").write_text(text.format(name=name, body=body))
    assert long_functions(tmp_path) == ["cases/more.py:1 more: 41 lines"]


def test_lines_end_at_the_last_column() -> None:
    assert wide_lines(ROOT) == []


def test_what_the_formatter_skips_are_tables() -> None:
    assert unformatted(ROOT) == []


def test_wide_and_unformatted_lines_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    word = "x" * COLUMNS
    (tmp_path / "tests" / "wide.py").write_text(
        f"{word}\n{word}y\n{word}  # noqa: E501\nf(1,2)  # fmt: skip\ng(\n  1, 2,\n)  # fmt: skip\n"
    )
    assert wide_lines(tmp_path) == ["tests/wide.py:2: 101 columns"]
    assert unformatted(tmp_path) == ["tests/wide.py:4: f(1,2)  # fmt: skip"]


def test_a_class_has_a_name_of_its_own() -> None:
    shared = homonyms(ROOT)
    assert {name: places for name, places in shared.items() if name not in SHARED} == {}
    assert set(SHARED) == set(shared)


def test_two_classes_of_one_name_are_noticed(tmp_path: Path) -> None:
    for place in ("cases", "reports"):
        (tmp_path / place).mkdir()
        text = f"class Step:\n    class Inner: ...\n\n\nclass _Own: ...\n\n\nclass In{place}: ...\n"
        (tmp_path / place / "a.py").write_text(text)
    assert homonyms(tmp_path) == {"Step": ["cases/a.py", "reports/a.py"]}


def test_a_local_that_lives_long_is_named_for_what_it_holds() -> None:
    assert long_verbs(ROOT) == []


def test_a_verb_that_lives_long_is_noticed(tmp_path: Path) -> None:
    local = "def {name}(told: int) -> int:\n    {verb} = told\n{rest}    return {verb}\n"
    nested = (
        "def outer() -> None:\n    def inner() -> None:\n        made = 1\n{rest}        made\n"
    )
    texts = {
        "long": local.format(name="long", verb="found", rest="    pass\n" * (VERB_LINES - 1)),
        "short": local.format(name="short", verb="found", rest="    pass\n" * (VERB_LINES - 2)),
        "noun": local.format(name="noun", verb="shape", rest="    pass\n" * VERB_LINES),
        "nested": nested.format(rest="        pass\n" * VERB_LINES),
    }
    for place in CODE:
        (tmp_path / place).mkdir()
        for name, text in texts.items():
            (tmp_path / place / f"{name}.py").write_text(text)
    for place in CODE:
        assert [each for each in long_verbs(tmp_path) if each.startswith(f"{place}/")] == [
            f"{place}/long.py:2 long: 'found' lives for 6 lines",
            f"{place}/nested.py:3 inner: 'made' lives for 7 lines",
        ]
