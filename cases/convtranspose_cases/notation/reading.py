"""The case that words say."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from convtranspose_reference.attributes import Attributes
from convtranspose_reference.formats import FORMATS

from ..case import CALL, Case, opset_for
from ..inputs import AFTER, KINDS
from ..special import PREFIX, THEMES
from .spelling import CALL_SUITES, spelled
from .words import OF_A_SHAPE, Words

MOST_BEFORE = 16  # calls that come `after` one another
LONGEST = 20_000  # characters of an id
KINDS_OF_DATA = (
    "integers",
    *(kind for kind in KINDS if kind != "integers"),
    *(PREFIX + theme for theme in THEMES),
    *AFTER,
)
_LISTS = ("strides", "dilations", "pads", "output_padding", "output_shape", "kernel_shape")


def _bias_shape(words: Words) -> dict[str, Any]:
    shape = words.integers()
    if shape and min(shape) < 0:
        raise words.wrong(words.part(shape), "accepted are sizes of B, none below 0")
    return {"bias": True, "bias_shape": shape}


def _opset(words: Words) -> dict[str, Any]:
    if (opset := words.integer()) < 1:
        raise words.wrong(words.part([opset]), "accepted is 1 or more")
    return {"opset": opset}


def _constant(**what: Any) -> Callable[[Words], dict[str, Any]]:
    return lambda words: what


def _of(name: str, take: Callable[[Words], Any]) -> Callable[[Words], dict[str, Any]]:
    return lambda words: {name: take(words)}


_PARTS: dict[str, Callable[[Words], dict[str, Any]]] = {
    "conv": _constant(op="Conv"),
    "x": _of("x_shape", Words.sizes),
    "w": _of("w_shape", Words.sizes),
    "bias": _constant(bias=True),
    "b": _bias_shape,
    "group": _of("group", Words.integer),
    **{name: _of(name, Words.integers) for name in _LISTS},
    "auto_pad": _of("auto_pad", Words.quoted),
    **{name: _constant(dtype=name) for name in FORMATS},
    "opset": _opset,
    "w_input": _constant(initializer=False),
    "after": lambda words: {"previous": _read(words, CALL, words.rest())},
    **{kind: _constant(data=kind) for kind in KINDS_OF_DATA},
}


def _read(outer: Words, suite: str, text: str) -> Case:
    words, found = Words(outer.id, text), dict[str, Any]()
    while words:
        keyword = words.next_keyword(_PARTS)
        said = _PARTS[keyword](words)
        if said.keys() & found.keys():
            raise words.wrong(f"part {keyword!r}", "accepted is each thing once")
        found |= said
    if missing := {"x_shape", "w_shape"} - found.keys():
        raise words.wrong(
            f"no {' and no '.join(sorted(name[0] for name in missing))}",
            f"needed are x and w, each {OF_A_SHAPE}",
        )
    attributes = Attributes(
        **{f.name: found.pop(f.name) for f in fields(Attributes) if f.name in found}
    )
    found.setdefault("opset", opset_for(found.get("dtype", "float32")))
    case = Case(suite=suite, name="", attributes=attributes, **found)
    return replace(case, name=spelled(case))


def parse(case_id: str) -> Case:
    """The case that an id says; its own id is the canonical spelling. Raises NotationError naming
    the part that is none."""
    suite, _, text = case_id.partition("/")
    words = Words(case_id, text)
    if suite not in CALL_SUITES:
        raise words.wrong(f"suite {suite!r}", f"accepted are {', '.join(CALL_SUITES)}")
    if len(text) > LONGEST:
        raise words.wrong(f"{len(text)} characters", f"accepted are at most {LONGEST}")
    if text.split("_").count("after") > MOST_BEFORE:
        raise words.wrong("part 'after'", f"accepted are at most {MOST_BEFORE} calls in a row")
    if strange := re.search("[^A-Za-z0-9_%-]", text):
        raise words.wrong(
            f"{strange[0]!r}",
            "accepted is a call said in full, in letters, digits, - and _ (and % in auto_pad)",
        )
    return _read(words, suite, text)
