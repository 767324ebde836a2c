"""The calls of a text, each read by its framework's own rule with what the text says beside it."""

import ast
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from convtranspose_reference.attributes import InvalidInput, Shape

from ..asked import NamesOpen
from ..signature import Written
from ..spellings.known import read_call
from ..subject import Subject, Unreadable
from .aliases import aliases_in, partials_in
from .arguments import written_at
from .context import context_of
from .find import Fragment, fragments, is_known
from .fold import dotted
from .listing import call_of
from .place import Place
from .possible import possible
from .sizes.outputs import Outputs
from .sizes.said import Sizes, in_own_order, makes, said_of_input, said_of_output
from .sizes.ways import way_to

_OF_OTHER_AXES = "the text speaks of an input of {}, whose axes are not those of this layer"
_NOT_TAKEN = "the text speaks of an input of {}, whose channels are not those of this layer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInText:
    """A call of the text with its `function`'s name and `line`: its `subject`, or the `error` that
    says why there is none; neither for a name that is not known. `aside`: in a comment."""

    function: str
    line: int
    subject: Subject | None = None
    error: Unreadable | None = None
    aside: bool = False


def calls_in(
    text: str, x: Shape | None, w: Shape | None, dtype: str | None, names: Mapping[str, Any]
) -> Iterator[CallInText]:
    """Every call by a name that may be known. `x`, `w`, `dtype` go before what the text says, as
    `names` do. Raises Unreadable for too many calls."""
    context = context_of(text, names)
    occurrences = list(fragments(text, aliases_in(text, context.module)))
    occurrences = occurrences or [
        Fragment(node=call, after=(), line=call.lineno, target="", aside=False)
        for call in partials_in(context.module)
        if is_known(dotted(call.func))
    ]
    outputs = Outputs(context=context, lines=text.split("\n") if len(occurrences) > 1 else ())
    if not occurrences and (listed := call_of(text)):
        yield from calls_in(listed, x, w, dtype, names)
    for fragment in occurrences:
        if not isinstance(fragment, Fragment):
            line, wrong = fragment
            if wrong:
                error = Unreadable(f"{wrong}; accepted is a whole call")
                yield CallInText(function=wrong.partition("(")[0], line=line, error=error)
            continue
        for call in _read(fragment, text, outputs, (x, w, dtype), names):
            if call.subject:
                outputs.add(fragment.line, ast.unparse(fragment.node), call.subject)
            yield call


def _read(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    names: Mapping[str, Any],
) -> list[CallInText]:
    """A call, as often as loops around it make it, and as the text's own calls of the function
    around it have what it names; where there are none, by that function's defaults."""
    context = outputs.context
    here = _each(fragment, text, outputs, given, context.places(fragment.line, names))
    read = _each(fragment, text, outputs, given, context.places_handed(fragment.line, names))
    open_ = [call for call in read if isinstance(call.error, NamesOpen)]
    with_subject = [call for call in read if call.subject]
    whole = [call for call in with_subject if not _leaves_channels(call)]
    if any(isinstance(call.error, NamesOpen) or _leaves_channels(call) for call in here):
        asked = any(call.error for call in here)
        if with_subject and (whole or asked):
            return [*with_subject, *open_]
    elif _cases(whole) == _cases(here):
        return [*here, *open_]
    elif with_subject:
        return [*with_subject, *open_]
    defaults = context.by_default(fragment.line, fragment.node, names)
    said = ", ".join(f"{name} = {value!r}" for name, value in defaults.items())
    why = f"by the function's own default{'s' * (len(defaults) > 1)} {said}" if said else ""
    why += "; the text's own calls hand it what is not known here" if said and read else ""
    return [_noted(call, why) for call in here]


def _cases(calls: list[CallInText]) -> set[object]:
    return {call.subject.case for call in calls if call.subject}


def _noted(call: CallInText, note: str) -> CallInText:
    if not note or call.subject is None:
        return call
    return replace(call, subject=replace(call.subject, notes=(*call.subject.notes, note)))


def _leaves_channels(call: CallInText) -> bool:
    """Do names stand for channels or groups that the text leaves open?"""
    open_ = call.subject.assumed & {"C", "M", "group"} if call.subject else frozenset()
    notes = call.subject.notes if call.subject else ()
    return bool(open_) and any(note.startswith("the text leaves ") for note in notes)


def _each(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    places: list[Place],
) -> list[CallInText]:
    """Those of the places that differ, each with how often it is made."""
    calls: dict[object, CallInText] = {}
    counts: Counter[object] = Counter()
    for place in places:
        call = _at(fragment, text, outputs, given, place)
        case = call.subject.case if call.subject else str(call.error)
        calls.setdefault(case, call)
        counts[case] += place.times
    return [_made(call, counts[case]) for case, call in calls.items()]


