"""Snippets that `explain` prints, run in interpreters that have their framework alone, give the
reference's numbers.

Run is every snippet of calls chosen by hand, of every fourth ConvTranspose of `core` that is asked
with integers, float16 apart, and of every Conv of `core`.
"""

import html
import re
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.backends.registry import named
from convtranspose_conformance.explain import Subject, codes, explain
from convtranspose_conformance.explain.code.snippet import arrays
from convtranspose_conformance.explain.geometry.evenness import (
    even_nearby,
    is_even,
    is_uneven,
    none_nearby,
    taps_at,
)
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.pages.html import page
from convtranspose_conformance.explain.pages.remedies import resized
from convtranspose_conformance.worker.process import Limits, Worker
from support import ROOT
from support.snippets import EVERYWHERE, answers, expected, fresh_answers


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make("explained", x, k, **given)  # type: ignore[arg-type]


# What one call cannot say in some framework, and what only just fits.
BY_HAND = [
    _case((5, 5), (3, 3), strides=(2, 2)),
    _case((4, 3), (3, 4), strides=(2, 3), auto_pad="SAME_UPPER", c=4, m=6, group=2, bias=True),
    _case((4, 3), (3, 4), strides=(2, 3), auto_pad="SAME_LOWER", c=2, m=3, bias=True),
    _case((4,), (2,), strides=(3,), auto_pad="SAME_UPPER", bias=True, m=2),
    _case((4,), (2,), strides=(4,), auto_pad="SAME_LOWER", bias=True, m=2),
    _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", output_padding=(1,), bias=True),
    _case((4,), (3,), strides=(2,), dilations=(3,), output_padding=(2,), c=2, m=3, bias=True),
    _case(
        (3, 4),
        (2, 2),
        strides=(2, 1),
        dilations=(2, 2),
        pads=(1, 0, 0, 1),
        c=2,
        m=2,
        group=2,
        bias=True,
    ),
    _case((4, 3), (3, 4), strides=(2, 3), output_shape=(8, 9), c=2),
    _case((4, 3), (3, 4), strides=(2, 3), output_shape=(12, 14), bias=True, m=2),
    _case((4,), (3,), strides=(2,), output_shape=(6,), pads=(1, 1)),
    _case((5,), (4,), pads=(3, 0)),
    _case((5,), (4,), strides=(2,), pads=(0, 3)),
    _case(
        (2, 3, 4),
        (3, 2, 3),
        strides=(2, 1, 3),
        output_padding=(1, 0, 2),
        c=4,
        m=2,
        group=2,
        bias=True,
    ),
    _case((2, 3, 2), (2, 3, 2), dilations=(2, 1, 2), auto_pad="SAME_UPPER", m=2),
    _case(
        (2, 3, 2),
        (2, 3, 2),
        strides=(2, 2, 1),
        dilations=(2, 1, 2),
        auto_pad="SAME_LOWER",
        c=2,
        bias=True,
    ),
    _case((2, 2, 2, 2), (2, 1, 2, 1), strides=(2, 1, 1, 3), bias=True, m=2),
    _case((2, 2, 2, 2), (2, 1, 2, 1), pads=(1, 0, 0, 0, 0, 0, 1, 0), c=2),
    _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", opset=1),
    _case((4,), (3,), strides=(2,), dtype="float16", opset=1, m=2, bias=True),
    *(
        _case(
            (4, 3), (3, 2), strides=(2, 1), pads=(1, 0, 0, 1), c=4, m=2, group=2, bias=True, dtype=d
        )
        for d in ("float16", "float64")
    ),
    *(
        _case((4,), (3,), strides=(2,), output_shape=(12,), bias=True, dtype=d)
        for d in ("float16", "float64", "bfloat16")
    ),
    _case((4, 3), (3, 2), strides=(2, 1), c=2, m=2, bias=True, dtype="bfloat16"),
    _case((4,), (3,), dilations=(2,), auto_pad="SAME_UPPER", dtype="float16"),
    _case((4, 3), (3, 2), dilations=(2, 2), pads=(1, 1, 1, 1), dtype="float64"),
    _case((4, 3), (3, 2), strides=(2, 2), dilations=(2, 1), dtype="bfloat16"),
    _case((3,), (2,), n=0, m=2, bias=True),
    _case((1,), (2,), pads=(1, 1), m=2, bias=True),
    _case((5, 4), (3, 3), op="Conv", strides=(2, 1), pads=(1, 1, 1, 1), c=2, m=3),
]
EXACT = [
    c
    for c in suite_cases("core")
    if c.op == "ConvTranspose" and c.dtype != "float16" and c.x_shape[1] < 9 and c.previous is None
]
DRAWN = [c for c in EXACT if c.data == "integers"][::4]
_CONVS = [
    ((7,), (3,), {"strides": (2,), "auto_pad": "SAME_LOWER"}),
    ((7,), (3,), {"dilations": (2,), "pads": (1, 2)}),
    ((7, 6), (3, 2), {"dilations": (2, 3), "pads": (1, 1, 1, 1)}),
    ((7, 6), (3, 2), {"strides": (2, 3), "pads": (1, 0, 1, 1)}),
    ((5, 5, 4), (3, 2, 1), {"dilations": (2, 2, 1), "auto_pad": "SAME_UPPER"}),
    ((5, 5, 4), (3, 2, 1), {"strides": (2, 2, 1), "auto_pad": "SAME_LOWER"}),
]
CONV_BY_HAND = [
    *(
        _case(x, k, op="Conv", dtype=dtype, c=4, m=4, group=2, bias=True, **given)
        for dtype in ("float32", "float16", "float64", "bfloat16")
        for x, k, given in _CONVS
    ),
    *(
        _case((7,), (3,), op="Conv", opset=1, auto_pad=word, strides=(s,))
        for word in ("SAME_UPPER", "SAME_LOWER")
        for s in (1, 2)
    ),
    _case((2, 2, 2, 2), (2, 1, 2, 1), op="Conv", c=2),
]
CONVS = [*CONV_BY_HAND, *(c for c in suite_cases("core") if c.op == "Conv")]
CASES = [*BY_HAND, *DRAWN, *CONVS]
DOCS = ROOT / "docs" / "explain.md"
_ONEDNN_ALONE = re.compile(r"support dilation rates|supports dilated rates|grouped convolutions")


