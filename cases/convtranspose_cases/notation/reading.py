"""The case that words say."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

from convtranspose_reference.attributes import Attributes
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.resize import MODES, NEAREST_MODES, POLICIES, Resize
from convtranspose_reference.resize.coordinates import COORDINATES
from convtranspose_reference.resize.depth_to_space import SHUFFLES, DepthToSpace

from ..case import CALL, Case, usual_opset
from ..composed import FLAGS, NUMBERS, WORDS
from ..inputs import AFTER, KINDS
from ..special import PREFIX, THEMES
from .spelling import CALL_SUITES, spelled
from .words import OF_A_SHAPE, Words

MOST_BEFORE = 16  # calls that come `after` one another
LONGEST_ID = 20_000  # characters of an id
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


def _shuffle(words: Words) -> dict[str, Any]:
    mode = words.word(SHUFFLES)
    return {"depth_to_space": DepthToSpace(words.integer(), mode=mode)}


_RESIZE = "resize."  # before the fields of a Resize, until all its words are read
_KNOWN = dict(zip(WORDS, (tuple(COORDINATES), NEAREST_MODES, POLICIES), strict=True))
_OF_RESIZE: dict[str, Callable[[Words], dict[str, Any]]] = {
    "resize": _of(f"{_RESIZE}mode", lambda words: words.word(MODES)),
    "scales": _of(f"{_RESIZE}scales", Words.numbers),
    "sizes": _of(f"{_RESIZE}sizes", Words.integers),
    "roi": _of(f"{_RESIZE}roi", Words.numbers),
    **{
        keyword: _of(_RESIZE + name, partial(Words.word, known=_KNOWN[keyword]))
        for keyword, name in WORDS.items()
    },
    **{keyword: _of(_RESIZE + name, Words.number) for keyword, name in NUMBERS.items()},
    **{name: _constant(**{_RESIZE + name: True}) for name in FLAGS},
}
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
    **_OF_RESIZE,
    "shuffle": _shuffle,
    "after": lambda words: {"previous": _read(words, CALL, words.rest())},
    **{kind: _constant(data=kind) for kind in KINDS_OF_DATA},
}


def _read(outer: Words, suite: str, text: str) -> Case:
    words, arguments = Words(outer.id, text), dict[str, Any]()
    while words:
        keyword = words.next_keyword(_PARTS)
        said = _PARTS[keyword](words)
        if said.keys() & arguments.keys():
            raise words.wrong(f"part {keyword!r}", "accepted is each thing once")
        arguments |= said
    if missing := {"x_shape", "w_shape"} - arguments.keys():
        raise words.wrong(
            f"no {' and no '.join(sorted(name[0] for name in missing))}",
            f"needed are x and w, each {OF_A_SHAPE}",
        )
    attributes = Attributes(
        **{f.name: arguments.pop(f.name) for f in fields(Attributes) if f.name in arguments}
    )
    arguments |= _resize(words, arguments)
    if arguments.get("op") != "Conv" and arguments.keys() & {"resize", "depth_to_space"}:
        raise words.wrong("no part 'conv'", "accepted beside resize and shuffle is a convolution")
    arguments.setdefault(
        "opset", usual_opset(arguments.get("dtype", "float32"), arguments.get("resize"))
    )
    case = Case(suite=suite, name="", attributes=attributes, **arguments)
    return replace(case, name=spelled(case))


def _resize(words: Words, found: dict[str, Any]) -> dict[str, Any]:
    """The Resize whose fields were read, which are taken out of what was found."""
    names = [name for name in found if name.startswith(_RESIZE)]
    given = {name.removeprefix(_RESIZE): found.pop(name) for name in names}
    if given and "mode" not in given:
        raise words.wrong("no part 'resize'", f"needed is one, with one of {', '.join(MODES)}")
    return {"resize": Resize(**given)} if given else {}


def parse(case_id: str) -> Case:
    """The case that an id says; its own id is the canonical spelling. Raises NotationError naming
    the part that is none."""
    suite, _, text = case_id.partition("/")
    words = Words(case_id, text)
    if suite not in CALL_SUITES:
        raise words.wrong(f"suite {suite!r}", f"accepted are {', '.join(CALL_SUITES)}")
    if len(text) > LONGEST_ID:
        raise words.wrong(f"{len(text)} characters", f"accepted are at most {LONGEST_ID}")
    if text.split("_").count("after") > MOST_BEFORE:
        raise words.wrong("part 'after'", f"accepted are at most {MOST_BEFORE} calls in a row")
    if strange := re.search("[^A-Za-z0-9_%-]", text):
        raise words.wrong(
            f"{strange[0]!r}",
            "accepted is a call said in full, in letters, digits, - and _ (and % in auto_pad)",
        )
    return _read(words, suite, text)
