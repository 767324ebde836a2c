"""The size of Y in a text's own names, for a call that leaves some of them open."""

from collections.abc import Sequence
from typing import Any

from .signature import Bound
from .written.fold import NameInText


def torch_rule(given: Bound, rank: int, names: Sequence[str]) -> str:
    """By PyTorch's rule. `names`: of kernel, stride, padding, output_padding and dilation. Empty
    where an argument is no size of each axis."""
    parts = [_axes(given.values.get(name), rank) for name in names]
    if any(part is None for part in parts):
        return ""
    axes = list(zip(*(part or [] for part in parts), strict=True))
    return _said([_torch(*axis) for axis in axes])


def keras_rule(given: Bound, rank: int) -> str:
    """By Keras's rule, which is another where it has an output_padding."""
    if given.values["output_padding"] is None:
        return word_rule(given, rank, ("kernel_size", "strides", "padding"), "dilation_rate")
    names, padding = ("strides", "output_padding"), given.values["padding"]
    kernels = _reaches(given.values["kernel_size"], given.values["dilation_rate"], rank)
    strides, extra = (_axes(given.values[name], rank) for name in names)
    if not (kernels and strides and extra and isinstance(padding, str)):
        return ""
    same = padding.lower() == "same"
    axes = zip(kernels, strides, extra, strict=True)
    return _said(
        [f"(input - 1) * {s} + {k}{f' - 2 * ({k} // 2)' * same} + {o}" for k, s, o in axes]
    )


def word_rule(given: Bound, rank: int, names: tuple[str, str, str], dilation: str = "") -> str:
    """By the rule of Keras and JAX, whose padding is a word. `names`: of kernel, strides and
    padding; and of the `dilation` where the layer has one. Empty where the padding is no word, or
    an argument no size of each axis."""
    kernel, stride, padding = (given.values[name] for name in names)
    strides = _axes(1 if stride is None else stride, rank)
    kernels = _reaches(kernel, given.values[dilation] if dilation else 1, rank)
    if not strides or not kernels:
        return ""
    same = _said([f"input * {s}" if s != "1" else "input" for s in strides])
    pairs = zip(strides, kernels, strict=True)
    valid = _said([f"(input - 1) * {s} + max({k}, {s})" for s, k in pairs])
    if isinstance(padding, NameInText):
        name, other = padding.text, valid.removeprefix("Y is ")
        return f'{same} where {name} is "same", and {other} where it is "valid"'
    rules = {"same": same, "valid": valid}
    return rules.get(padding.lower(), "") if isinstance(padding, str) else ""


def pairs_rule(given: Bound, rank: int, names: tuple[str, str, str], dilation: str) -> str:
    """By JAX's rule where the padding is a pair of numbers for each axis, zeros that are put around
    the input, or a name. Names as in word_rule. Empty where it is not, or an argument is no size of
    each."""
    kernel, stride, padding = (given.values[name] for name in names)
    strides = _axes(1 if stride is None else stride, rank)
    kernels = _reaches(kernel, given.values[dilation], rank)
    put = _put_around(padding, rank)
    if not strides or not kernels or not put:
        return ""
    axes = zip(strides, kernels, put, strict=True)
    return _said([f"(input - 1) * {s} + 2 + {around} - {k}" for s, k, around in axes])


def _put_around(padding: Any, rank: int) -> list[str] | None:
    """What each axis gains by them; None where they are no pairs."""
    if isinstance(padding, NameInText):
        return [f"{_text(padding)} at begin and end"] * rank
    if not isinstance(padding, list | tuple) or len(padding) != rank:
        return None
    pairs = [each if isinstance(each, list | tuple) else (each, each) for each in padding]
    if any(len(pair) != 2 for pair in pairs):
        return None
    return [f"{_text(begin)} + {_text(end)}" for begin, end in pairs]


def output_shape_rule(
    output_shape: Any, strides: Sequence[Any], padding: Any, sizes: Sequence[Any] = ()
) -> str:
    """By TensorFlow's functions, which are told the size. `strides`: of the spatial axes; `sizes`:
    what output_shape has for them, where it is written out."""
    steps = list(dict.fromkeys(map(_text, strides)))
    step = steps[0] if len(steps) == 1 else "stride"
    name = output_shape.text if isinstance(output_shape, NameInText) else "output_shape"
    sentence = f"Y is what {name} says"
    if sizes and all(type(size) is int for size in sizes):
        sentence = f"Y is {'x'.join(map(str, sizes))}, as {name} says"
    if isinstance(padding, str) and padding.upper() == "SAME":
        if step == "1":
            return f"{sentence}, which has to be input"
        return f"{sentence}, at most input * {step} and more than (input - 1) * {step}"
    if isinstance(padding, str) and padding.upper() == "VALID":
        return f"{sentence}, which leads back to the input: (Y - kernel) // {step} + 1"
    return sentence


