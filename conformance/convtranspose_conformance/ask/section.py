"""The section of the page in which a reader asks."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from convtranspose_reference.attributes import AUTO_PADS
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import SECTIONS, Section, View

from ..clauses.section import CLAUSES_SECTION
from ..gallery.section import GALLERY
from .knowledge import Plain, knowledge

# of these each may use what stands before it
SCRIPTS = (
    "call/geometry.js",
    "call/predicate.js",
    "call/facts.js",
    "call/sayable.js",
    "call/prediction.js",
    "call/sentences.js",
    "reading/spelling.js",
    "reading/layer.js",
    "reading/libtorch.js",
    "reading/jax.js",
    "call/drawing.js",
    "call/code.js",
    "call/nearest.js",
    "questions/clauses.js",
    "reading/words.js",
    "reading/sizes.js",
    "questions/about.js",
    "questions/lead.js",
    "questions/ask.js",
)
# what a link says -> the question in words that it asks
EXAMPLES = {
    "SAME_UPPER in ONNX Runtime": "does ONNX Runtime handle SAME_UPPER with stride 4 kernel 2?",
    "output_padding in TensorFlow": "how do I write output_padding in TensorFlow?",
    "float16 sums": "does float16 accumulate in float32?",
    "what changed": "what changed since the last version?",
    "who agrees on dilations with groups": "which of torch, tensorflow and onnxruntime agree on "
    "dilations with groups?",
}
BEHIND_THE_GALLERY = "coverage"


def _here(*names: str) -> Path:
    return Path(str(resources.files(__package__).joinpath(*names)))


def script(name: str) -> Path:
    """Where one of the section's scripts is, of those in SCRIPTS."""
    return _here("script", *name.split("/"))


def _ask(view: View) -> Plain:
    lines = {line.name: line for line in view.run.header.backends}
    known = knowledge({name: line.kernels for name, line in lines.items() if line.kernels})
    for backend in known["backends"]:
        line = lines.get(backend["name"])
        backend["ran"] = line.version if line is not None and line.was_asked else ""
    return {
        "knowledge": known,
        "auto_pads": AUTO_PADS,
        "dtypes": [*FORMATS],
        "examples": EXAMPLES,
    }


ASK = Section(
    id="ask",
    title="Ask",
    template=_here("templates", "_ask.html.j2"),
    given=_ask,
    scripts=tuple(map(script, SCRIPTS)),
    styles=(_here("style", "ask.css"),),
)


def _sections() -> Iterator[Section]:
    yield ASK
    for each in SECTIONS:
        if each.id == BEHIND_THE_GALLERY:
            yield GALLERY
        yield CLAUSES_SECTION if each.id == CLAUSES_SECTION.id else each


PAGE = tuple(_sections())
"""The sections of the page of a run, in order."""
