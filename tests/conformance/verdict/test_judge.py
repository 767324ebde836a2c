"""What was observed, what was declared, and the verdict that follows: by hand-made observations."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.deviation_files import parse
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.judge import Judgement, judge
from convtranspose_conformance.worker.observation import (
    MESSAGE_LENGTH,
    Observation,
    Seen,
    returned,
    stated,
    stopped,
)
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check, Outcome, Verdict

OUT, SHAPE = Check.OUTPUT, Check.OUTPUT_SHAPE
TEXT = Explanation()
A, V, R = Outcome.AGREES, Outcome.VALUES_DIFFER, Outcome.REJECTED
CONFORMS, DEVIATES, FAILS, UNSUPPORTED = (
    Verdict.CONFORMS,
    Verdict.DEVIATES,
    Verdict.FAILS,
    Verdict.UNSUPPORTED,
)


def case_of(x: Any, k: Any, **given: Any) -> Case:
    return make("judge", x, k, **given)


PLAIN = case_of((4, 3), (3, 2), strides=(2, 1), c=4, m=6, group=2, bias=True)
NEGATIVE = case_of((4,), (1,), strides=(3,), auto_pad="SAME_UPPER")  # total -2: text 12, clamped 10
NEGATIVE_GROUPS = case_of(
    (4,), (1,), strides=(3,), auto_pad="SAME_UPPER", c=4, m=4, group=2, bias=True
)
ODD_NEGATIVE = case_of(
    (4,), (2,), strides=(5,), auto_pad="SAME_UPPER"
)  # total -3: E has three placements
BIG_PADDING = case_of((4,), (3,), dilations=(2,), output_padding=(1,))  # K
EMPTY = case_of((4,), (3,), n=0, c=2, m=3)
SHAPED = case_of((4,), (3,), strides=(2,), output_shape=(12,))  # natural 9, J
HALF = case_of((5, 5), (3, 3), c=8, m=4, dtype="float16", data="dense")
HALF_INTEGERS = case_of((5, 5), (3, 3), c=2, m=4, dtype="float16")
SINGLE = case_of((6, 6), (3, 3), c=8, m=4, data="dense")
SINGLE_INTEGERS = case_of((6, 6), (3, 3), c=8, m=4)


def declared(
    how: str,
    when: str = "group >= 1",
    *,
    name: str = "it",
    check: str = "output",
    versions: str = "==2.*",
    machine: str = "",
) -> Deviation:
    text = (
        f'backend = "b"\n[[deviation]]\nname = "{name}"\ncheck = "{check}"\nversions = '
        f'"{versions}"\nwhen = "{when}"\n'
    )
    text += f'machine = "{machine}"\n{how}\ncause = "framework"\nreason = "because"\n'
    return parse(text, "test.toml", ["b"])[0]


def under(case: Case, *names: str) -> np.ndarray:
    """The case's output under readings and faults, the text's without any."""
    readings = tuple(n for n in names if ":" in n)
    return (
        Asked(case)
        .answer(Explanation(readings=readings, faults=tuple(n for n in names if ":" not in n)))
        .golden.expected()
    )


def right(case: Case) -> Observation:
    return returned(under(case))


def changed(case: Case, at: Any, by: float) -> Observation:
    Y = under(case).copy()
    Y[at] += by
    return returned(Y)


def off_by_ulps(case: Case, ulps: int) -> Observation:
    Y = under(case).copy()
    words = Y.view(np.uint16 if Y.itemsize == 2 else np.uint32)
    words += ulps  # type: ignore[misc]  # away from zero
    return returned(Y)


def refusal(message: str = "no such thing", kind: str = "RuntimeError") -> Observation:
    return stopped(Seen.REFUSED, "run", kind, message)


@dataclass
class Row:
    """What is judged, and what has to come out."""

    case: Case
    seen: Observation
    outcome: Outcome
    verdict: Verdict
    deviations: list[Deviation] = field(default_factory=list)
    check: Check = OUT
    version: str = "2.5"
    note: str = ""
    follows: dict[str, list[str]] = field(default_factory=dict)
    contradicts: tuple[str, ...] = ()
    reproduces: tuple[str, ...] = ()
    reason: str = ""


CLAMPED = declared('reading = "C:clamped"', "auto_pad == 'SAME_UPPER'")
ZEROS = declared('reading = "C:zeros_at_end"', "auto_pad == 'SAME_UPPER'", name="zeros")
GROUPS = declared('fault = "bias_of_first_group"', "group > 1 and bias", name="groups")
NO_GROUPS = declared(
    "error = { type = 'RuntimeError', pattern = 'no group of [0-9]+' }", "group > 1"
)
DIES = declared("error = { type = 'CRASHED', pattern = 'SIGSEGV' }", "group > 1")
SLOW = declared("error = { type = 'TIMED_OUT', pattern = 'no answer' }", "group > 1")
IN_DTYPE = declared('accuracy = "accumulates in dtype"', "dtype == 'float16'")
TF32 = declared('accuracy = "TF32 inputs"', "dtype == 'float32'")
SHAPE_CLAMPED = declared('reading = "C:clamped"', "auto_pad == 'SAME_UPPER'", check="output_shape")
NOT_HERE = declared(
    'reading = "C:clamped"', "auto_pad == 'SAME_UPPER'", machine="'no_such_flag' in cpu_flags"
)
HERE = declared(
    'reading = "C:clamped"', "auto_pad == 'SAME_UPPER'", machine="'no_such_flag' not in cpu_flags"
)
WRONG_ELSEWHERE = declared(
    "error = { type = 'VALUES_DIFFER', pattern = '.' }",
    "group > 1",
    name="wrong",
    machine="'no_such_flag' in cpu_flags",
)
IT, ZERO_IT = ("b/output/it",), ("b/output/zeros",)


def tf32(case: Case) -> Observation:
    """The output of a backend that cuts its inputs to 11 bits and then is exact."""
    asked = Asked(case)
    cut = replace(
        asked.tensors,
        **{
            n: replace(t, integers=((t.integers + 2**12) >> 13) << 13)
            for n, t in (("X", asked.tensors.X), ("W", asked.tensors.W))
        },
    )
    asked.__dict__["tensors"] = cut
    return returned(asked.answer().golden.expected())


ROWS = {
    "agrees": Row(PLAIN, right(PLAIN), A, CONFORMS),
    "agrees in float16": Row(HALF, right(HALF), A, CONFORMS),
    "agrees with negative zeros": Row(
        NEGATIVE,
        returned(np.where(under(NEGATIVE) == 0, np.float32(-0.0), under(NEGATIVE))),
        A,
        CONFORMS,
    ),
    "agrees within the bound": Row(SINGLE, off_by_ulps(SINGLE, 1), A, CONFORMS),
    "one wrong value": Row(
        PLAIN, changed(PLAIN, (0, 2, 1, 0), 500), V, FAILS, reason="1 of 216 values differ"
    ),
    "one wrong unit": Row(
        PLAIN,
        changed(PLAIN, (0, 2, 1, 0), 1),
        Outcome.INEXACT,
        FAILS,
        reason="1 of 216 values differ",
    ),
    "the worst value is shown": Row(
        PLAIN, changed(PLAIN, (0, 2, 1, 0), 4096), V, FAILS, reason="Y[0, 2, 1, 0] is "
    ),
    "one ulp on integers": Row(
        SINGLE_INTEGERS, off_by_ulps(SINGLE_INTEGERS, 1), Outcome.INEXACT, FAILS
    ),
    "all zeros": Row(SINGLE, returned(np.zeros_like(under(SINGLE))), V, FAILS),
    "NaN": Row(
        PLAIN, changed(PLAIN, (0, 0, 0, 0), np.nan), V, FAILS, reason="Y[0, 0, 0, 0] is nan"
    ),
    "NaN where a bound holds": Row(SINGLE, changed(SINGLE, (0, 0, 0, 0), np.nan), V, FAILS),
    "infinity where a bound holds": Row(HALF, changed(HALF, (0, 0, 0, 0), np.inf), V, FAILS),
    "wrong shape": Row(
        PLAIN,
        returned(under(PLAIN)[..., 1:]),
        Outcome.SHAPE_DIFFERS,
        FAILS,
        reason="expected [1, 6, 9, 4]",
    ),
    "missing axis": Row(PLAIN, returned(under(PLAIN)[0]), Outcome.SHAPE_DIFFERS, FAILS),
    "as many elements in another shape": Row(
        PLAIN, returned(under(PLAIN).reshape(1, 6, 4, 9)), Outcome.SHAPE_DIFFERS, FAILS
    ),
    "wider dtype": Row(
        PLAIN,
        returned(under(PLAIN).astype(np.float64)),
        Outcome.DTYPE_DIFFERS,
        FAILS,
        reason="returned float64, expected float32",
    ),
    "no dtype of numbers": Row(
        PLAIN, returned(under(PLAIN).astype("U9")), R, FAILS, reason="returned an array of str"
    ),
    "other bfloat16": Row(
        HALF, returned(under(HALF).astype(FORMATS["bfloat16"].dtype)), Outcome.DTYPE_DIFFERS, FAILS
    ),
    "other byte order, same numbers": Row(PLAIN, returned(under(PLAIN).astype(">f4")), A, CONFORMS),
    "column-major, same numbers": Row(
        PLAIN, returned(np.asfortranarray(under(PLAIN))), A, CONFORMS
    ),
    "inexact within 8-bit arithmetic": Row(SINGLE, tf32(SINGLE), Outcome.INEXACT, FAILS),
    "refused": Row(PLAIN, refusal(), R, FAILS, reason="run: RuntimeError: no such thing"),
    "crashed": Row(
        PLAIN, stopped(Seen.CRASHED, "run", "SIGSEGV", "SIGSEGV"), Outcome.CRASHED, FAILS
    ),
    "timed out": Row(
        PLAIN, stopped(Seen.TIMED_OUT, "run", "", "no answer within 4 s"), Outcome.TIMED_OUT, FAILS
    ),
    "out of memory": Row(PLAIN, refusal("std::bad_alloc"), Outcome.OUT_OF_MEMORY, FAILS),
    "input changed": Row(
        PLAIN,
        stopped(Seen.INPUT_CHANGED, "run", "", "X was written to"),
        Outcome.INPUT_CHANGED,
        FAILS,
    ),
    "unsupported": Row(
        PLAIN,
        stopped(Seen.UNSUPPORTED, "", "", "no asymmetric pads"),
        Outcome.UNSUPPORTED,
        UNSUPPORTED,
        reason="no asymmetric pads",
    ),
    "unsupported though declared": Row(
        PLAIN,
        stopped(Seen.UNSUPPORTED, "", "", "why"),
        Outcome.UNSUPPORTED,
        UNSUPPORTED,
        [GROUPS, NO_GROUPS],
    ),
    # Static shapes
    "shape stated": Row(PLAIN, stated((1, 6, 9, 4)), A, CONFORMS, check=SHAPE),
    "shape partly stated": Row(PLAIN, stated((1, None, None, 4)), A, CONFORMS, check=SHAPE),
    "wrong shape stated": Row(
        PLAIN,
        stated((1, 6, 9, 5)),
        Outcome.SHAPE_DIFFERS,
        FAILS,
        check=SHAPE,
        reason="states shape [1, 6, 9, 5]",
    ),
    "partly wrong shape stated": Row(
        PLAIN, stated((1, None, 9, 5)), Outcome.SHAPE_DIFFERS, FAILS, check=SHAPE
    ),
    "too few sizes stated": Row(
        PLAIN, stated((1, 6, 9)), Outcome.SHAPE_DIFFERS, FAILS, check=SHAPE
    ),
    "no shape stated": Row(PLAIN, stated(None), Outcome.DECLINED, Verdict.DECLINED, check=SHAPE),
    "declined": Row(
        PLAIN,
        stopped(Seen.DECLINED, "skip", "Declined", "no kernel for it"),
        Outcome.DECLINED,
        Verdict.DECLINED,
        reason="no kernel for it",
    ),
    "a skip that speaks of a death": Row(
        PLAIN,
        stopped(Seen.DECLINED, "skip", "Declined", "the runtime exited with code -11"),
        Outcome.CRASHED,
        FAILS,
        reason="skip: Declined: the runtime exited with code -11",
    ),
    "no rule for shapes": Row(PLAIN, refusal(), R, FAILS, check=SHAPE),
    "output declared, shape wrong alike": Row(
        NEGATIVE, stated((1, 1, 10)), Outcome.SHAPE_DIFFERS, FAILS, [CLAMPED], check=SHAPE
    ),
    "shape declared": Row(
        NEGATIVE,
        stated((1, 1, 10)),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [SHAPE_CLAMPED],
        check=SHAPE,
        reproduces=("b/output_shape/it",),
    ),
    # Open clauses: every named reading conforms
    "E floored": Row(ODD_NEGATIVE, right(ODD_NEGATIVE), A, CONFORMS, follows={"E": ["floored"]}),
    "E truncated": Row(
        ODD_NEGATIVE,
        returned(under(ODD_NEGATIVE, "E:truncated")),
        A,
        CONFORMS,
        follows={"E": ["truncated"]},
    ),
    "E at the end": Row(
        ODD_NEGATIVE,
        returned(under(ODD_NEGATIVE, "E:zeros_at_end")),
        A,
        CONFORMS,
        follows={"E": ["zeros_at_end"]},
    ),
    "E none of them": Row(ODD_NEGATIVE, returned(np.roll(under(ODD_NEGATIVE), 2)), V, FAILS),
    "K computed": Row(BIG_PADDING, right(BIG_PADDING), A, CONFORMS, follows={"K": ["below_max"]}),
    "K refused": Row(
        BIG_PADDING,
        refusal(),
        R,
        CONFORMS,
        follows={"K": ["below_stride"]},
        reason="RuntimeError: no such thing",
    ),
    "K crashed": Row(
        BIG_PADDING, stopped(Seen.CRASHED, "run", "SIGABRT", "SIGABRT"), Outcome.CRASHED, FAILS
    ),
    "R refused": Row(
        EMPTY,
        refusal(),
        R,
        CONFORMS,
        follows={"R": ["empty_channels_and_output_computed", "empty_refused"]},
    ),
    "R computed": Row(
        EMPTY,
        right(EMPTY),
        A,
        CONFORMS,
        follows={
            "R": [
                "computed",
                "empty_batch_alone_computed",
                "empty_output_and_shaped_input_refused",
                "empty_output_refused",
                "empty_spatial_refused",
            ]
        },
    ),
    "R computed in another dtype": Row(
        EMPTY, returned(under(EMPTY).astype(np.float64)), Outcome.DTYPE_DIFFERS, FAILS
    ),
    "R computed in another shape": Row(
        EMPTY, returned(np.zeros((0, 3, 5), np.float32)), Outcome.SHAPE_DIFFERS, FAILS
    ),
    "R out of memory": Row(EMPTY, refusal("bad_alloc"), Outcome.OUT_OF_MEMORY, FAILS),
    "an ordinary case refused": Row(NEGATIVE, refusal(), R, FAILS),
    # Declared readings and faults
    "reproduced": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:clamped")),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [CLAMPED],
        reproduces=IT,
    ),
    "undeclared": Row(
        NEGATIVE, returned(under(NEGATIVE, "C:clamped")), Outcome.SHAPE_DIFFERS, FAILS
    ),
    "differs in another way": Row(
        NEGATIVE, returned(under(NEGATIVE, "C:zeros_at_end")), V, FAILS, [CLAMPED]
    ),
    "differs as declared, and by one value": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:clamped") + np.eye(1, 10, dtype=np.float32)),
        Outcome.SHAPE_DIFFERS,
        FAILS,
        [CLAMPED],
    ),
    "declared for other cases": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:clamped")),
        Outcome.SHAPE_DIFFERS,
        FAILS,
        [declared('reading = "C:clamped"', "rank == 2")],
    ),
    "the right one of two": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:zeros_at_end")),
        V,
        DEVIATES,
        [CLAMPED, ZEROS],
        reproduces=ZERO_IT,
    ),
    "conforms though declared": Row(
        NEGATIVE, right(NEGATIVE), A, CONFORMS, [CLAMPED], contradicts=IT
    ),
    "declared where it says nothing else": Row(
        PLAIN, right(PLAIN), A, CONFORMS, [declared('reading = "C:clamped"')]
    ),
    "fault reproduced": Row(
        PLAIN,
        returned(under(PLAIN, "bias_of_first_group")),
        V,
        DEVIATES,
        [GROUPS],
        reproduces=("b/output/groups",),
    ),
    "fault contradicted": Row(
        PLAIN, right(PLAIN), A, CONFORMS, [GROUPS], contradicts=("b/output/groups",)
    ),
    "an open clause under a declared reading": Row(
        SHAPED,
        returned(under(SHAPED, "J:zeros_at_end")),
        A,
        CONFORMS,
        [declared('reading = "J:zeros_at_end"')],
        follows={"E": ["zeros_at_end"]},
    ),
    "both declared, both at once": Row(
        NEGATIVE_GROUPS,
        returned(under(NEGATIVE_GROUPS, "C:clamped", "bias_of_first_group")),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [CLAMPED, GROUPS],
        reproduces=("b/output/it", "b/output/groups"),
    ),
    "one declared, two at once": Row(
        NEGATIVE_GROUPS,
        returned(under(NEGATIVE_GROUPS, "C:clamped", "bias_of_first_group")),
        Outcome.SHAPE_DIFFERS,
        FAILS,
        [CLAMPED],
    ),
    "one declaration of both": Row(
        NEGATIVE_GROUPS,
        returned(under(NEGATIVE_GROUPS, "C:clamped", "bias_of_first_group")),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [declared('reading = "C:clamped"\nfault = "bias_of_first_group"')],
        reproduces=IT,
    ),
    # Versions and machines
    "reproduced, other version": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:clamped")),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [CLAMPED],
        version="3.0",
        note="unverified here",
        reproduces=IT,
    ),
    "conforms, other version": Row(
        NEGATIVE, right(NEGATIVE), A, CONFORMS, [CLAMPED], version="3.0", note="fixed?"
    ),
    "differs otherwise, other version": Row(
        NEGATIVE, returned(under(NEGATIVE, "C:zeros_at_end")), V, FAILS, [CLAMPED], version="3.0"
    ),
    "unknown version": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:clamped")),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [CLAMPED],
        version="unknown",
        note="unverified here",
        reproduces=IT,
    ),
    "a pre-release is of its version": Row(
        NEGATIVE, right(NEGATIVE), A, CONFORMS, [CLAMPED], version="2.6.0rc1", contradicts=IT
    ),
    "reproduced, other processor": Row(
        NEGATIVE,
        returned(under(NEGATIVE, "C:clamped")),
        Outcome.SHAPE_DIFFERS,
        DEVIATES,
        [NOT_HERE],
        note="unverified here",
        reproduces=IT,
    ),
    "an error elsewhere, a rule here": Row(
        PLAIN,
        returned(under(PLAIN, "bias_of_first_group")),
        V,
        DEVIATES,
        [WRONG_ELSEWHERE, GROUPS],
        reproduces=("b/output/wrong", "b/output/groups"),
    ),
    "an error elsewhere": Row(
        PLAIN,
        returned(under(PLAIN, "bias_of_first_group")),
        V,
        DEVIATES,
        [WRONG_ELSEWHERE],
        note="unverified here",
        reproduces=("b/output/wrong",),
    ),
    "conforms, other processor": Row(
        NEGATIVE, right(NEGATIVE), A, CONFORMS, [NOT_HERE], note="fixed?"
    ),
    "conforms, this processor": Row(NEGATIVE, right(NEGATIVE), A, CONFORMS, [HERE], contradicts=IT),
    # Errors
    "refused as declared": Row(
        PLAIN, refusal("no group of 2 here"), R, DEVIATES, [NO_GROUPS], reproduces=IT
    ),
    "refused with another message": Row(PLAIN, refusal("no groups"), R, FAILS, [NO_GROUPS]),
    "refused with another type": Row(
        PLAIN, refusal("no group of 2 here", "TypeError"), R, FAILS, [NO_GROUPS]
    ),
    "refused where not declared": Row(
        NEGATIVE, refusal("no group of 2 here"), R, FAILS, [NO_GROUPS]
    ),
    "returned though a refusal is declared": Row(
        PLAIN, right(PLAIN), A, CONFORMS, [NO_GROUPS], contradicts=IT
    ),
    "wrong though a refusal is declared": Row(
        PLAIN, returned(under(PLAIN, "bias_missing")), V, FAILS, [NO_GROUPS]
    ),
    "crashed as declared": Row(
        PLAIN,
        stopped(Seen.CRASHED, "run", "SIGSEGV", "SIGSEGV"),
        Outcome.CRASHED,
        DEVIATES,
        [DIES],
        reproduces=IT,
    ),
    "crashed with another signal": Row(
        PLAIN, stopped(Seen.CRASHED, "run", "SIGABRT", "SIGABRT"), Outcome.CRASHED, FAILS, [DIES]
    ),
    "an exception called CRASHED is none": Row(
        PLAIN,
        stopped(Seen.TIMED_OUT, "run", "CRASHED", "SIGSEGV"),
        Outcome.TIMED_OUT,
        FAILS,
        [DIES],
    ),
    "hung as declared": Row(
        PLAIN,
        stopped(Seen.TIMED_OUT, "run", "", "no answer within 4 s"),
        Outcome.TIMED_OUT,
        DEVIATES,
        [SLOW],
        reproduces=IT,
    ),
    "refused as declared, other version": Row(
        PLAIN,
        refusal("no group of 2"),
        R,
        DEVIATES,
        [NO_GROUPS],
        version="1.0",
        note="unverified here",
        reproduces=IT,
    ),
    "an empty case refused as declared": Row(
        EMPTY,
        refusal("no group of 1"),
        R,
        DEVIATES,
        [declared("error = { type = 'RuntimeError', pattern = 'no group' }")],
        reproduces=IT,
    ),
    "an empty case refused otherwise than declared": Row(
        EMPTY,
        refusal("empty"),
        R,
        CONFORMS,
        [declared("error = { type = 'RuntimeError', pattern = 'no group' }")],
        follows={"R": ["empty_channels_and_output_computed", "empty_refused"]},
    ),
    # Accuracy
    "in-dtype accumulation": Row(HALF, off_by_ulps(HALF, 4), Outcome.INEXACT, FAILS),
    "in-dtype accumulation, declared": Row(
        HALF, off_by_ulps(HALF, 4), Outcome.INEXACT, DEVIATES, [IN_DTYPE], reproduces=IT
    ),
    "right though accuracy is declared": Row(HALF, right(HALF), A, CONFORMS, [IN_DTYPE]),
    "zeros are of no class": Row(HALF, returned(np.zeros_like(under(HALF))), V, FAILS, [IN_DTYPE]),
    "NaN is of no class": Row(HALF, changed(HALF, (0, 0, 0, 0), np.nan), V, FAILS, [IN_DTYPE]),
    "integers are exact in any class": Row(
        HALF_INTEGERS, off_by_ulps(HALF_INTEGERS, 1), Outcome.INEXACT, FAILS, [IN_DTYPE]
    ),
    "TF32, declared": Row(SINGLE, tf32(SINGLE), Outcome.INEXACT, DEVIATES, [TF32], reproduces=IT),
    "TF32 keeps small integers": Row(
        SINGLE_INTEGERS, off_by_ulps(SINGLE_INTEGERS, 3), Outcome.INEXACT, FAILS, [TF32]
    ),
    "a class of another dtype": Row(
        SINGLE,
        tf32(SINGLE),
        Outcome.INEXACT,
        FAILS,
        [declared('accuracy = "accumulates in dtype"')],
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_verdict_is(name: str) -> None:
    row = ROWS[name]
    judgement = judge(
        Asked(row.case), Comparisons(row.check, row.seen), row.deviations, row.version
    )
    assert (judgement.outcome, judgement.verdict) == (row.outcome, row.verdict), judgement.reason
    assert (judgement.note, judgement.contradicts, judgement.reproduces) == (
        row.note,
        row.contradicts,
        row.reproduces,
    )
    assert (judgement.deviation is not None) == (row.verdict is DEVIATES)
    if row.follows or row.verdict is CONFORMS:
        assert judgement.follows == row.follows
    assert row.reason in judgement.reason
    assert "\n" not in judgement.reason


def _judged(case: Case, seen: Observation, *deviations: Deviation) -> Judgement:
    return judge(Asked(case), Comparisons(OUT, seen), list(deviations), "2.5")


def test_a_deviation_within_its_versions_is_named_first() -> None:
    old, new = (
        declared('reading = "C:clamped"', versions="==1.*", name="old"),
        declared('reading = "C:clamped"', name="new"),
    )
    found = _judged(NEGATIVE, returned(under(NEGATIVE, "C:clamped")), old, new)
    assert found.deviation is new
    assert found.note == ""
    assert set(found.reproduces) == {"b/output/old", "b/output/new"}


def test_reasons_are_one_short_line() -> None:
    found = _judged(PLAIN, refusal("a\nb\t" + "x" * 5000))
    assert found.reason.startswith("run: RuntimeError: a b x")
    assert len(found.reason) <= 300
    assert found.reason.endswith(" ...")


def test_what_a_backend_returns_becomes_plain_data() -> None:
    for nothing in (None, [1.0], 3.0, "Y", np.float32(3)):
        assert returned(nothing).seen is Seen.REFUSED
    assert returned(np.array([None])).seen is Seen.REFUSED
    seen = returned(np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::2])
    assert (seen.dtype, seen.shape) == ("float32", (2, 2))
    assert seen.array().tolist() == [[0, 2], [3, 5]]
    assert all(type(n) is int for n in stated((np.int64(3), None)).shape or () if n is not None)
    assert stopped(Seen.REFUSED, "run", "MemoryError", "").seen is Seen.OUT_OF_MEMORY
    assert stopped(Seen.CRASHED, "run", "MemoryError", "").seen is Seen.CRASHED
    cut = stopped(Seen.REFUSED, "run", "E", "\ud800" + "x" * 5000).message
    assert len(cut) <= MESSAGE_LENGTH
    assert cut.encode()


def test_the_reference_conforms_and_zeros_do_not() -> None:
    for case in suite_cases("core")[::9]:
        asked = Asked(case)
        Y = asked.answer().golden.expected()
        assert judge(asked, Comparisons(OUT, returned(Y)), [], "1").verdict is CONFORMS, case.id
        assert judge(asked, Comparisons(SHAPE, stated(Y.shape)), [], "1").verdict is CONFORMS, (
            case.id
        )
        if (Y != 0).any():
            assert (
                judge(asked, Comparisons(OUT, returned(np.zeros_like(Y))), [], "1").verdict is FAILS
            ), case.id
