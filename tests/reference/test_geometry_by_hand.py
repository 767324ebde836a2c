"""Every reading on one concrete axis, worked out by hand from docs/clauses.md: (begin, end, size),
or the clause that refuses."""

import re
from typing import Any

import pytest

from convtranspose_cases import suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_reference import InvalidInput
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_geometry
from convtranspose_reference.geometry import geometry
from convtranspose_reference.readings import READINGS, rules_for


def _placed(readings: str, i: int, k: int, opset: int, given: dict[str, Any]) -> Any:
    lists = {
        name: value if name in ("auto_pad", "pads") else [value] for name, value in given.items()
    }
    try:
        placed = geometry(
            (1, 1, i),
            (1, 1, k),
            Attributes.of(**lists),
            rules=rules_for(readings.split()),
            opset=opset,
        )
    except InvalidInput as error:
        return error.clause
    return placed.begins[0], placed.ends[0], placed.spatial[0]


UP, LOW = {"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"}
S2, S3, S5 = {"strides": 2}, {"strides": 3}, {"strides": 5}

# readings, input, kernel, opset, attributes -> (begin, end, size) or the refusing clause
BY_HAND: list[tuple[str, int, int, int, dict[str, Any], Any]] = [
    # No padding: natural = s(i-1) + op + (k-1)d + 1
    ("", 4, 3, 11, {}, (0, 0, 6)),
    ("", 4, 3, 11, S2, (0, 0, 9)),
    ("", 4, 3, 11, S2 | {"output_padding": 1}, (0, 0, 10)),
    ("", 4, 3, 11, {"dilations": 2}, (0, 0, 8)),
    ("", 4, 3, 11, S3 | {"dilations": 2, "output_padding": 2}, (0, 0, 16)),
    ("", 4, 3, 11, S2 | {"pads": (1, 2)}, (1, 2, 6)),
    ("", 4, 3, 11, S2 | {"auto_pad": "VALID"}, (0, 0, 9)),
    # SAME: in * stride; odd total 9 - 8 = 1
    ("", 4, 3, 11, S2 | UP, (0, 1, 8)),
    ("", 4, 3, 11, S2 | LOW, (1, 0, 8)),
    ("", 4, 4, 11, S2 | UP, (1, 1, 8)),
    ("", 4, 4, 11, UP, (1, 2, 4)),
    ("", 4, 4, 11, LOW, (2, 1, 4)),
    # A, B: opset 1. SAME gives the input size: total 9 - 4 = 5; beside output_shape its equation is
    # opset 11's inverted
    ("", 4, 3, 1, S2 | UP, (2, 3, 4)),
    ("", 4, 3, 1, S2 | LOW, (3, 2, 4)),
    ("", 4, 3, 1, S2 | UP | {"output_shape": 8}, (1, 0, 8)),
    ("", 4, 3, 1, S2 | LOW | {"output_shape": 8}, (0, 1, 8)),
    ("", 4, 3, 1, S2 | {"output_shape": 8}, (0, 1, 8)),
    ("A:condition_of_opset_11", 4, 3, 1, S2 | UP | {"output_shape": 8}, (0, 1, 8)),
    ("A:condition_of_opset_11", 4, 3, 1, S2 | LOW | {"output_shape": 8}, (1, 0, 8)),
    ("A:condition_of_opset_11", 4, 3, 1, S2 | UP, (2, 3, 4)),
    ("A:inverted_everywhere", 4, 3, 1, S2 | UP, (3, 2, 4)),
    ("A:inverted_everywhere", 4, 3, 1, S2 | LOW, (2, 3, 4)),
    ("A:inverted_everywhere", 4, 3, 1, S2 | UP | {"output_shape": 8}, (1, 0, 8)),
    ("A:inverted_everywhere", 4, 3, 11, S2 | UP, (0, 1, 8)),
    ("B:input_times_stride", 4, 3, 1, S2 | UP, (0, 1, 8)),
    ("B:input_times_stride A:inverted_everywhere", 4, 3, 1, S2 | UP, (1, 0, 8)),
    # C: in 4, s 3, k 2: natural 11, asked for 12, total -1
    ("", 4, 2, 11, S3 | UP, (-1, 0, 12)),
    ("", 4, 2, 11, S3 | LOW, (0, -1, 12)),
    ("C:clamped", 4, 2, 11, S3 | UP, (0, 0, 11)),
    ("C:zeros_at_end", 4, 2, 11, S3 | UP, (0, -1, 12)),
    ("C:zeros_at_end", 4, 2, 11, S3 | LOW, (0, -1, 12)),
    ("", 4, 1, 11, S3 | UP, (-1, -1, 12)),
    ("C:clamped", 4, 1, 11, S3 | UP, (0, 0, 10)),
    ("C:zeros_at_end", 4, 1, 11, S3 | UP, (0, -2, 12)),
    ("C:clamped", 4, 3, 11, S2 | UP, (0, 1, 8)),
    # D: output_padding. in 5, s 2, k 3, op 1: natural 12; in 4: natural 10; k 4: natural 13, half
    # the kernel is 2
    ("", 5, 3, 11, S2 | UP | {"output_padding": 1}, (1, 1, 10)),
    ("D:output_padding_adds_size", 5, 3, 11, S2 | UP | {"output_padding": 1}, (0, 1, 11)),
    ("D:half_kernel_pads", 5, 3, 11, S2 | UP | {"output_padding": 1}, (1, 1, 10)),
    ("", 4, 3, 11, S2 | UP | {"output_padding": 1}, (1, 1, 8)),
    ("D:output_padding_adds_size", 4, 3, 11, S2 | LOW | {"output_padding": 1}, (1, 0, 9)),
    ("", 5, 4, 11, S2 | UP | {"output_padding": 1}, (1, 2, 10)),
    ("D:half_kernel_pads", 5, 4, 11, S2 | UP | {"output_padding": 1}, (2, 2, 9)),
    ("D:half_kernel_pads", 5, 3, 11, S2 | UP, (0, 1, 10)),
    ("D:output_padding_adds_size C:clamped", 4, 1, 11, S3 | UP | {"output_padding": 1}, (0, 0, 11)),
    # E: in 4, s 5, k 2: natural 17, asked for 20, total -3
    ("", 4, 2, 11, S5 | UP, (-2, -1, 20)),
    ("E:truncated", 4, 2, 11, S5 | UP, (-1, -2, 20)),
    ("E:zeros_at_end", 4, 2, 11, S5 | UP, (0, -3, 20)),
    ("", 4, 2, 11, S5 | LOW, (-1, -2, 20)),
    ("E:truncated", 4, 2, 11, S5 | LOW, (-2, -1, 20)),
    ("E:zeros_at_end", 4, 2, 11, S5 | LOW, (0, -3, 20)),
    ("E:truncated", 4, 3, 11, S5 | UP, (-1, -1, 20)),
    ("E:zeros_at_end", 4, 3, 11, S5 | UP, (-1, -1, 20)),
    # F, G, J: output_shape with natural 9
    ("", 4, 3, 11, S2 | {"output_shape": 8}, (1, 0, 8)),
    ("", 4, 3, 11, S2 | {"output_shape": 8, "auto_pad": "VALID"}, (1, 0, 8)),
    ("", 4, 3, 11, S2 | UP | {"output_shape": 8}, (0, 1, 8)),
    ("", 4, 3, 11, S2 | {"output_shape": 6}, (2, 1, 6)),
    ("F:extra_at_end", 4, 3, 11, S2 | {"output_shape": 8}, (0, 1, 8)),
    ("F:extra_at_end", 4, 3, 11, S2 | {"output_shape": 8, "auto_pad": "VALID"}, (0, 1, 8)),
    ("F:extra_at_end", 4, 3, 11, S2 | LOW | {"output_shape": 8}, (1, 0, 8)),
    ("F:no_pads", 4, 3, 11, S2 | {"output_shape": 9}, (0, 0, 9)),
    ("F:no_pads", 4, 3, 11, S2 | {"output_shape": 10}, (0, -1, 10)),
    ("F:no_pads", 4, 3, 11, S2 | {"output_shape": 8}, "F"),
    ("F:no_pads", 4, 3, 11, S2 | {"output_shape": 11}, "F"),
    ("F:no_pads", 4, 3, 11, S2 | UP | {"output_shape": 8}, (0, 1, 8)),
    ("F:no_pads", 4, 3, 11, S3 | {"output_shape": 14}, (0, -2, 14)),
    ("", 4, 3, 11, S3 | {"output_shape": 14}, (-1, -1, 14)),
    ("", 4, 3, 11, S2 | {"output_shape": 7, "pads": (2, 0)}, (1, 1, 7)),
    ("G:pads_used", 4, 3, 11, S2 | {"output_shape": 7, "pads": (2, 0)}, (2, 0, 7)),
    ("G:pads_used", 4, 3, 11, S2 | {"output_shape": 7, "pads": (0, 2)}, (0, 2, 7)),
    ("G:pads_used", 4, 3, 11, S2 | {"output_shape": 7, "pads": (1, 0)}, "F"),
    ("", 5, 3, 11, {"output_shape": 3}, (2, 2, 3)),
    ("", 4, 3, 11, S2 | {"output_shape": 12}, (-1, -2, 12)),
    ("", 4, 3, 11, S2 | UP | {"output_shape": 12}, (-2, -1, 12)),
    ("J:zeros_at_end", 4, 3, 11, S2 | {"output_shape": 12}, (0, -3, 12)),
    ("J:zeros_at_end", 4, 3, 11, S2 | {"output_shape": 8}, (1, 0, 8)),
    ("J:refused", 4, 3, 11, S2 | {"output_shape": 10}, (0, -1, 10)),
    ("J:refused", 4, 3, 11, S2 | {"output_shape": 11}, "J"),
    ("J:refused", 4, 3, 11, S2 | {"output_shape": 11, "output_padding": 1}, "J"),
    ("J:refused", 4, 3, 11, S2 | {"output_shape": 10, "output_padding": 1}, (0, 0, 10)),
    # K: 1 is below max(stride, dilation) = 2, not below the stride; 2 is not below either
    ("", 4, 3, 11, {"dilations": 2, "output_padding": 1}, (0, 0, 9)),
    ("K:below_stride", 4, 3, 11, {"dilations": 2, "output_padding": 1}, "K"),
    ("K:below_stride", 4, 3, 11, S2 | {"output_padding": 1}, (0, 0, 10)),
    ("", 4, 3, 11, {"dilations": 2, "output_padding": 2}, "K"),
]


