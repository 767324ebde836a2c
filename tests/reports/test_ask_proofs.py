"""The page computes as Python does: sizes, begins, conditions and predictions of the same calls."""

import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_conformance.ask.knowledge import knowledge
from convtranspose_conformance.ask.section import SCRIPTS, script
from convtranspose_conformance.prediction.kernels import ELSEWHERE, kernels_here
from convtranspose_conformance.prediction.predict import PREDICTED, predictions
from convtranspose_conformance.prediction.sentences import sentence
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_conformance.rules.faults.composed import RESIZE, SHUFFLE
from convtranspose_conformance.rules.predicate import Predicate, PredicateError
from convtranspose_conformance.verdict.deviation_files import declared_of
from convtranspose_reference import InvalidInput
from convtranspose_reference.artifacts import taps_at
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.readings import READINGS, rules_for
from support.snippets import answers, expected

EXACT = 2**53  # numbers beyond it are not exact in a browser
CALLS = SCRIPTS[: SCRIPTS.index("call/sentences.js") + 1]


@pytest.fixture(scope="module")
def browser(chromium):
    """A page that holds the scripts and nothing else."""
    page = chromium.new_page()
    names = (*CALLS, "reading/layer.js", "call/code.js")
    page.add_script_tag(content="\n".join(script(name).read_text() for name in names))
    yield page
    page.close()


def call(case: Case) -> dict[str, object]:
    """A case as the scripts have it."""
    given = case.attributes.given()
    return {
        "x": case.x_shape,
        "w": case.w_shape,
        "b": case.b_shape,
        "attributes": {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()},
        "opset": case.opset,
        "dtype": case.dtype,
        "data": case.data,
        "initializer": case.initializer,
    }


def exact(case: Case) -> bool:
    numbers = [*case.x_shape, *case.w_shape, *(case.b_shape or ()), case.attributes.group or 1]
    lists = [v for v in case.attributes.given().values() if isinstance(v, tuple)]
    return all(abs(number) < EXACT for number in [*numbers, *(n for each in lists for n in each)])


def transposed(suite: str) -> list[Case]:
    return [
        case
        for case in suite_cases(suite)
        if case.op == "ConvTranspose" and not case.data.startswith("special") and exact(case)
    ]


def sampled(config: pytest.Config, cases: list[Case], every: int) -> list[Case]:
    return cases if config.getoption("--all-cases") else cases[::every]


def landing(case: Case, readings: list[str]) -> str:
    try:
        found = case.geometry(rules_for(readings))
    except InvalidInput as refused:
        return str(refused)
    return f"{list(found.begins)} {list(found.ends)} {list(found.y_shape)}"


LAND = """([calls, readings]) => calls.map((call) => readings.map((names) => {
  const listed = (numbers) => "[" + numbers.join(", ") + "]";
  try {
    const found = placed(call, rulesFor(names));
    return [found.begins, found.ends, found.y].map(listed).join(" ");
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    return refused.message;
  }
}))"""
# every reading alone, and what declarations put together
TOGETHER = (
    ["C:zeros_at_end", "J:zeros_at_end"],
    ["B:input_times_stride", "D:output_padding_adds_size", "C:clamped"],
    ["F:extra_at_end", "E:truncated", "A:inverted_everywhere"],
    ["J:zeros_at_end", "J:refused", "K:below_stride"],
)


@pytest.mark.parametrize(
    ("suite", "every"), [("core", 1), ("invalid", 1), ("exhaustive-1d", 61), ("seeds", 1)]
)
def test_sizes_and_begins_are_those_of_the_reference(browser, pytestconfig, suite, every):
    cases = sampled(pytestconfig, transposed(suite), every)
    assert cases
    placing = [name for name, each in READINGS.items() if "Resize" not in CLAUSES[each.clause].of]
    readings = [[], *([name] for name in placing), *TOGETHER]
    for at in range(0, len(cases), 2000):
        some = cases[at : at + 2000]
        told = browser.evaluate(LAND, [[call(case) for case in some], readings])
        for case, landed in zip(some, told, strict=True):
            for names, there in zip(readings, landed, strict=True):
                assert there == landing(case, names), (case.id, names)


MEET = """(axes) => axes.map(
  ([kernel, stride, dilation]) => tapsMeeting({ kernel, stride, dilation })
)"""


@pytest.mark.parametrize("stride", range(1, 9))
def test_taps_meet_as_the_reference_counts_them(browser, stride):
    axes = [(kernel, stride, dilation) for kernel in range(1, 14) for dilation in range(1, 9)]
    told = browser.evaluate(MEET, axes)
    for (kernel, _, dilation), there in zip(axes, told, strict=True):
        case = Case(
            suite="",
            name="",
            x_shape=(1, 1, 9),
            w_shape=(1, 1, kernel),
            attributes=Attributes(strides=(stride,), dilations=(dilation,)),
        )
        (axis,) = case.geometry().axes
        each = [taps_at(axis, phase) for phase in range(stride)]
        assert there == {"least": min(each), "greatest": max(each)}, (kernel, stride, dilation)


