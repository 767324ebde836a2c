"""What a backend does instead of the text at a node: found on a small call of the same kind, where
that differs too, and held against the node's own numbers."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from convtranspose_cases import Case
from convtranspose_cases.notation import NotationError, called, require_askable
from convtranspose_reference.attributes import Attributes
from convtranspose_reports import Check, Outcome

from ..diagnosis.candidates import SINGLES, explains, pairs
from ..diagnosis.patterns import pattern_of
from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Explanation
from ..run.asking.one_case import Cause, Interview, accuracy_of, cause_of
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .node_call import NodeCall
from .result import NodeCause

MOST_OF_EACH = 2  # images, groups, channels of each and maps of each in a small call
LARGER = 4  # inputs along an axis beyond the kernel's reach


def explained(node: NodeCall, reply: Reply, interview: Interview) -> NodeCause:
    """Of a failing reply of a node: a rule that gives the node's own numbers, an accuracy class, or
    a pattern. Raises as `Worker.ask` does."""
    if reply.seen.seen is not Seen.RETURNED or reply.check is not Check.OUTPUT:
        return _by_pattern(reply, "")
    data = "dense" if reply.outcome is Outcome.INEXACT else "integers"  # that nothing rounds
    small = _smaller(node.case, data, interview)
    shown = "" if small is None else small.case.id
    cause = None if small is None else cause_of(small)
    if cause is not None and (borne_out := _borne_out(cause, reply)):
        sentence = "; or ".join("; ".join(each.sentences()) for each in borne_out)
        names = tuple(sorted(each.name for each in borne_out))
        return NodeCause(kind=cause.kind, names=names, sentence=sentence, smaller=shown)
    if reply.outcome is Outcome.INEXACT and (name := accuracy_of(reply)):
        sentence = ACCURACY[name][0]
        return NodeCause(kind="explained", names=(name,), sentence=sentence, smaller=shown)
    return _by_pattern(reply, shown)


def _by_pattern(reply: Reply, smaller: str) -> NodeCause:
    """What it looks like; how many values differ is said with them."""
    pattern = pattern_of(reply)
    sentence = pattern.sentence
    if reply.seen.seen is Seen.RETURNED:
        sentence = sentence.partition("; ")[0]
    names = (pattern.cluster,)
    return NodeCause(kind="unexplained", names=names, sentence=sentence, smaller=smaller)


def _borne_out(cause: Cause, reply: Reply) -> list[Explanation]:
    """Those of the explanations of another call that predict this reply's numbers."""
    if cause.kind not in ("explained", "composed"):
        return []
    known = chain(SINGLES, pairs(SINGLES) if cause.kind == "composed" else ())
    return [each for each in known if each.name in cause.names and explains(each, reply)]


def _smaller(case: Case, data: str, interview: Interview) -> Reply | None:
    """The first of the smaller calls, with numbers of that kind, on which the backend differs,
    too."""
    for small in _small_calls(replace(case, data=data)):
        replies = interview.ask(small, (Check.OUTPUT.value,))
        if replies and cause_of(replies[0]) is not None:
            return replies[0]
    return None


def _small_calls(case: Case) -> Iterator[Case]:
    """The call with few channels and few inputs, then with few channels alone."""
    narrow = _narrow(case)
    for small in dict.fromkeys((_short(narrow), narrow)):
        each = called(small)
        try:
            require_askable(each)
        except NotationError:
            continue
        yield each


def _narrow(case: Case) -> Case:
    """Of each group few channels and maps, and few groups and images."""
    if case.is_composed:
        return _narrow_pixels(case)
    group = min(case.group, MOST_OF_EACH)
    channels = group * min(case.channels_per_group, MOST_OF_EACH)
    maps = min(case.maps // case.group, MOST_OF_EACH)
    w = (channels, maps) if case.op == "ConvTranspose" else (group * maps, channels // group)
    given = replace(case.attributes, group=group) if case.group > 1 else case.attributes
    return replace(
        case,
        x_shape=(min(case.x_shape[0], MOST_OF_EACH), channels, *case.x_shape[2:]),
        w_shape=(*w, *case.w_shape[2:]),
        attributes=given,
    )


def _narrow_pixels(case: Case) -> Case:
    """Few channels, of blocks as many as make whole ones."""
    asked = case.depth_to_space
    channels = min(case.x_shape[1], MOST_OF_EACH * (1 if asked is None else asked.blocksize**2))
    grouped = case.attributes.group is not None
    return replace(
        case,
        x_shape=(min(case.x_shape[0], MOST_OF_EACH), channels, *case.x_shape[2:]),
        w_shape=(channels, 1 if grouped else channels, *case.w_shape[2:]),
        attributes=Attributes(group=channels) if grouped else case.attributes,
    )


def _short(case: Case) -> Case:
    """Of each axis as many inputs as show a kernel whole, with the remainder that the stride
    leaves; of pixels, where no size is given, a few."""
    if case.attributes.output_shape is not None or case.refusal() is not None:
        return case
    if case.is_composed:
        spatial = case.x_shape[2:]
        sized = case.resize is not None and case.resize.sizes is not None
        few = spatial if sized else tuple(min(size, LARGER) for size in spatial)
        return replace(case, x_shape=(*case.x_shape[:2], *few))
    sizes = []
    for axis in case.axes:
        beyond = axis.input - (axis.effective_kernel + LARGER)
        sizes.append(axis.input - max(beyond // axis.stride, 0) * axis.stride)
    return replace(case, x_shape=(*case.x_shape[:2], *sizes))