@pytest.mark.parametrize(("readings", "i", "k", "opset", "given", "expected"), BY_HAND)
def test_by_hand(
    readings: str, i: int, k: int, opset: int, given: dict[str, Any], expected: Any
) -> None:
    assert _placed(readings, i, k, opset, given) == expected


# Conv: input, kernel, opset, attributes -> (begin, end, size). SAME: ceil(input / stride), opset 1:
# input.
CONV_BY_HAND: list[tuple[int, int, int, dict[str, Any], Any]] = [
    (6, 3, 11, {}, (0, 0, 4)),
    (6, 3, 11, {"pads": (1, 2), "strides": 2}, (1, 2, 4)),
    (6, 3, 11, {"dilations": 2}, (0, 0, 2)),
    (6, 3, 11, {"auto_pad": "VALID", "strides": 2}, (0, 0, 2)),
    (6, 4, 11, UP, (1, 2, 6)),
    (6, 4, 11, LOW, (2, 1, 6)),
    (7, 4, 11, S2 | UP, (1, 2, 4)),
    (7, 4, 11, S2 | LOW, (2, 1, 4)),
    (6, 3, 11, S2 | UP, (0, 1, 3)),
    (6, 3, 11, S2 | LOW, (1, 0, 3)),
    (6, 1, 11, S3 | UP, (0, 0, 2)),
    (6, 4, 1, UP, (1, 2, 6)),
    (6, 3, 1, S2 | LOW, (4, 3, 6)),
    (1, 3, 11, {"pads": (1, 1)}, (1, 1, 1)),
    (2, 3, 11, {}, (0, 0, 0)),
]


