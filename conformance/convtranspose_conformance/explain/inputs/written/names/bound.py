"""What names stand for where a scope has given them their values, and changed them in place."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from ..fold import LONGEST, MOST_ENTRIES, NameInText, dotted, folded, leaves
from ..scopes import MAKER, Assignment, Scope
from .branches import Branch, branches

MOST_STEPS = 300  # of a scope that is followed line by line
END = 10**9
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def with_parameters(
    scope: Scope, names: Mapping[str, Any], handed: Mapping[str, Any]
) -> dict[str, Any]:
    """Without the names that the function's parameters hide, and with the values that these
    have: `handed`, known or not, or their defaults."""
    hidden = scope.parameters
    inside = _without(scope, {n: v for n, v in names.items() if n not in hidden}, hidden)
    for name, default in scope.parameters.items():
        own = None if default is None else folded(default, names)
        value = handed.get(name, own)
        if is_known(value) or (name in handed and _is_of_caller(value, name, hidden)):
            inside[name] = value
    return inside


def _is_of_caller(value: Any, name: str, own: Collection[str]) -> bool:
    """Does it hang on names of the caller, none of which is another parameter's?"""
    same = isinstance(value, NameInText) and value.text == name
    return is_followed(value) and (same or not set(leaves(value)) & set(own))


def _without(scope: Scope, names: Mapping[str, Any], own: Collection[str]) -> dict[str, Any]:
    """Without what hangs on names that are others in the scope, its `own`; in the maker of a class
    the attributes hang on those of the maker."""
    makes = scope.name == MAKER
    return {
        name: value
        for name, value in names.items()
        if (makes and name.startswith("self.")) or not set(leaves(value)) & set(own)
    }


def bound(
    scope: Scope,
    names: Mapping[str, Any],
    line: int = END,
    *,
    keep: Iterable[str] = (),
    attributes: bool = False,
    lasting: bool = False,
) -> dict[str, Any]:
    """With what the scope itself gives one value, or several one after the other up to a `line`,
    and without what it gives several else. `names`: those of its parameters with their values.
    `keep`: what a loop gives. `attributes`: those of `self` are the scope's, and not its class's.
    `lasting`: without what it gives another value behind the line."""
    kept = set(keep)
    in_class = any(each.is_class for each in scope.chain()[:-1]) and not attributes
    steps = [
        step
        for step in scope.steps
        if step.name not in kept and not (in_class and step.name.startswith("self."))
    ]
    started = {*scope.parameters, *_constants(scope, names)}
    turns = _in_turn(steps, started, line if lasting else END)
    counts = Counter(step.name for step in steps)
    single = {name for name, count in counts.items() if count == 1} - started
    gone = {step.name for step in steps} - (turns & started)
    changed = {n for n, count in counts.items() if count > 1 or n in started}
    inside = _without(scope, {n: v for n, v in names.items() if n not in gone}, counts)
    followed = (s for s in _up_to(steps, scope, line, single) if s.name in single | turns)
    for _, at_once in groupby(followed, key=lambda step: (step.line, step.column)):
        found = [(s.name, s.value and folded(s.value, inside)) for s in at_once]
        for name, value in found:
            inside.pop(name, None)
            if is_known(value) or (is_followed(value) and not changed & {name, *leaves(value)}):
                inside[name] = value
    return inside


def _constants(scope: Scope, names: Iterable[str]) -> set[str]:
    """Those of classes that are defined in the scope."""
    classes = {each.name for each in scope.inner if each.is_class}
    return {name for name in names if "." in name and name.partition(".")[0] in classes}


def _in_turn(steps: list[Assignment], started: set[str], last: int) -> set[str]:
    """The names that nothing but statements in a straight line give values, none behind the
    `last`."""
    if len(steps) > MOST_STEPS:
        return set()
    others = {step.name for step in steps if not step.straight or step.line > last}
    return {step.name for step in steps} - others


def _up_to(
    steps: list[Assignment], scope: Scope, line: int, single: set[str]
) -> Iterable[Assignment]:
    """The steps above a line, those in it that its last statement is not, and those of names with
    a `single` one."""
    columns = [each.col_offset for each in scope.straight if each.lineno == line]
    here = (line, max(columns, default=0))
    return [s for s in steps if (s.line, s.column) < here or s.name in single]


def is_run(scope: Scope, line: int, names: Mapping[str, Any]) -> bool:
    """May a function's line be run where its `names` stand for that?"""
    counts = Counter(step.name for step in scope.steps)
    turning = {n for n, count in counts.items() if count > 1 or n in scope.parameters}
    return not any(each.excludes(line, names, turning) for each in _branches(scope))


@lru_cache(maxsize=64)
def _branches(scope: Scope) -> list[Branch]:
    return list(branches(getattr(scope.node, "body", ())))


def set_outside(module: Scope, of: str) -> set[str]:
    """The attributes of a class that a text sets by its name, or on an object that it makes."""
    return _set_outside(module).get(of, set()) if of else set()


@lru_cache(maxsize=4)
def _set_outside(module: Scope) -> dict[str, set[str]]:
    attributes: dict[str, set[str]] = {}
    for scope in module.every():
        classes = {
            name: dotted(value.func).rpartition(".")[2]
            for name, values in scope.bound.items()
            for value in values
            if isinstance(value, ast.Call)
        }
        for name in {step.name for step in scope.steps}:
            of, _, attribute = name.rpartition(".")
            if of and of not in ("self", "cls"):
                attributes.setdefault(classes.get(of, of), set()).add(attribute)
    return attributes


def is_followed(value: Any) -> bool:
    """Is it worked out of names that stay open, or one of them, or a list of such values?"""
    if isinstance(value, list | tuple):
        return len(value) <= MOST_ENTRIES and all(is_known(e) or is_followed(e) for e in value)
    if not isinstance(value, NameInText) or len(value.text) > LONGEST:
        return False
    return bool(value.leaves) and all(map(_DOTTED.fullmatch, value.leaves))


def is_known(value: Any) -> bool:
    """A number, a word, or a list or table of them, names among its entries: what a name in a call
    may stand for."""
    if isinstance(value, list | tuple):
        known = [each for each in value if not isinstance(each, NameInText)]
        return len(value) <= MOST_ENTRIES and bool(known or not value) and all(map(is_known, known))
    if isinstance(value, dict):
        return len(value) <= MOST_ENTRIES
    return isinstance(value, int | float | str) and value is not None
