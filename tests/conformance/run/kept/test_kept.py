"""What a run's backends answered is kept in a small file, to the bit, and comes to the same records
when it is judged again; an edited file says so on one screen."""

import json
import lzma
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401  registers bfloat16
import msgspec
import numpy as np
import pytest

from convtranspose_cases import suite_cases
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.journal import ANSWERS, holds_answers
from convtranspose_conformance.run.kept.elsewhere import nearest_line, seen_elsewhere
from convtranspose_conformance.run.kept.form import KEPT, KeptError, SeenLine
from convtranspose_conformance.run.kept.judging import judge_kept
from convtranspose_conformance.run.kept.seen_lines import by_text, line_of, seen_of
from convtranspose_conformance.run.planning.plan import is_sampled
from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.worker.observation import Observation, Seen, returned, stopped
from convtranspose_conformance.worker.wire import Garbled
from convtranspose_reports import Check, Run, Verdict, read_run

DTYPES = ("float16", "bfloat16", "float32", "float64")
BACKENDS = ("planted:KernelFlipped", "refusing:NoDoubles")
ASKED = (
    "seeds/stride_*",
    "core/x_5_k_[1-4]_dilations_1_strides_2",
    "invalid/pads_minus*",
    "accuracy/x_4_4_k_3_3_c1_*",
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("kept") / "run"
    execute(plan(backends=BACKENDS, patterns=ASKED), directory, keep_answers=True)
    return directory


def lines_of(directory: Path) -> list[Any]:
    text = lzma.decompress((directory / KEPT).read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


def edited(lines: list[Any], to: Path) -> Path:
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    to.write_bytes(lzma.compress(content))
    return to


def records(run: Run) -> list[Any]:
    return [
        (r.backend, r.case, r.check, r.outcome, r.verdict, r.reason, r.note) for r in run.records
    ]


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_come_back_to_the_bit(dtype: str) -> None:
    """Whatever stands in both, zeros of either sign, infinities and NaN of any payload included."""
    bits = 8 * np.dtype(dtype).itemsize
    draw = np.random.default_rng(bits)
    edges = [0, 1, 2 ** (bits - 1) - 1, 2 ** (bits - 1), 2**bits - 1]
    drawn = [
        int(
            draw.integers(0, 2**bits, dtype=np.uint64, endpoint=False)
            if bits < 64
            else draw.integers(0, 2**64 - 1, dtype=np.uint64)
        )
        for _ in range(200)
    ]
    words = np.array([*edges, *drawn], f"u{bits // 8}")
    text = returned(words.view(dtype))
    for other in (words[::-1], words ^ np.asarray(3, words.dtype), words):
        seen = returned(np.ascontiguousarray(other).view(dtype))
        assert seen_of(line_of(seen, text), text) == seen


def test_near_numbers_are_kept_as_what_they_are_off() -> None:
    text = returned(np.array([[1.0, -0.0, -2.0]], np.float32))
    near = returned(np.nextafter(text.array(), np.float32(9)) * np.array([1, 0, 1], np.float32))
    line = line_of(near, text)
    assert (line.off, line.data) == ([1, 1, 1], b"")
    assert seen_of(line, text) == near


@pytest.mark.parametrize(
    "seen",
    [
        stopped(Seen.REFUSED, "run", "ValueError", "no \N{SNOWMAN}"),
        Observation(seen=Seen.CRASHED, message="died of SIGSEGV", once="crashed; after others"),
        Observation(seen=Seen.RETURNED, shape=(1, None, 4)),
        returned(np.empty((0, 3), np.float16)),
        returned(np.arange(3)),
    ],
)
def test_what_is_no_such_array_is_kept_whole(seen: Observation) -> None:
    text = returned(np.ones((2, 2), np.float32))
    assert seen_of(line_of(seen, text), text) == seen
    assert seen_of(line_of(seen, None), None) == seen


@pytest.mark.parametrize(
    "line",
    [
        SeenLine(seen="bored"),
        SeenLine(seen="returned", dtype="float32", shape=[3], data=b"1234"),
        SeenLine(seen="returned", dtype="float32", shape=[2], off=[1, 2, 3]),
        SeenLine(seen="returned", dtype="float32", shape=[2], off=[1, 2**40]),
        SeenLine(seen="returned", dtype="float64", shape=[2], off=[1, 2]),
    ],
)
def test_no_observation_is_garbled(line: SeenLine) -> None:
    text = returned(np.ones(2, np.float32))
    with pytest.raises(Garbled):
        seen_of(line, text)


def told_apart(name: str) -> tuple[Asked, Observation]:
    """A case, and what the text answers."""
    asked = Asked(next(case for case in suite_cases("core") if case.name == name))
    text = by_text(asked, Check.OUTPUT)
    assert text is not None
    return asked, text


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("x_4_k_3_auto_same_lower_strides_2", "same_lower_as_upper"),
        ("x_4_5_k_3_2_pads_1_0_1_0", "pads_ignored"),
        ("x_4_k_3_pads_1_0_strides_2", "pads_ignored"),
    ],
)
def test_an_output_that_begins_elsewhere_is_kept_beside_the_sums_there(
    name: str, rule: str
) -> None:
    asked, text = told_apart(name)
    seen = returned(asked.answer(Explanation(faults=(rule,))).golden.expected())
    assert seen != text
    line = nearest_line(asked, seen, text)
    assert line.begins is not None
    assert (line.off, line.data) == ([0] * seen.array().size, b"")
    assert seen_elsewhere(line, asked) == seen