def _made(call: CallInText, times: int) -> CallInText:
    if call.subject is None or times == 1:
        return call
    call = replace(call, subject=replace(call.subject, times=times))
    return _noted(call, f"the text makes this call {times} times, alike each time")


def _at(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    place: Place,
) -> CallInText:
    function = dotted(fragment.node.func)
    read = CallInText(function=function, line=fragment.line, aside=fragment.aside)
    try:
        written = written_at(fragment, outputs, place)
        subject = read_call(written, text, *given)
        if subject is not None and "x" in subject.assumed:
            sizes = said_of_input(
                outputs.lines[fragment.line - 1] if outputs.lines else outputs.prose(text)
            )
            subject = _on_said(subject, written, text, given, sizes)
        if subject is not None:
            prose = outputs.lines[fragment.line - 1] if outputs.lines else outputs.prose(text)
            notes = (*_beside(written, place), *_not_made(subject, prose), *_instead(fragment))
            subject = replace(subject, notes=(*subject.notes, *notes))
        return replace(read, subject=subject)
    except NamesOpen as asked:
        again = partial(_holds, fragment, text, outputs, given, place, asked)
        return replace(read, error=possible(asked, again))
    except Unreadable as error:
        return replace(read, error=error)
    except InvalidInput as refused:
        return replace(read, error=Unreadable(f"{function}: {refused}"))
    except RecursionError:
        deep = f"{function}(...) is nested too deep; accepted is a plainer call"
        return replace(read, error=Unreadable(deep))


def _on_said(
    subject: Subject,
    written: Written,
    text: str,
    given: tuple[Shape | None, Shape | None, str | None],
    said: list[Sizes],
) -> Subject:
    """On the input that the text speaks of, where it is one of this layer, and no two are; a note
    tells of one with other channels."""
    subjects: dict[Shape, Subject] = {}
    for sizes in said:
        x = in_own_order(sizes, subject)
        with contextlib.suppress(Unreadable):
            again = read_call(replace(written, x=x), text, *given)
            if again is not None and "x" not in again.assumed:
                subjects[again.case.x_shape] = again
    if len(subjects) == 1:
        return next(iter(subjects.values()))
    other = [sizes for sizes in said if not subjects]
    channels = [sizes for sizes in other if len(sizes) == len(subject.case.x_shape)]
    notes = [_NOT_TAKEN.format(_text(sizes)) for sizes in channels[:1]]
    notes += [_OF_OTHER_AXES.format(_text(sizes)) for sizes in ([] if channels else other[:1])]
    return replace(subject, notes=(*subject.notes, *notes))


def _not_made(subject: Subject, prose: str) -> Iterator[str]:
    """What is to be known where the text speaks of an output that the layer does not make of the
    input that it speaks of."""
    said = [] if "x" in subject.assumed or subject.case.refusal() else said_of_output(prose)
    if len(said) == 1 and not makes(said[0], subject):
        way = way_to(said[0], subject)
        yield (
            f"the text speaks of an output of {_text(said[0])}, which this layer does not make"
            + f"; {way} would" * bool(way)
        )


def _text(sizes: Sizes) -> str:
    return ", ".join("?" if size is None else str(size) for size in sizes)


def _holds(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    place: Place,
    asked: NamesOpen,
    names: Mapping[str, Any],
) -> bool:
    """Is it a call under these names, and the usual weights?"""
    x, w, dtype = given
    w = asked.weights.usual if asked.weights else w
    there = place.with_given(names)
    try:
        subject = read_call(written_at(fragment, outputs, there), text, x, w, dtype)
        return subject is not None and min(subject.case.y_shape()) > 0
    except (Unreadable, InvalidInput):
        return False


def _instead(fragment: Fragment) -> Iterator[str]:
    """What the text makes in its place where a condition says so."""
    if fragment.others:
        own, others = dotted(fragment.node.func), " or ".join(fragment.others)
        yield f"the text makes {own} or {others} here, as a condition says: this is {own}"


def _beside(written: Written, place: Place) -> Iterator[str]:
    """What is to be known of a call that could be read: how the text makes it, and what it leaves
    to stars."""
    if place.said:
        yield f"the text makes it with {place.said}"
    stars = [f"{'*' * count}{star}" for count, star in enumerate(written.stars, 1) if star]
    if stars:
        yield f"what {' and '.join(stars)} may say beside is not known, and is left aside"
