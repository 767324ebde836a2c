"""The check `rejection`: a refusal conforms; an answer, a death and a hang do not, unless declared
as they are."""

from dataclasses import replace

import pytest

from convtranspose_cases import find_case, suite_cases
from convtranspose_conformance.backends.api import Call, Unsupported
from convtranspose_conformance.backends.tensorflow.adapter import TensorFlow
from convtranspose_conformance.backends.torch.adapter import arguments
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.deviation_files import DeviationError, parse
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.worker.last_words import last_words
from convtranspose_conformance.worker.observation import Observation, Seen, stopped
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Check, Outcome, Run, Verdict

LIMITS = Limits(case_s=4.0, start_s=120.0, memory_gib=2.0)
SOME = ["invalid/group_0", "invalid/b_too_long", "invalid/strides_0"]  # in the order of the suite
BEHAVIOUR = {
    "Strict": (Outcome.REJECTED, Verdict.CONFORMS),
    "Lenient": (Outcome.ACCEPTED, Verdict.FAILS),
    "Dies": (Outcome.CRASHED, Verdict.FAILS),
    "Hangs": (Outcome.TIMED_OUT, Verdict.FAILS),
    "Swallows": (Outcome.OUT_OF_MEMORY, Verdict.FAILS),
    "Shrugs": (Outcome.DECLINED, Verdict.DECLINED),
}