HOLD = """([calls, conditions, machine]) => calls.map((call) => {
  const names = factsOf(call, machine);
  return conditions.map((when) => {
    try { return isTrue(evaluated(when, names)); } catch (error) { return null; }
  });
})"""


def held_by(when: Predicate, case: Case) -> bool | None:
    """None where it cannot be worked out, as the largest of no numbers."""
    try:
        return when(case)
    except PredicateError:
        return None


def test_every_condition_of_a_declaration_holds_where_it_does_in_python(browser, pytestconfig):
    cases = [*sampled(pytestconfig, transposed("core"), 9), *transposed("invalid")]
    calls = [call(case) for case in cases]
    for entry in PREDICTED:
        declared = declared_of(entry.name, ("output", "output_shape", "rejection"))
        if not declared:
            continue
        for kernels in ELSEWHERE:
            known = knowledge({entry.name: kernels})["backends"]
            own = next(each for each in known if each["name"] == entry.name)
            conditions = [each["when"] for each in own["declared"]]
            told = browser.evaluate(HOLD, [calls, conditions, own["machines"][0]])
            there = [each.told(kernels) for each in declared]
            for case, held in zip(cases, told, strict=True):
                assert held == [held_by(each.when, case) for each in there], (entry.name, case.id)


SAY = """([calls, knowledge]) => calls.map((call) => knowledge.backends.map((backend) =>
  sentenceOf(predicted(backend, call, knowledge), knowledge)))"""


@pytest.mark.parametrize(("suite", "every"), [("core", 9), ("invalid", 3), ("gradients", 12)])
def test_what_backends_do_is_what_python_predicts(browser, pytestconfig, suite, every):
    cases = sampled(pytestconfig, transposed(suite), every)
    known = knowledge({entry.name: kernels_here(entry) for entry in PREDICTED})
    told = browser.evaluate(SAY, [[call(case) for case in cases], known])
    for case, said in zip(cases, told, strict=True):
        assert said == [sentence(each) for each in predictions(case)], case.id


def test_every_declared_fault_is_one_that_the_page_knows(browser):
    """A fault that moves sizes has to be in the scripts, too."""
    named = {
        name
        for entry in PREDICTED
        for each in declared_of(entry.name, ("output", "output_shape"))
        if each.explanation
        for name in each.explanation.faults
    }
    moving = {
        name
        for name in named
        if name not in FAULTS
        or FAULTS[name].shape
        or FAULTS[name].rules
        or FAULTS[name].geometry
        or FAULTS[name].case
    }
    known = set(browser.evaluate("Object.keys({ ...SHAPE_FAULTS, ...CALL_FAULTS })"))
    # of Conv alone, which the page is not asked
    of_conv = {"empty_batch_keeps_input_sizes", *(fault.name for fault in (*RESIZE, *SHUFFLE))}
    assert moving - of_conv == known


WRAPPED = {
    "PyTorch": ("import torch\nX, W = map(torch.from_numpy, (X, W))\n{bias}", "Y = Y.numpy()"),
    "TensorFlow": ("", "Y = Y.numpy()"),
    "ONNX": (
        "",
        """
import onnxruntime, numpy as np
from onnx import helper, numpy_helper
tensors = [numpy_helper.from_array(W, "W")]
if "B" in globals():
    tensors.append(numpy_helper.from_array(B, "B"))
    tensors.append(numpy_helper.from_array(B.reshape(-1, *[1] * (X.ndim - 2)), "B_"))
if "amounts" in globals():
    tensors.append(amounts)
x = helper.make_tensor_value_info("X", TensorProto.FLOAT, X.shape)
y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None] * X.ndim)
graph = helper.make_graph(nodes, "g", [x], [y], tensors)
opset_imports = [helper.make_opsetid("", 13)]
model = helper.make_model(graph, opset_imports=opset_imports, ir_version=8).SerializeToString()
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
(Y,) = session.run(["Y"], {"X": X})
""",
    ),
}


def test_code_to_copy_computes_what_the_text_asks_for(browser, tmp_path):
    from convtranspose_conformance.explain.code.snippet import arrays

    cases = [
        case
        for case in transposed("core")[::23]
        if case.dtype == "float32"
        and 0 not in (*case.x_shape, *case.w_shape, *case.y_shape())
        and case.data == "integers"
        and case.rank < 4
    ]
    snippets = browser.evaluate("(calls) => calls.map(codesOf)", [call(case) for case in cases])
    sources, wanted = [], []
    for case, codes in zip(cases, snippets, strict=True):
        for title, code in codes:
            before, after = WRAPPED[title]
            bias = "B = torch.from_numpy(B)" if case.bias else ""
            lines = [*arrays(case), before.format(bias=bias), *code["lines"], after]
            sources.append("\n".join(lines))
            wanted.append((case, title))
    assert len(sources) > 60
    for source, (case, title), found in zip(
        sources, wanted, answers(sources, tmp_path), strict=True
    ):
        assert found == expected(case), f"{case.id}, {title}\n{source}\n{found}"
