"""The sizes of an input as the prose, comments and printed values of a text say them: `on 1x16x7x7
input`, `x of shape (1, 16, 7, 7)`, `# input torch.Size([1, 16, 7, 7])`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ...subject import Subject
from .outputs import channels_last

Sizes = tuple[int | None, ...]
FURTHEST = 60  # characters from a word to the sizes that it speaks of
MOST = 20

_SIZES = re.compile(
    r"(?<![\w.])(?:(?:\d{1,9}|[NnBb?])(?:\s?[x×*]\s?\d{1,9}){1,4}"
    r"|[\[(] ?(?:\d{1,9}|None|[NnBb?])(?:, ?\d{1,9}){2,4},? ?[\])])(?!\w)"
)
_INPUT = r"inputs?|on|given|x|X|images?|features?|feature maps?|fed|feed|takes?|from|tensor"
_OTHER = (
    r"out\w*|y|Y|results?|returns?|gives?|yields?|makes?|becomes?|to|expect\w*|target|weights?|w|W"
    r"|kernels?|filters?|strides?|padding|pads?|dilations?"
)
_WORDS = re.compile(
    rf"(?<![\w.])(?:(?P<input>{_INPUT}|input[_ ](?:shape|size))|{_OTHER})(?!\w)|->|=>|→"
)
_BEHIND = re.compile(r"""\s*(?:->|=>|→)|[\s"'`-]{0,3}(?:inputs?|images?|features?|tensor)\b""")
# `7x7 kernel`, and neither `7x7, kernel` nor `7x7 kernel 3`
_KERNEL = re.compile(
    r"[\s-]{0,3}(?:kernel|filter|stride|pool|window)(?!\w*(?:[_ ](?:size|shape))?[\s:=]{0,3}\d)"
)
_ARROW = re.compile(r"->|=>|→|to|into")
_OF_ALL_AXES = ("x", "X", "given", "tensor", "fed", "feed")  # of `x 2x2` they say nothing


def said_of_input(text: str) -> list[Sizes]:
    """The sizes that a text says of an input, None for a batch that stays open; each once."""
    found = [sizes for sizes, _ in zip(_said(text), range(MOST), strict=False)]
    return list(dict.fromkeys(found))


def said_of_output(text: str) -> list[Sizes]:
    """The sizes that stand behind an arrow from others: `(N, 64, 8, 8) -> (N, 32, 16, 16)`."""
    pairs = pairwise(_SIZES.finditer(text))
    return [
        _numbers(to[0]) for of, to in pairs if _ARROW.fullmatch(text[of.end() : to.start()].strip())
    ]


def makes(sizes: Sizes, subject: Subject) -> bool:
    """Are they sizes of the layer's output, as far as they are said, with the channels in front or
    behind, and with a batch or without one?"""
    y = subject.case.y_shape()
    orders = (y, (y[0], *y[2:], y[1]), y[1:], (*y[2:], y[1]), y[2:])
    return any(
        len(order) == len(sizes)
        and all(s in (None, own) for s, own in zip(sizes, order, strict=True))
        for order in orders
    )


def in_own_order(sizes: Sizes, subject: Subject) -> Sizes:
    """As the layer's framework has them: a text may have the channels first where that has them
    last, and may leave out the batch."""
    if not channels_last(subject):
        return sizes
    shape = subject.case.x_shape
    if sizes[:2] == (None, None):
        return (None, *sizes[2:], None)
    if len(sizes) == len(shape) - 1:
        sizes = (None, *sizes)
    first = "C" not in subject.assumed and sizes[-1] != shape[1] == sizes[1]
    return (sizes[0], *sizes[2:], sizes[1]) if first else sizes


def _said(text: str) -> Iterator[Sizes]:
    end = 0
    for match in _SIZES.finditer(text):
        before = text[max(end, match.start() - FURTHEST) : match.start()]
        words = [word["input"] for word in _WORDS.finditer(before)]
        end = match.end()
        sizes = _numbers(match[0])
        named = bool(words and words[-1]) and not _KERNEL.match(text, end)
        alone = sizes[:2] == (None, None) and words and words[-1] in _OF_ALL_AXES
        if (named and not alone) or _BEHIND.match(text, end):
            yield sizes


def _numbers(text: str) -> Sizes:
    """Three or more as they stand, two as those of the spatial axes."""
    parts = re.findall(r"\d+|[A-Za-z?]+", re.sub(r"\s?[x×*]\s?", ",", text))
    sizes = tuple(int(each) if each.isdecimal() else None for each in parts)
    return (None, None, *sizes) if len(sizes) == 2 else sizes