def test_an_output_of_doubles_computed_in_float32_is_kept_beside_sums_of_float32() -> None:
    asked, text = told_apart("x_6_k_4_f64_dense")
    rough = replace(asked.answer().golden, dtype="float32").expected()
    seen = returned(np.nextafter(rough, np.float32(np.inf)).astype(np.float64))
    line = nearest_line(asked, seen, text)
    assert (line.rounded, line.off) == ("float32", [1] * rough.size)
    assert seen_elsewhere(line, asked) == seen


def test_numbers_that_are_nowhere_near_are_kept_as_bytes() -> None:
    asked, text = told_apart("x_4_k_3_pads_1_0_strides_2")
    bits = np.random.default_rng(7).integers(0, 2**32, text.array().shape, dtype=np.uint32)
    seen = returned(bits.view(np.float32))
    line = nearest_line(asked, seen, text)
    assert seen_of(line, text) == seen if line.begins is None else seen_elsewhere(line, asked)


@pytest.mark.parametrize(
    "edit",
    [
        {"begins": [0, 0]},
        {"begins": [2**40]},
        {"off": [0]},
        {"shape": None},
        {"shape": [1, 1, 10**9]},
        {"rounded": "int8"},
        {"dtype": "object"},
    ],
)
def test_no_output_elsewhere_is_garbled(edit: dict[str, Any]) -> None:
    asked, text = told_apart("x_4_k_3_pads_1_0_strides_2")
    seen = returned(asked.answer(Explanation(faults=("pads_ignored",))).golden.expected())
    line = nearest_line(asked, seen, text)
    with pytest.raises(Garbled):
        seen_elsewhere(msgspec.structs.replace(line, **edit), asked)


def test_judged_again_is_what_was_judged(kept: Path) -> None:
    before, again = read_run(kept), judge_kept(kept / KEPT)
    assert records(again) == records(before)
    assert again.header.environment == before.header.environment
    assert {v.value for *_, v, _, _ in records(again)} >= {"conforms", "fails"}


def test_an_answer_that_is_the_texts_is_a_number(kept: Path) -> None:
    whole = [line for line in lines_of(kept) if line["type"] == "as text"]
    assert sum(len(line["cases"]) for line in whole) > len(read_run(kept).records) / 3


def test_a_case_that_is_asked_otherwise_by_now_is_left_out(kept: Path, tmp_path: Path) -> None:
    lines = lines_of(kept)
    changed = lines[1]["ids"][0]
    lines[1]["questions"][0] = "0" * 10
    again = judge_kept(edited(lines, tmp_path / KEPT))
    assert changed not in {r.case for r in again.records}
    assert "1 cases that are asked otherwise by now" in again.header.partial
    assert len(again.cases) == len(lines[1]["ids"]) - 1