def onnx_rule(given: Bound, rank: int, kernel: Sequence[int] | None) -> str:
    """By ONNX's text, of attributes by their names; `kernel` where W's shape says it. Empty for
    what one formula does not say."""
    values = given.values
    if values["output_shape"] is not None:
        return f"Y is {told_sizes(values['output_shape'])}, as output_shape says"
    word = _text(values["auto_pad"])
    stated = values["kernel_shape"] or NameInText("kernel") if kernel is None else kernel
    names = ("strides", "output_padding", "dilations")
    strides, extra, dilations = (
        _axes(values[name] or default, rank) for name, default in zip(names, (1, 0, 1), strict=True)
    )
    kernels, pads = _axes(stated, rank), _pads(values["pads"], rank)
    if not (kernels and strides and extra and dilations and pads):
        return ""
    if word in ("SAME_UPPER", "SAME_LOWER"):
        return _said([f"input * {s}" for s in strides])
    if word not in ("None", "NOTSET", "VALID"):
        return ""
    axes = zip(kernels, strides, extra, dilations, pads, strict=True)
    return _said(
        [_torch(k, s, "0", o, d) + (cut if word != "VALID" else "") for k, s, o, d, cut in axes]
    )


def _pads(value: Any, rank: int) -> list[str] | None:
    """What each axis loses by them."""
    if value is None:
        return [""] * rank
    if isinstance(value, NameInText):
        return [f" - {_text(value)} at begin and end"] * rank
    if not isinstance(value, list | tuple) or len(value) != 2 * rank:
        return None
    pairs = zip(value[:rank], value[rank:], strict=True)
    whole = [b + e if type(b) is type(e) is int else f"{_text(b)} - {_text(e)}" for b, e in pairs]
    return [f" - {cut}" if cut else "" for cut in whole]


def convolution_rule(given: Bound, rank: int, names: Sequence[str]) -> str:
    """Of a plain convolution by PyTorch's rule. `names`: of kernel, stride, padding and dilation.
    Empty where the padding is a word."""
    parts = [_axes(given.values.get(name), rank) for name in names]
    if any(part is None for part in parts):
        return ""
    axes = list(zip(*(part or [] for part in parts), strict=True))
    return _said([_convolution(*axis) for axis in axes])


def same_or_valid_rule(given: Bound, rank: int, names: Sequence[str]) -> str:
    """Of a plain convolution whose padding is a word, by Keras and TensorFlow. `names`: of kernel,
    strides, padding and dilation; strides and dilation may be those of all axes of a tensor. Empty
    for other paddings."""
    kernel, stride, padding, dilation = (given.values[name] for name in names)
    sizes = (kernel, _spatial(stride, rank), _spatial(dilation, rank))
    kernels, strides, dilations = (_axes(each, rank) for each in sizes)
    if not (kernels and strides and dilations):
        return ""
    same = _said([f"(input + {s} - 1) // {s}" if s != "1" else "input" for s in strides])
    axes = zip(kernels, strides, dilations, strict=True)
    valid = _said([_convolution(k, s, "0", d) for k, s, d in axes])
    if isinstance(padding, NameInText):
        name, other = padding.text, valid.removeprefix("Y is ")
        return f'{same} where {name} is "same", and {other} where it is "valid"'
    rules = {"same": same, "valid": valid, "causal": same}
    return rules.get(padding.lower(), "") if isinstance(padding, str) else ""


def _spatial(value: Any, rank: int) -> Any:
    """Of sizes of all axes of a tensor, N and C too, those between."""
    whole = isinstance(value, list | tuple) and len(value) == rank + 2
    return 1 if value is None else value[1:-1] if whole else value


def _reaches(kernel: Any, dilation: Any, rank: int) -> list[str] | None:
    """The effective kernel of each axis."""
    kernels, dilations = _axes(kernel, rank), _axes(1 if dilation is None else dilation, rank)
    if not kernels or not dilations:
        return None
    pairs = zip(kernels, dilations, strict=True)
    return [k if d == "1" else f"({d} * ({k} - 1) + 1)" for k, d in pairs]


def _axes(value: Any, rank: int) -> list[str] | None:
    each = list(value) if isinstance(value, list | tuple) else [value] * rank
    if len(each) != rank or not all(isinstance(v, NameInText) or type(v) is int for v in each):
        return None
    return [_text(v) for v in each]


def told_sizes(value: Any) -> str:
    """Sizes that a text states, as it states them."""
    several = isinstance(value, list | tuple)
    return f"({', '.join(map(_text, value))})" if several else _text(value)


def _text(value: Any) -> str:
    text = value.text if isinstance(value, NameInText) else str(value)
    return f"({text})" if " " in text and not text.endswith("]") else text


def _torch(kernel: str, stride: str, padding: str, extra: str, dilation: str) -> str:
    reach = kernel if dilation == "1" else f"{dilation} * ({kernel} - 1) + 1"
    natural = f"{stride} * (input - 1) + {reach}" if stride != "1" else f"input - 1 + {reach}"
    twice = str(2 * int(padding)) if padding.isdigit() else f"2 * {padding}"
    cut = "" if padding == "0" else f" - {twice}"
    return natural + cut + ("" if extra == "0" else f" + {extra}")


def _convolution(kernel: str, stride: str, padding: str, dilation: str) -> str:
    reach = kernel if dilation == "1" else f"({dilation} * ({kernel} - 1) + 1)"
    padded = "input" if padding == "0" else f"input + 2 * {padding}"
    return f"{padded} - {reach} + 1" if stride == "1" else f"({padded} - {reach}) // {stride} + 1"


def _said(rules: list[str]) -> str:
    if len(set(rules)) == 1:
        return f"Y is {rules[0]} on {'D1' if len(rules) == 1 else 'each axis'}"
    return "Y is " + ", ".join(f"{rule} on D{n}" for n, rule in enumerate(rules, 1))