def _snippets() -> list[tuple[Case, str, str, str]]:
    """Case, framework, title and whole script of everything printed."""
    snippets = []
    for case in CASES:
        start = "\n".join(arrays(case))
        snippets += [
            (case, code.framework, code.title, f"{start}\n{code.source}")
            for code in codes(case)
            if code.lines
        ]
    return snippets


def _ran(framework: str) -> list[tuple[Case, str, Any]]:
    chosen = [
        (case, title, source)
        for case, its_framework, title, source in _snippets()
        if its_framework == framework
    ]
    return [
        (case, title, said)
        for (case, title, _), said in zip(
            chosen, answers([source for *_, source in chosen]), strict=True
        )
    ]


@cache
def _taken_by_onednn() -> list[str]:
    """The dtypes that TensorFlow hands to oneDNN on this processor, where oneDNN is on."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in EVERYWHERE.items():
            environment.setenv(name, value)
        with Worker(named("tensorflow-cpu"), Limits()) as worker:
            worker.start()
            return worker.kernels["onednn"].split()


def _is_for_onednn(framework: str, dtype: str, said: str) -> bool:
    """Is it TensorFlow's own refusal of dilations or groups in a dtype for which oneDNN has no
    kernel here, though it has one on other processors?"""
    refused = framework == "tensorflow" and _ONEDNN_ALONE.search(said) is not None
    return refused and dtype not in _taken_by_onednn()


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "onnxruntime", "numpy"])
def test_printed_snippets_give_the_references_numbers(
    framework: str,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    snippets = _ran(framework)
    wrong = [
        f"{case.name} {title}: {str(said)[-300:]}"
        for case, title, said in snippets
        if said != expected(case) and not _is_for_onednn(framework, case.dtype, str(said))
    ]
    assert wrong == []
    record_property("snippets", len(snippets))
    with capsys.disabled():
        print(f"\n{framework}: {len(snippets)} printed snippets run")
    assert (
        len(snippets)
        >= {"torch": 300, "tensorflow": 300, "onnxruntime": 150, "numpy": 4}[framework]
    )


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "onnxruntime"])
def test_an_interpreter_started_for_a_snippet_says_what_a_forked_one_says(framework: str) -> None:
    chosen = [(case, source) for case, its, _, source in _snippets() if its == framework][:3]
    said = fresh_answers([source for _, source in chosen])
    assert said == [expected(case) for case, _ in chosen]
    assert said == answers([source for _, source in chosen])


def test_the_docs_say_how_many() -> None:
    said = re.search(
        r"runs ([\d,]+)\s+such snippets of\s+([\d,]+) configurations",
        DOCS.read_text(encoding="utf-8"),
    )
    assert said is not None
    assert [int(number.replace(",", "")) for number in said.groups()] == [
        len(_snippets()),
        len(CASES),
    ]


def test_a_conv_is_without_code_only_beyond_three_axes() -> None:
    assert [
        (c.name, code.title) for c in CONVS for code in codes(c) if not code.lines and c.rank < 4
    ] == []


@pytest.mark.parametrize("case", suite_cases("core")[::5], ids=lambda case: case.name)
def test_the_even_neighbour_is_even_and_as_large(case: Case) -> None:
    if case.op == "Conv":
        return
    other = even_nearby(case)
    assert (other is None) == (not is_uneven(case) or bool(none_nearby(case)))
    if other is not None:
        assert all(is_even(axis) for axis in other.axes)
        assert other.y_shape() == case.y_shape()
        assert all(
            b.kernel - a.kernel <= a.stride for a, b in zip(case.axes, other.axes, strict=True)
        )


def test_a_kernel_that_would_only_fill_zeros_is_not_suggested() -> None:
    far = _case((5, 5), (3, 3), strides=(2, 2), output_shape=(17, 11))
    assert even_nearby(far) is None
    text = " ".join(explain(Subject(case=far)).split())
    assert (
        "no nearby configuration is even: on D1 all products reach 11 outputs, and to fill 17 of "
        "them kernel 3 would become 8" in text
    )
    assert "even, with the same output size" not in text
    assert "or without overlap" in text
    assert "No nearby configuration is even: on D1" in page([(Subject(case=far), None)])
    near = _case((5, 5), (3, 3), strides=(2, 2), output_shape=(12, 11))
    assert "even, with the same output size: kernel [4, 4]" in explain(Subject(case=near))
    assert none_nearby(near) == ""


def test_a_resize_and_a_conv_have_the_size_of_y() -> None:
    (asked,) = subjects(
        "torch.nn.ConvTranspose2d(in_channels=6, out_channels=4, kernel_size=(3,5), stride=(2,3), "
        "padding=(1,2), output_padding=(1,2), "
        "groups=2, dilation=2)",
        (2, 6, 7, 9),
    )
    cases = [asked.case, *(case for case in BY_HAND if case.op == "ConvTranspose")]
    printed = [
        (case, f"{it.arrays}\n{it.codes[0].source}") for case in cases if (it := resized(case))
    ]
    found = answers([source for _, source in printed])
    assert [said[1] for said in found] == [list(case.y_shape()) for case, _ in printed]
    assert found[0][1] == [2, 4, 16, 31]
    assert "dilation=(2, 2)" in printed[0][1]
    assert len(printed) > 20


def test_a_resize_in_place_of_an_uneven_call_is_the_same_in_text_and_on_the_page() -> None:
    uneven = [case for case in BY_HAND if case.op == "ConvTranspose" and is_uneven(case)]
    with_one = [case for case in uneven if resized(case)]
    assert len(with_one) > 5
    for case in uneven:
        text, remedy = explain(Subject(case=case)), resized(case)
        assert ("or without overlap" in text) == (remedy is not None)
        for code in [] if remedy is None else [f"{remedy.arrays}\n\n{remedy.codes[0].source}"]:
            assert textwrap.indent(code, "    ") in text
        shown = html.unescape(page([(Subject(case=case), None)]))
        for code in () if remedy is None else remedy.codes:
            assert code.source in shown


def test_taps_are_counted_one_by_one() -> None:
    for axis in {axis for case in EXACT for axis in case.axes}:
        counted = [
            sum(t * axis.dilation % axis.stride == phase for t in range(axis.kernel))
            for phase in range(axis.stride)
        ]
        assert [taps_at(axis, phase) for phase in range(axis.stride)] == counted
        assert is_even(axis) == (len(set(counted)) == 1)