def test_a_backend_that_is_not_registered_is_judged_as_the_file_names_it(kept: Path) -> None:
    again = judge_kept(kept / KEPT)
    title = {b.name: b.title for b in again.header.backends}["planted:KernelFlipped"]
    assert (
        title == {b.name: b.title for b in read_run(kept).header.backends}["planted:KernelFlipped"]
    )


def swapped(lines: list[Any]) -> list[Any]:
    return [lines[1], lines[0], *lines[2:]]


def newer(lines: list[Any]) -> list[Any]:
    return [lines[0] | {"format": 3}, *lines[1:]]


def unknown_check(lines: list[Any]) -> list[Any]:
    return [*lines, {"type": "as text", "backend": BACKENDS[0], "check": "taste", "cases": [0]}]


def not_of_the_text(lines: list[Any]) -> list[Any]:
    at = next(i for i, line in enumerate(lines) if line.get("check") == "rejection")
    changed = {"backend": lines[at]["backend"], "check": "rejection", "cases": [lines[at]["case"]]}
    return [*lines[:at], {"type": "as text", **changed}, *lines[at + 1 :]]


def garbled(lines: list[Any]) -> list[Any]:
    at = next(i for i, line in enumerate(lines) if line.get("check") == "output" and "seen" in line)
    return [*lines[:at], lines[at] | {"seen": {"seen": "bored"}}, *lines[at + 1 :]]


def missing(lines: list[Any]) -> list[Any]:
    """Without one answer among those that are the text's."""
    at = next(i for i, line in enumerate(lines) if line["type"] == "as text")
    return [*lines[:at], lines[at] | {"cases": lines[at]["cases"][1:]}, *lines[at + 1 :]]


def wrong_ones_missing(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["type"] != "other"]


def doubled(lines: list[Any]) -> list[Any]:
    return [*lines, next(line for line in lines if line["type"] == "other")]


def of_another(lines: list[Any]) -> list[Any]:
    return [*lines, {"type": "as text", "backend": "torch-cpu", "check": "output", "cases": []}]


def beyond(number: int) -> Any:
    def edit(lines: list[Any]) -> list[Any]:
        return [*lines, {"type": "left out", "backend": BACKENDS[0], "cases": [number]}]

    return edit


def asked_less(lines: list[Any]) -> list[Any]:
    """Who claims to have asked fewer checks has answers to what was never asked."""
    asks = lines[0]["asks"] | {BACKENDS[0]: {"checks": ["rejection"]}}
    return [lines[0] | {"asks": asks}, *lines[1:]]


def no_array(lines: list[Any]) -> list[Any]:
    number = next(line["case"] for line in lines if line["type"] == "other")
    kept = [line for line in lines if line["type"] != "other" or line["case"] != number]
    line = {"type": "other", "backend": BACKENDS[0], "check": "output", "case": number}
    return [*kept, line | {"seen": {"seen": "returned"}}]


def of_objects(lines: list[Any]) -> list[Any]:
    at = next(i for i, line in enumerate(lines) if line["type"] == "other")
    seen = {"seen": "returned", "dtype": "object", "shape": [1], "data": "AAAAAAAAAAA="}
    return [*lines[:at], lines[at] | {"seen": seen}, *lines[at + 1 :]]