def _rejected(seen: Observation) -> Comparisons:
    return Comparisons(Check.REJECTION, seen)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    names = [f"forbidden:{name}" for name in BEHAVIOUR]
    plan = selection.plan(backends=names, patterns=SOME, limits=LIMITS, jobs=2)
    return execute(plan, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_a_run_tells_a_refusal_from_everything_else(name: str, run: Run):
    found = [record for record in run.records if record.backend == f"forbidden:{name}"]
    assert [record.case for record in found] == SOME
    assert {(record.outcome, record.verdict) for record in found} == {BEHAVIOUR[name]}
    assert {record.check for record in found} == {Check.REJECTION}


def test_what_was_accepted_is_grouped_by_what_the_text_says(run: Run):
    found = [f for f in run.findings if f.backend == "forbidden:Lenient"]
    assert len(found) == len(SOME)
    assert all(f.name.startswith("ACCEPTED: ") and "(clause O)" in f.name for f in found)
    assert all(f.example is not None and f.example.expected.startswith("refused: ") for f in found)


def test_the_refusal_is_kept_with_its_message(run: Run):
    said = [r.reason for r in run.records if r.backend == "forbidden:Strict"]
    assert all("ValueError: not a legal call" in reason for reason in said)


ASKED = Asked(find_case("invalid/strides_0"))
RETURNED = Observation(seen=Seen.RETURNED, dtype="float32", shape=(1,), data=b"\0" * 4)
REFUSED = stopped(Seen.REFUSED, "run", "ValueError", "stride has to be positive")
DIED = stopped(Seen.CRASHED, "call", "SIGFPE", "SIGFPE")
DECLARED = """
backend = "torch-cpu"
[[deviation]]
name = "taken"
check = "rejection"
versions = "==2.13.*"
when = "forbidden == 'strides'"
cause = "framework"
reason = "does something with it"
accepted = true
"""


def test_a_pattern_is_found_over_the_lines_of_a_message():
    (dies,) = parse(
        DECLARED.replace(
            "accepted = true", "error = { type = 'CRASHED', pattern = 'F .*: below' }"
        ),
        "mine.toml",
        ["torch-cpu"],
    )
    for message, verdict in (("F x.cc:5]\nStatus: below 0", "deviates"), ("F\nabove", "fails")):
        died = stopped(Seen.CRASHED, "call", "SIGABRT", message)
        assert judge(ASKED, _rejected(died), [dies], "2.13.0").verdict == verdict


def test_a_declaration_covers_what_it_says_and_nothing_else():
    (taken,) = parse(DECLARED, "mine.toml", ["torch-cpu"])
    (dies,) = parse(
        DECLARED.replace("accepted = true", "error = { type = 'CRASHED', pattern = 'SIGFPE' }"),
        "mine.toml",
        ["torch-cpu"],
    )
    for declared, covered, other in ((taken, RETURNED, DIED), (dies, DIED, RETURNED)):
        assert judge(ASKED, _rejected(covered), [declared], "2.13.0").verdict is Verdict.DEVIATES
        assert judge(ASKED, _rejected(other), [declared], "2.13.0").verdict is Verdict.FAILS
        refused = judge(ASKED, _rejected(REFUSED), [declared], "2.13.0")
        assert (refused.verdict, refused.contradicts) == (Verdict.CONFORMS, (declared.id,))
        assert judge(ASKED, _rejected(REFUSED), [declared], "2.99").note == "fixed?"
        elsewhere = Asked(find_case("invalid/group_0"))
        assert judge(elsewhere, _rejected(covered), [declared], "2.13.0").verdict is Verdict.FAILS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rejection", "output"),
        ("accepted = true", "fault = 'bias_missing'"),
        ("accepted = true", ""),
        ("true", "true\naccuracy = 'TF32 inputs'"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(old: str, new: str):
    with pytest.raises(DeviationError, match=r"mine\.toml:\d+"):
        parse(DECLARED.replace(old, new), "mine.toml", ["torch-cpu"])


def test_adapters_say_a_forbidden_call_as_it_is_or_not_at_all():
    """No adapter may turn a forbidden call into a legal one by leaving something out, and none may
    stumble over it."""
    tensorflow = object.__new__(TensorFlow)
    names = {"torch": set[str](), "tensorflow": set[str]()}
    for case in suite_cases("invalid"):
        call = Call.of(case, *Asked(case).tensors.arrays(case.dtype))
        for name, speak in (("torch", arguments), ("tensorflow", tensorflow._arguments)):
            try:
                speak(call)
            except Unsupported:
                continue
            names[name].add(case.name)
    assert {
        "strides_0",
        "group_0",
        "pads_minus_1_minus_1",
        "b_too_long",
        "dilations_minus_1",
        "strides_too_few_2d",
    } <= names["torch"]
    assert {
        "strides_0",
        "w_channels_above_c",
        "dilations_minus_1_2d",
        "pads_minus_1_all_2d",
    } & names["tensorflow"]
    for masked in (
        "kernel_shape_smaller",
        "auto_pad_same",
        "pads_beside_valid",
        "output_shape_minus_1",
        "x_of_rank_2",
        "conv_output_padding",
    ):
        assert masked not in names["torch"] | names["tensorflow"], masked


def test_the_last_words_of_an_abort_have_no_addresses():
    tail = (
        "W0000 00:00:17 noise\nF0000 00:00:18.2 123 shape.cc:208] Check failed: size >= 0\n*** "
        "stack ***\n@ 0x7f0011 foo()\n"
    )
    assert last_words(tail) == "Check failed: size >= 0"
    assert last_words("something else") == "something else"


def test_shape_inference_is_asked_for_the_shape():
    plan = selection.plan(
        backends=["onnx-shape-inference", "onnx-reference"], patterns=["invalid/group_0"]
    )
    assert all(entry.checks[-1] == "rejection" for entry in plan.entries)
    seen = Observation(seen=Seen.RETURNED, shape=(1, 3, 6))
    found = judge(ASKED, _rejected(seen), [], "1")
    assert (found.outcome, found.reason) == (Outcome.ACCEPTED, "states [1, 3, 6]")
    assert judge(ASKED, _rejected(replace(seen, shape=None)), [], "1").outcome is Outcome.ACCEPTED


def test_a_legal_case_is_never_asked_for_rejection():
    assert all(
        "rejection" not in case.checks for suite in ("seeds", "core") for case in suite_cases(suite)
    )
