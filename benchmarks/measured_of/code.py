"""Code as what it does: the same text for the same statements, whatever their lines, their comments
and docstrings, and what their functions call their own variables."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

# fields that hold nothing of what code does, or that not every Python has
_ASIDE = frozenset({"kind", "type_comment", "type_ignores", "type_params"})
_DEFINES = ast.FunctionDef | ast.AsyncFunctionDef


def statements(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Name and statement of each of a module's but its docstring and imports."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            yield getattr(node, "name", ""), node


def written(part: object, names: Mapping[str, str] | None = None) -> str:
    """A statement, or a part of one. `names`: what variables of the function around it are called
    here."""
    if isinstance(part, list):
        return f"[{','.join(written(each, names) for each in part)}]"
    if not isinstance(part, ast.AST):
        return repr(part)
    if isinstance(part, ast.Name) and names and part.id in names:
        return names[part.id]
    if isinstance(part, _DEFINES) and names is None:
        names = _own(part)
    held = (f"{name}={written(value, names)}" for name, value in _fields(part))
    return f"{type(part).__name__}({','.join(held)})"


def _fields(node: ast.AST) -> Iterator[tuple[str, object]]:
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(node, _DEFINES | ast.ClassDef):
            value = value[1:] if ast.get_docstring(node, clean=False) is not None else value
        if isinstance(node, ast.JoinedStr):
            value = _joined(node.values)
        if name not in _ASIDE and value is not None and value != []:
            yield name, value


def _joined(parts: list[ast.expr]) -> list[object]:
    """Those of a formatted string, the texts between two values as one: Python 3.12 cuts them."""
    pieces: list[object] = []
    for part in parts:
        text = part.value if isinstance(part, ast.Constant) else None
        if text is not None and pieces and isinstance(pieces[-1], str):
            pieces[-1] = f"{pieces[-1]}{text}"
        elif text != "":
            pieces.append(part if text is None else text)
    return pieces


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """The variables of a function, and of those in it, in order, but for its parameters and what
    belongs to others."""
    nodes = [*ast.walk(function)]
    others = {each.arg for each in nodes if isinstance(each, ast.arg)}
    for each in nodes:
        others |= {*each.names} if isinstance(each, ast.Global | ast.Nonlocal) else set()
    stored = (n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return {name: f"_{i}" for i, name in enumerate(dict.fromkeys(stored)) if name not in others}
