"""The plot of section "Accuracy": matplotlib's SVG, rewritten so that the page's own style sheet
colours it.

The page's Content-Security-Policy lets no style attribute through, so that these become
presentation attributes; black becomes the colour of the text around, and each line gets a class.
"""

import io
import re
from collections.abc import Iterator
from math import log10
from xml.etree import ElementTree

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from convtranspose_reports.runs.accuracy import LARGEST_R, Accuracy

COLOURS = 8  # classes line-0 ... line-7 of page.css
_MARKERS = "os^Dv<>P"
# of `Result`: what the axis says, the limit that is drawn, and the range that is shown at least
_FIGURES = {
    "r": ("r: rms error / the model's", LARGEST_R, (0.1, 10.0)),
    "worst": ("largest error / bound", 1.0, (0.01, 10.0)),
}
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LINE = re.compile(r"(?:line|key)-(\d+)")
_REFERENCE = re.compile(r"#([\w-]+)")


def panels(accuracies: list[Accuracy]) -> dict[str, str]:
    """dtype -> SVG: r and error / bound of `dense` against the products of an output, both axes
    logarithmic, one line a backend."""
    backends = list(dict.fromkeys(each.backend for each in accuracies))
    dtypes = dict.fromkeys(each.dtype for each in accuracies if "dense" in each.vector)
    return {
        dtype: _panel(
            dtype,
            [each for each in accuracies if each.dtype == dtype and "dense" in each.vector],
            backends,
        )
        for dtype in dtypes
    }


def _panel(dtype: str, drawn: list[Accuracy], backends: list[str]) -> str:
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": dtype, "font.size": 8.5}):
        figure = Figure(figsize=(3.4, 4.4 + 0.15 * len(drawn)), layout="constrained")
        figure.patch.set_visible(False)
        above, below = figure.subplots(2, 1, sharex=True)
        for axes, name in ((above, "r"), (below, "worst")):
            _draw(axes, name, drawn, backends)
        below.set_xlabel("products an output, n")
        _legend(figure, above)
        svg = io.StringIO()
        figure.savefig(
            svg,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return _for_the_page(svg.getvalue(), dtype, [each.backend for each in drawn])


def _draw(axes: Axes, name: str, drawn: list[Accuracy], backends: list[str]) -> None:
    label, limit, (lowest, highest) = _FIGURES[name]
    axes.patch.set_visible(False)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(0.7, 1.5e5)
    axes.axhline(limit, color="black", linewidth=0.8, linestyle=(0, (4, 3)))
    for each in drawn:
        number = backends.index(each.backend)
        points = [
            (n, value)
            for n, result in each.vector["dense"].items()
            if (value := getattr(result, name))
        ]
        axes.plot(
            *zip(*points, strict=True) if points else ((), ()),
            color="black",
            linewidth=1.2,
            marker=_MARKERS[number % len(_MARKERS)],
            markersize=3.5 + 1.5 * (number % 3),
            fillstyle="none",
            label=each.backend,
            gid=f"line-{number % COLOURS}",
        )
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, lowest), max(high, highest))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(_power))
        axis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(color="black", alpha=0.15, linewidth=0.6)
    axes.set_ylabel(label)


def _power(value: float, _: object = None) -> str:
    exponent = round(log10(value)) if value > 0 else 0
    return (
        f"{10.0**exponent:g}"
        if -1 <= exponent <= 2
        else "10" + str(exponent).translate(_SUPERSCRIPTS)
    )


def _legend(figure: Figure, axes: Axes) -> None:
    lines = [line for line in axes.get_lines() if str(line.get_gid() or "").startswith("line-")]
    legend = figure.legend(handles=lines, loc="outside lower left", frameon=False)
    for handle, line in zip(legend.legend_handles, lines, strict=True):
        if isinstance(handle, Line2D):
            handle.set_gid(str(line.get_gid()).replace("line", "key"))


def _for_the_page(svg: str, dtype: str, backends: list[str]) -> str:
    """The SVG element alone: titled, no style, ids of its own, black as the colour of the page's
    text."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    used = set(_references(root))
    for element in root.iter():
        _restyle(element)
        _rename(element, used, dtype)
    for size in ("width", "height"):
        del root.attrib[size]
    title, desc = f"plot-{dtype}-title", f"plot-{dtype}-desc"
    root.attrib |= {
        "class": "plot",
        "role": "img",
        "aria-labelledby": f"{title} {desc}",
        "stroke-linejoin": "round",
    }
    root.insert(
        0,
        _text(
            "desc",
            desc,
            f"Lines of {', '.join(backends)}. The numbers stand in the table below the plots.",
        ),
    )
    root.insert(
        0,
        _text(
            "title", title, f"{dtype}: r, and largest error over bound, against products an output"
        ),
    )
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _text(tag: str, name: str, content: str) -> ElementTree.Element:
    element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": name})
    element.text = content
    return element


def _references(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == f"{{{_XLINK}}}href" or "url(#" in value:
                yield from _REFERENCE.findall(value)


def _restyle(element: ElementTree.Element) -> None:
    """The style attribute as presentation attributes; of a font only its size, since the page has
    one of its own."""
    for part in element.attrib.pop("style", "").split(";"):
        name, _, value = (word.strip() for word in part.partition(":"))
        if name in ("font", "font-size"):
            element.set("font-size", "".join(re.findall(r"[\d.]+px", value)[:1]))
        elif name and not name.startswith("font-"):
            element.set(name, value)
    for name, value in element.attrib.items():
        if value in ("#000000", "black"):
            element.set(name, "currentColor")


def _rename(element: ElementTree.Element, used: set[str], prefix: str) -> None:
    """Ids that are referred to get a prefix, those of lines become classes, the others go."""
    own = element.attrib.pop("id", "")
    line = _LINE.fullmatch(own)
    if line:
        element.set("class", f"line-{line[1]}")
    elif own in used:
        element.set("id", f"{prefix}-{own}")
    href = element.attrib.pop(f"{{{_XLINK}}}href", "")
    if href:
        element.set("href", f"#{prefix}-{href[1:]}")
    for name, value in element.attrib.items():
        if value.startswith("url(#"):
            element.set(name, f"url(#{prefix}-{value[5:]}")
