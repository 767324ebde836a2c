"""The names that a piece of code gives a value, and those that it changes in place."""

import ast
from collections.abc import Iterator

from ..fold import WithEntry, dotted

_CHANGING = (
    "append", "extend", "insert", "reverse", "sort", "pop", "remove", "clear",
    "update", "setdefault", "popitem", "shuffle",
)  # fmt: skip
_REGISTERING = ("register_buffer", "register_parameter", "add_module")


def bound_by(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a node gives a value, with the value where it is one name's alone."""
    match node:
        case ast.Assign():
            for target in node.targets:
                yield from _targets(target, node.value)
        case ast.AnnAssign() if node.value is not None:
            yield from _targets(node.target, node.value)
        case ast.AugAssign():
            made = ast.BinOp(node.target, node.op, node.value)
            yield from _targets(node.target, ast.copy_location(made, node))
        case ast.For() | ast.comprehension():
            yield from _targets(node.target, None)
        case ast.withitem() if node.optional_vars is not None:
            yield from _targets(node.optional_vars, None)
        case ast.NamedExpr():
            yield from _targets(node.target, None)
        case ast.Call(func=ast.Attribute(of, method), args=[ast.Constant(str(name)), value, *_]):
            if method in _REGISTERING and dotted(of):
                yield f"{dotted(of)}.{name}", value


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if not isinstance(target, ast.Tuple | ast.List):
        name = dotted(target)
        if name and not _keeps(name, value):
            yield name, value
        return
    starred = any(isinstance(each, ast.Starred) for each in target.elts)
    for number, each in enumerate(target.elts):
        yield from _targets(each, None if starred else _entry_of(value, number, len(target.elts)))


def _entry_of(value: ast.expr | None, number: int, count: int) -> ast.expr | None:
    """Of what is unpacked to so many."""
    if isinstance(value, ast.Tuple | ast.List):
        return value.elts[number] if len(value.elts) == count else None
    if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
        return None
    entry = ast.Subscript(value, ast.Constant(number), ast.Load())
    return ast.copy_location(entry, value)


def _keeps(name: str, value: ast.expr | None) -> bool:
    """Is it the name's own value in another form: `list(k)`, `[int(each) for each in k]`?"""
    if isinstance(value, ast.ListComp) and len(value.generators) == 1:
        inner = value.generators[0]
        same = dotted(inner.iter) == name and not inner.ifs
        return same and (each := dotted(inner.target)) != "" and _is_form(each, value.elt)
    return value is not None and not isinstance(value, ast.Name) and _is_form(name, value)


def _is_form(name: str, value: ast.expr) -> bool:
    while isinstance(value, ast.Call):
        method = value.func
        if dotted(method) in ("int", "list", "tuple", "round", "np.round") and value.args:
            value = value.args[0]
        elif isinstance(method, ast.Attribute) and method.attr == "astype":
            value = method.value
        else:
            return False
    return dotted(value) == name


def changed_by(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names whose lists and tables a node changes, with what each is then; None for what is
    not followed."""
    match node:
        case ast.Assign():
            yield from (each for target in node.targets for each in _entry(target, node.value))
        case ast.AugAssign():
            yield from _entry(node.target, None)
        case ast.Delete():
            yield from (each for target in node.targets for each in _entry(target, None))
        case ast.Call(func=ast.Name("setattr"), args=[of, ast.Constant(str(name)), value]):
            yield from _changed(ast.Attribute(of, name, ast.Load()), value)
        case ast.Call(func=ast.Attribute(value=of, attr=method)) if method in _CHANGING:
            given = node.args[:1] if method == "shuffle" or dotted(of) in ("list", "dict") else []
            for each in given:
                yield from _changed(each, None)
            yield from () if given else _changed(of, _after(of, method, node))


def _entry(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    """Of `h[0] = 5`, `table["k"] = 5` and `table.k = 5`."""
    if isinstance(target, ast.Subscript | ast.Attribute):
        yield from _inside(target, value)
    for each in target.elts if isinstance(target, ast.Tuple | ast.List) else ():
        yield from _entry(each, None)


def _changed(of: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    """What has another value, and what that is an entry of."""
    if (name := dotted(of)) not in ("", "self", "cls"):
        yield name, value
    if isinstance(of, ast.Subscript | ast.Attribute):
        yield from _inside(of, value)


def _inside(
    entry: ast.Subscript | ast.Attribute, value: ast.expr | None
) -> Iterator[tuple[str, ast.expr | None]]:
    key = entry.slice if isinstance(entry, ast.Subscript) else ast.Constant(entry.attr)
    made = None if value is None else WithEntry(entry.value, key, value)
    yield from _changed(entry.value, made)


def _after(of: ast.expr, method: str, call: ast.Call) -> ast.expr | None:
    """What a list or table is behind a call of its method."""
    match method, call.args, call.keywords:
        case "append", [value], []:
            return ast.BinOp(of, ast.Add(), ast.List([value], ast.Load()))
        case "extend", [values], []:
            return ast.BinOp(of, ast.Add(), values)
        case "reverse", [], []:
            return ast.Subscript(of, ast.Slice(step=ast.Constant(-1)), ast.Load())
        case "sort", [], []:
            return ast.Call(ast.Name("sorted", ast.Load()), [of], [])
        case "pop", [], []:
            return ast.Subscript(of, ast.Slice(upper=ast.Constant(-1)), ast.Load())
        case "update", [ast.Dict(keys=keys, values=values)], [] if None not in keys:
            return _with_entries(of, [(k, v) for k, v in zip(keys, values, strict=True) if k])
        case "update", [], words if all(word.arg for word in words):
            return _with_entries(of, [(ast.Constant(word.arg), word.value) for word in words])
    return None


def _with_entries(of: ast.expr, entries: list[tuple[ast.expr, ast.expr]]) -> ast.expr:
    for key, value in entries:
        of = WithEntry(of, key, value)
    return of
