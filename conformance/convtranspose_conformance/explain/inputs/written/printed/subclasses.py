"""Classes that are made of a layer: what they hand to it in `super().__init__(...)` is a call of
that layer."""

import re

_CLASS = re.compile(
    r"(?m)^[ \t]*class[ \t]+(?P<name>\w+)[ \t]*\([ \t]*(?P<base>(?:\w+\.)*"
    r"(?:(?:Lazy)?ConvTranspose[123]d|Conv[123]DTranspose))[ \t]*[,)]"
)
_SUPER = re.compile(r"\bsuper\((?:[ \t]*\w+[ \t]*,[ \t]*self[ \t]*)?\)\.__init__(?=\()")


def from_subclasses(text: str) -> str:
    """The text with the layer's own name for what its subclass begins it with."""
    copy, at = "", 0
    classes = list(_CLASS.finditer(text))
    for number, each in enumerate(classes):
        end = classes[number + 1].start() if number + 1 < len(classes) else len(text)
        copy += text[at : each.end()] + _SUPER.sub(each["base"], text[each.end() : end], count=1)
        at = end
    return copy + text[at:]