def one_id_twice(lines: list[Any]) -> list[Any]:
    ids = lines[1]["ids"]
    return [lines[0], lines[1] | {"ids": [ids[0], ids[0], *ids[2:]]}, *lines[2:]]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (missing, "is owed, and missing"),
        (wrong_ones_missing, "is owed, and missing"),
        (doubled, "twice"),
        (of_another, "an answer of 'torch-cpu', which was not asked"),
        (beyond(10**6), "case number 1000000 of"),
        (beyond(-1), "case number -1 of"),
        (asked_less, "was never asked"),
        (no_array, "returns no array"),
        (of_objects, "is no observation"),
        (one_id_twice, "each id of a case is owed once"),
        (swapped, "line 1: .*not in this order"),
        (newer, "line 1: format 3"),
        (unknown_check, "a check 'taste'"),
        (not_of_the_text, "the text has no answer to rejection"),
        (garbled, "output: is no observation"),
        (lambda lines: lines[:1], "ends before its cases"),
        (lambda lines: [*lines, {"type": "joke"}], "joke"),
    ],
)
def test_an_edited_file_says_what_is_wrong(
    edit: Any, says: str, kept: Path, tmp_path: Path
) -> None:
    path = edited(edit(lines_of(kept)), tmp_path / KEPT)
    with pytest.raises(KeptError, match=says) as caught:
        judge_kept(path)
    assert str(path) in str(caught.value)
    assert "accepted" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no xz", lzma.compress(b"{}")[:-9], lzma.compress(b"x")])
def test_what_is_no_file_of_answers_says_so(content: bytes, tmp_path: Path) -> None:
    (tmp_path / KEPT).write_bytes(content)
    with pytest.raises(KeptError, match=re.escape(str(tmp_path))):
        judge_kept(tmp_path / KEPT)


def called(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "convtranspose_conformance", *words],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"COLUMNS": "200"},
    )


def test_judge_writes_a_report_and_ends_as_the_run_did(kept: Path, tmp_path: Path) -> None:
    done = called("judge", str(kept), "--claimed", str(kept), "--out", str(tmp_path))
    assert done.returncode == 1, done.stderr  # planted faults fail
    assert "planted:KernelFlipped output: looking for what explains" in done.stderr
    assert (tmp_path / "index.html").is_file()
    assert records(read_run(tmp_path)) == records(read_run(kept))


