"""What a text says beside its calls: the constants, defaults, loops and shapes that names in them
stand for."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from .fold import dotted, folded
from .loops import MOST_TIMES, times
from .names.bound import bound, is_followed, is_known, is_run, set_outside, with_parameters
from .place import Place, by_hand
from .scopes import MAKER, Loop, Scope, bases, heirs, scopes_of
from .sites import sites_of
from .sizes.assigned import assigned_in
from .sizes.handed import handed_over

MOST_CHARACTERS = 300_000  # a tree takes hundreds of times the memory of its text
MOST_BASES = 4
MOST_SITES = 32  # of a function that calls another
MOST_CALLERS = 3  # functions around a function, each called by the next
EMPTY: Mapping[str, Any] = {}
_Time = tuple[int, dict[str, Any], dict[str, Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A text's `module` scope, its command line's defaults (`options`), by `.name`, and what names
    are `given` by hand, wherever they stand."""

    module: Scope = field(default_factory=Scope)
    options: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    # by the scope's id: every call of a class asks for the same
    _known: dict[int, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)
    _called_by: dict[tuple[int, int], list[Place]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _calls: dict[int, dict[str, list[ast.Call]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def places(self, line: int, given: Mapping[str, Any]) -> list[Place]:
        """Where a call of that line stands: one for each time that loops around it make it. `given`
        goes before what the text says."""
        scope = self.module.at(line)
        return self._places(scope, line, self._outside(scope), given, "")

    def places_handed(self, line: int, given: Mapping[str, Any]) -> list[Place]:
        """As `places`, with what the text's own calls hand to the function around the line, or
        where they make an object of the class that it is a method of: several for each of them."""
        return self._called_from(line, given, MOST_CALLERS)

    def _called_from(self, line: int, given: Mapping[str, Any], depth: int) -> list[Place]:
        scope = self._function(line)
        places: dict[str, Place] = {}
        aside: dict[str, Place] = {}
        for place in self._called(scope, line, given, depth):
            some = places if is_run(scope, line, place.names) else aside
            some.setdefault(place.said, place)
            if len(some) == MOST_TIMES:
                break
        not_run = [
            replace(each, said=f"{each.said}, which does not run it") for each in aside.values()
        ]
        return list(places.values()) or not_run

    def _called(
        self, scope: Scope, line: int, given: Mapping[str, Any], depth: int
    ) -> Iterator[Place]:
        for function in (scope, *_makers_beside(scope)):
            makes = function.is_class or function.name == MAKER
            most = None if depth == MOST_CALLERS else MOST_SITES
            for site in islice(sites_of(self.module, function), most):
                for caller in self._callers(site.line, depth):
                    handed = {name: folded(node, caller.names) for name, node in site.given.items()}
                    if _is_within(site.line, function) and not all(map(is_known, handed.values())):
                        continue  # a function that calls itself says nothing more of its names
                    said = _said({name: v for name, v in handed.items() if is_known(v)})
                    names = self._worked_out(scope, handed if makes else EMPTY)
                    own = handed if function is scope else None
                    yield from self._places(scope, line, names, given, said, own)

    def _callers(self, line: int, depth: int) -> list[Place]:
        """What a call of a function knows in its line: what is handed to the function around it, or
        else the defaults of that."""
        key = (line, depth)
        if key not in self._called_by:
            outer = self._called_from(line, {}, depth - 1) if depth else []
            self._called_by[key] = outer or self.places(line, {})
        return self._called_by[key]

    def by_default(self, line: int, node: ast.expr, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the function around the line has for those of its parameters that an expression
        names, where nothing is handed to it, and they are not `given` by hand."""
        scope = self._function(line)
        inside = with_parameters(scope, {}, self.given)
        named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        return {name: value for name, value in inside.items() if name in named - given.keys()}

    def _function(self, line: int) -> Scope:
        """The innermost one around a line that has parameters."""
        scope = self.module.at(line)
        while scope.inside and not scope.parameters:
            scope = scope.inside
        return scope

    def scoped(self, line: int, function: str, place: Place) -> dict[str, Any]:
        """The arguments that an arg_scope around the line has for a function: an inner one's before
        an outer one's. A kernel_size that is given goes before them."""
        said: dict[str, Any] = {}
        for each in self.module.at(line).arg_scopes:
            if each.first <= line <= each.last and function.rpartition(".")[2] in each.functions:
                said |= {name: folded(node, place.names) for name, node in each.arguments.items()}
        given = place.names.get(".kernel_size")
        return said if given is None else said | {"kernel_size": given}

    def applied(self, line: int, name: str) -> ast.Call | None:
        """The call on what a line assigns to a name: the one within its class, or in the whole
        text."""
        around = [each for each in self.module.at(line).chain() if each.is_class]
        calls = self._named_calls(around[-1] if around else self.module).get(name, [])
        assigned = assigned_in(self.module.at(line))
        calls = [call for call in calls if assigned.by(name, line, call.lineno)]
        distinct = {ast.unparse(call): call for call in calls}
        return next(iter(distinct.values())) if len(distinct) == 1 else None

    def _named_calls(self, scope: Scope) -> dict[str, list[ast.Call]]:
        """The calls in a scope and in all inside of it, by what is called."""
        if id(scope) not in self._calls:
            named = self._calls[id(scope)] = {}
            every = [call for each in scope.every() for call in each.calls]
            for call in every:
                named.setdefault(dotted(call.func), []).append(call)
            for call in filter(None, map(handed_over, every)):
                if dotted(call.func) not in named:
                    named[dotted(call.func)] = [call]
        return self._calls[id(scope)]

    def _outside(self, scope: Scope) -> dict[str, Any]:
        """What is known outside of a function: what its modules, classes and functions say."""
        known = self._known.get(id(scope))
        if known is None:
            known = self._known[id(scope)] = self._worked_out(scope)
        return dict(known)

    def _worked_out(self, scope: Scope, makes: Mapping[str, Any] = EMPTY) -> dict[str, Any]:
        """`makes`: what is handed where an object of the class around it is made."""
        names = self._outermost()
        chain = scope.chain()
        for each, inner in zip(chain, [*chain[1:], None], strict=True):
            if each is scope and scope.inside and not scope.is_class:
                break
            names = self._entered(each, names, makes if each is scope.inside else EMPTY)
            if inner is not None:
                names = bound(each, names, inner.first, keep=self.given, lasting=True)
        return names

    def _outermost(self) -> dict[str, Any]:
        """What is known before a text begins."""
        return {**self.options, **by_hand(self.given)}

    def _entered(
        self, scope: Scope, names: Mapping[str, Any], makes: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What is known at the beginning of a scope."""
        inside = with_parameters(scope, names, self.given) | self._constants(scope)
        if scope.is_class:
            own = self._attributes(scope, makes=makes)
            return self._without_own(inside) | own | dict(self.given)
        return inside | (self._attributes(scope) if scope.is_body else {})

    @staticmethod
    def _without_own(names: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in names.items() if not name.startswith("self.")}

    @staticmethod
    def _constants(scope: Scope) -> dict[str, Any]:
        """The constants of the classes that are defined in a scope, by `Class.name`."""
        return {
            f"{each.name}.{name}": value
            for each in scope.inner
            if each.is_class
            for name, value in bound(each, {}).items()
        }

    def _attributes(
        self, scope: Scope, depth: int = 0, makes: Mapping[str, Any] = EMPTY
    ) -> dict[str, Any]:
        """What `self.` names stand for in a class: those that it, or a base in the same text, gives
        one value. `makes`: what its maker is handed, before the defaults of that."""
        names: dict[str, Any] = {}
        for base in bases(scope):
            for each in self.module.inner:
                if depth < MOST_BASES and each.is_class and each.name == base:
                    names |= self._attributes(each, depth + 1)
        start = self._outermost()
        outer = bound(self.module, start, scope.first, keep=self.given, lasting=True)
        own: dict[str, list[Any]] = {}
        for name, value in bound(scope, outer).items():
            if name in scope.bound:
                own.setdefault(f"self.{name}", []).append(value)
        own |= {f"self.{name}": [makes[name]] for name in scope.fields if name in makes}
        for method in scope.inner:
            handed = {**(makes if method.name == MAKER else EMPTY), **self.given}
            names_in = with_parameters(method, outer, handed)
            inner = bound(method, names_in, keep=self.given, attributes=True)
            for name, count in Counter(step.name for step in method.steps).items():
                if name.startswith("self."):
                    own.setdefault(name, []).append(inner.get(name) if count == 1 else None)
        below = [] if depth else heirs(self.module).get(scope.name, [])
        others = {n for each in below for n in each.bound if not _is_same(n, each, scope)}
        for name in {*set_outside(self.module, scope.name), *others}:
            own.setdefault(f"self.{name}", []).append(None)
        names = {name: value for name, value in names.items() if name not in own}
        single = {name: values[0] for name, values in own.items() if len(values) == 1}
        return names | {n: v for n, v in single.items() if is_known(v) or is_followed(v)}

    def _places(
        self,
        scope: Scope,
        line: int,
        outside: dict[str, Any],
        given: Mapping[str, Any],
        said: str,
        handed: Mapping[str, Any] | None = None,
    ) -> list[Place]:
        if scope.inside and not scope.is_class:
            outside = with_parameters(scope, outside, {**(handed or {}), **self.given})
        known = bound(scope, outside, line, keep=self.given)
        several: list[_Time] = [(1, {}, known, said)]
        for loop in (each for each in scope.loops if each.first <= line <= each.last):
            several = [
                (count * more, held | own, *self._this_time(scope, line, outside, held | own, all_))
                for count, held, names, text in several
                for every, more in times(loop.target, loop.values, names)
                for own in [_unchanged(every, scope, loop)]
                for all_ in [(text, _said(own))]
            ]
            if len(several) > MOST_TIMES:
                several = [(sum(count for count, *_ in several), {}, known, said)]
                break
        return [
            Place(
                line=line, names=names, assigned=assigned_in(scope), said=text, times=count
            ).with_given(given)
            for count, _, names, text in several
        ]

    def _this_time(
        self,
        scope: Scope,
        line: int,
        outside: Mapping[str, Any],
        held: dict[str, Any],
        told: Iterable[str],
    ) -> tuple[dict[str, Any], str]:
        """What is known with what loops around a line hold (`held`), and what is said of it."""
        names = bound(scope, {**outside, **held}, line, keep={*held, *self.given})
        return names, ", ".join(filter(None, told))


def _unchanged(own: Mapping[str, Any], scope: Scope, loop: Loop) -> dict[str, Any]:
    """What a loop gives, without what is changed in it."""
    inside = (step for step in scope.steps if loop.first <= step.line <= loop.last)
    changed = {step.name for step in inside if step.in_place or step.value is not None}
    return {name: value for name, value in own.items() if name not in changed}


def _is_same(name: str, one: Scope, other: Scope) -> bool:
    """Do two classes give a name the same expression?"""
    values = [each.bound.get(name, [])[:1] for each in (one, other)]
    first, second = ([ast.unparse(v) for v in own if v is not None] for own in values)
    return first == second != []


def _is_within(line: int, scope: Scope) -> bool:
    return not scope.is_class and scope.first <= line <= scope.last


def _makers_beside(method: Scope) -> list[Scope]:
    """What makes an object of the class that something else is a method of."""
    owner = method.inside
    if owner is None or not owner.is_class or method.name == MAKER:
        return []
    makers = [each for each in owner.inner if each.name == MAKER]
    return makers or ([owner] if owner.fields else [])


def _said(own: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in own.items())


def context_of(text: str, given: Mapping[str, Any] = EMPTY) -> Context:
    """What the text says by itself, where names are `given` by hand."""
    if len(text) > MOST_CHARACTERS:
        return Context()
    module = scopes_of(text)
    return Context(module=module, options=_options(module), given=given)


def _options(module: Scope) -> dict[str, Any]:
    """The defaults of `parser.add_argument("--name", default=4)`, as attributes of anything."""
    options: dict[str, list[Any]] = {}
    for scope in module.every():
        for call in scope.calls:
            if dotted(call.func).rpartition(".")[2] != "add_argument":
                continue
            named = {each.arg: each.value for each in call.keywords}
            words = [folded(each, {}) for each in call.args]
            long = [word for word in words if isinstance(word, str) and word.startswith("--")]
            if long and "default" in named:
                name = "." + long[0].removeprefix("--").replace("-", "_")
                options.setdefault(name, []).append(folded(named["default"], {}))
    return {n: v[0] for n, v in options.items() if len(v) == 1 and is_known(v[0])}