@pytest.mark.parametrize(("i", "k", "opset", "given", "expected"), CONV_BY_HAND)
def test_conv_by_hand(i: int, k: int, opset: int, given: dict[str, Any], expected: Any) -> None:
    lists = {
        name: value if name in ("auto_pad", "pads") else [value] for name, value in given.items()
    }
    _, pads, sizes = conv_geometry((1, 1, i), (1, 1, k), Attributes.of(**lists), opset=opset)
    assert (*pads[0], *sizes) == expected


# Which zero sizes each reading of R refuses: N, C, M, input, output, input beside output_shape.
EMPTIES = {
    "N": ((0, 2, 4), (2, 3, 3), {}),
    "C": ((1, 0, 4), (0, 3, 3), {}),
    "M": ((1, 2, 4), (2, 0, 3), {}),
    "input": ((1, 2, 0), (2, 3, 3), {}),
    "output": ((1, 2, 4), (2, 3, 3), {"pads": [3, 3]}),
    "shaped input": ((1, 2, 0), (2, 3, 3), {"output_shape": [2]}),
}
REFUSED = {
    "": set(),
    "R:empty_refused": set(EMPTIES),
    "R:empty_spatial_refused": {"M", "input", "output", "shaped input"},
    "R:empty_output_refused": {"output"},
    "R:empty_batch_alone_computed": {"C", "M", "input", "output", "shaped input"},
    "R:empty_output_and_shaped_input_refused": {"output", "shaped input"},
    "R:empty_channels_and_output_computed": {"N", "M", "input", "shaped input"},
}


