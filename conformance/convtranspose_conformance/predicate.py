"""Predicates of deviations: Python expressions over the facts of a case, evaluated without Python's powers."""

import ast
from functools import cache
from typing import Any

from simpleeval import EvalWithCompoundTypes, InvalidExpression

from convtranspose_cases import Case
from convtranspose_cases.facts import NAMES, facts

FUNCTIONS = {"any": any, "all": all, "len": len, "max": max, "min": min, "sum": sum, "zip": zip}


class PredicateError(ValueError):
    """An expression that cannot be a predicate; the message says what is wrong and which names exist."""


class Predicate:
    """`text` compiled once. Calling it with a case gives True or False."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except SyntaxError as error:
            raise PredicateError(f"{text!r} is no expression: {error.msg}") from error
        bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        unknown = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - bound - NAMES - FUNCTIONS.keys()
        if unknown:
            raise PredicateError(f"unknown {', '.join(sorted(unknown))}; known: {', '.join(sorted(NAMES | FUNCTIONS.keys()))}")
        self._evaluator = EvalWithCompoundTypes(functions=FUNCTIONS)
        self._parsed = self._evaluator.parse(text.strip())

    def __call__(self, case: Case) -> bool:
        self._evaluator.names = dict(_facts(case))
        try:
            return bool(self._evaluator.eval(self.text, previously_parsed=self._parsed))
        except (InvalidExpression, TypeError, IndexError, ZeroDivisionError, AttributeError) as error:
            raise PredicateError(f"{self.text!r} fails on {case.id}: {error}") from error


@cache
def _facts(case: Case) -> dict[str, Any]:
    return facts(case)