def test_a_record_that_does_not_judge_the_same_is_refused(kept: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (kept / "results.jsonl").read_text().splitlines()]
    wrong = next(line for line in lines if line.get("outcome") == "VALUES_DIFFER")
    finding = next(line for line in lines if line.get("id") == wrong["finding"])
    finding["cases"] -= 1
    wrong |= {"outcome": "AGREES", "verdict": "conforms", "reason": "", "finding": ""}
    claimed = tmp_path / "claimed"
    claimed.mkdir()
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (claimed / "results.jsonl").write_text(text, encoding="utf-8")
    done = called("judge", str(kept), "--claimed", str(claimed), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "in 1 of" in done.stderr
    assert "AGREES, conforms there, VALUES_DIFFER, fails here" in done.stderr
    assert not (tmp_path / "out" / "index.html").exists()


def test_answers_alone_are_judged_elsewhere(kept: Path, tmp_path: Path) -> None:
    """Whoever asks need not judge: the same answers are the same file, whatever was made of them
    where they were asked."""
    cases = [word for pattern in ASKED for word in ("--case", pattern)]
    backends = [word for name in BACKENDS for word in ("--backend", name)]
    done = called("run", *backends, *cases, "--answers-only", "--out", str(tmp_path / "asked"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("answers: ")
    assert sorted(path.name for path in (tmp_path / "asked").iterdir()) == [KEPT]
    judged = judge_kept(tmp_path / "asked" / KEPT)
    assert records(judged) == records(read_run(kept))
    named = {f.name for f in judged.findings if f.backend == BACKENDS[0] and f.check == "output"}
    assert named == {"kernel_flipped"}, "nobody can be asked, and that speaks against no name"


ASKED_OPTIONS = [word for pattern in ASKED for word in ("--case", pattern)]


@pytest.mark.parametrize(
    "beside",
    [
        ["--no-report"],
        ["--keep-answers"],
        ["--format", "json"],
        ["--propose-deviations", "draft.toml"],
    ],
)
def test_what_judges_nothing_takes_no_option_that_does(beside: list[str], tmp_path: Path) -> None:
    done = called("run", "--answers-only", *beside, "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert f"--answers-only {beside[0]}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_answers_alone_are_not_put_beside_another_run(kept: Path) -> None:
    done = called("run", "--answers-only", "--backend", BACKENDS[0], "--out", str(kept))
    assert done.returncode == 2
    assert "holds a run" in done.stderr


def test_a_backend_that_answers_nothing_is_said_where_nothing_is_judged(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    backends = ["--backend", "skipping:AllButTheFirst", "--backend", BACKENDS[0]]
    done = called("run", *backends, *ASKED_OPTIONS[:2], "--answers-only", "--out", out)
    assert done.returncode == 3, done.stderr
    assert "no answer at all: skipping:AllButTheFirst" in done.stderr
    assert done.stdout == f"answers: {tmp_path / 'out' / KEPT}\n"


def test_answers_alone_go_on_where_they_were_ended(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["run", "--answers-only", "--out", str(out), "--jobs", "1", *ASKED_OPTIONS]
    words += [word for name in BACKENDS for word in ("--backend", name)]
    command = [sys.executable, "-m", "convtranspose_conformance", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as asking:
        deadline = time.monotonic() + 120
        while not holds_answers(out / ANSWERS) and time.monotonic() < deadline:
            time.sleep(0.02)
        asking.send_signal(signal.SIGTERM)
        said = asking.communicate(timeout=120)[1].decode()
    if asking.returncode == 0:
        pytest.skip("it was done before it could be ended")
    assert asking.returncode == 130
    assert f"what was answered before lies in {out / ANSWERS}; --resume goes on with it" in said
    assert not (out / KEPT).exists()
    assert called(*words, "--resume").returncode == 0
    assert records(judge_kept(out / KEPT)) == records(read_run(kept))
    assert not (out / ANSWERS).exists()


def test_a_run_without_answers_leaves_none_of_an_earlier_one(tmp_path: Path) -> None:
    one = plan(backends=BACKENDS[:1], patterns=["seeds/stride_2_filter_3"])
    execute(one, tmp_path, keep_answers=True)
    assert (tmp_path / KEPT).exists()
    execute(one, tmp_path)
    assert not (tmp_path / KEPT).exists()


@pytest.mark.parametrize("word", ["kept", "claimed"])
def test_what_is_judged_is_not_overwritten(word: str, kept: Path, tmp_path: Path) -> None:
    before = (kept / "results.jsonl").read_bytes()
    answers = kept / KEPT if word == "kept" else tmp_path / KEPT
    if word == "claimed":
        answers.write_bytes((kept / KEPT).read_bytes())
    done = called("judge", str(answers), "--claimed", str(kept), "--out", str(kept))
    assert done.returncode == 2
    assert "which is only read here" in done.stderr
    assert (kept / "results.jsonl").read_bytes() == before
    assert called("judge", str(answers)).returncode == 2  # a place is owed


@pytest.mark.parametrize(("kernel", "stale"), [((5, 5), False), ((6, 6), True)])
def test_a_declaration_of_what_is_not_in_a_slow_backends_sample_is_not_stale(
    tmp_path: Path, kernel: tuple[int, int], stale: bool
) -> None:
    whole = plan(backends=("textbook:Textbook",), suites=["seeds"])
    sampled = replace(whole, entries=[replace(entry, sample=3) for entry in whole.entries])
    asked = [case for case in sampled.cases if is_sampled(case, 3)]
    assert any(case.w_shape[2:] == kernel for case in asked) == stale
    execute(sampled, tmp_path / "run", keep_answers=True)
    declared = tmp_path / "declared.toml"
    declared.write_text(
        'backend = "textbook:Textbook"\n[[deviation]]\nname = "turned"\ncheck = "output"\n'
        f'suite = "seeds"\nversions = ""\nwhen = "kernel == {list(kernel)}"\n'
        'fault = "kernel_flipped"\ncause = "framework"\nreason = "It says so."\n'
    )
    judged = judge_kept(tmp_path / "run" / KEPT, [declared])
    assert len(judged.records) == len(asked)
    assert any(finding.verdict is Verdict.STALE for finding in judged.findings) == stale