@pytest.mark.parametrize("reading", REFUSED)
def test_empty_sizes_by_hand(reading: str) -> None:
    refused = set()
    for name, (x, w, given) in EMPTIES.items():
        try:
            geometry(x, w, Attributes.of(**given), rules=rules_for(reading.split()))
        except InvalidInput as error:
            refused |= {name} if error.clause == "R" else {f"{name}, clause {error.clause}"}
    assert refused == REFUSED[reading]
    geometry((1, 2, 4), (2, 3, 3), Attributes(), rules=rules_for(reading.split()))


OF_RESIZE = {  # in test_resize
    name for name, each in READINGS.items() if "Resize" in CLAUSES[each.clause].of
}


def test_every_reading_is_worked_out_by_hand() -> None:
    done = {name for row in BY_HAND for name in row[0].split()} | set(REFUSED) - {""}
    assert done == set(READINGS) - OF_RESIZE


@pytest.mark.parametrize("reading", READINGS)
def test_no_reading_is_dead(reading: str) -> None:
    """In some case of `core`, or of `resize`, the reading gives another answer than the text
    does."""

    def differs(asked: Asked) -> bool:
        return asked.answer(Explanation(readings=(reading,))).key != asked.answer().key

    if reading in OF_RESIZE:
        cases = [case for case in suite_cases("resize") if case.refusal() is None]
    else:
        cases = [case for case in suite_cases("core") if case.op == "ConvTranspose"]
    assert any(differs(Asked(case)) for case in cases)


def test_readings_are_registered_under_their_ids() -> None:
    for name, reading in READINGS.items():
        assert reading.id == name
        assert re.fullmatch(r"[A-Z]:[a-z0-9_]+", name)
    with pytest.raises(KeyError):
        rules_for(["C:no_such"])
