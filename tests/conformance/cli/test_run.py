"""The command line: exit statuses, what is said where, what is left behind."""

import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.run.drafts.propose import propose
from convtranspose_conformance.run.planning.selection import suites_for
from convtranspose_conformance.verdict.deviation_files import load
from convtranspose_reports import Verdict, read_run, write_run

OWN = """
import os, time
from textbook import Textbook

print("noise at import")

class Tuple(list):
    def __getitem__(self, _):
        raise LookupError("an adapter's own mistake")

class Stalls(Textbook):
    def answer(self, X, W, B):
        if W.shape[2] == 6:
            open(os.environ["STALLED"], "w").close()
            time.sleep(600)
        return super().answer(X, W, B)

class Trips(Textbook):
    def answer(self, X, W, B):
        return Tuple([1]) if W.shape[2] == 6 else super().answer(X, W, B)

class Refuses(Textbook):
    def answer(self, X, W, B):
        if W.shape[2] > 4:
            raise RuntimeError(f"No kernel\\nfor N = {X.shape}, {W.shape}")
        return super().answer(X, W, B)

class Mute:
    @staticmethod
    def prepare(model, device="CPU"):
        raise RuntimeError("no licence")
"""
ONE = ("--case", "seeds/stride_2_filter_3")
SOME = ("--case", "seeds/stride_[23]_filter_?")


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """A directory of the user's own, with a module of backends; what a run writes goes there."""
    (tmp_path / "own_backends.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STALLED", str(tmp_path / "stalled"))


def convtranspose(*arguments):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


def run(backend, *arguments):
    return convtranspose("run", "--backend", backend, "--out", "r", "--jobs", 1, *arguments)


def records(directory):
    return sorted(
        msgspec.json.encode(r, order="deterministic") for r in read_run(directory).records
    )


def refused(result, *words, status=2):
    """On stderr alone, on one screen, without a traceback."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) < 20
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list", "backends"], ["list", "cases"], ["explain", "seeds/stride_2_filter_3"]],
    ids=" ".join,
)
def test_no_framework_is_imported_to_be_told_what_there_is(arguments):
    code = (
        "import sys; from convtranspose_conformance.cli import main as cli\ntry:\n    "
        "cli.app(sys.argv[1:])\nexcept SystemExit as end:\n"
        "    assert not end.code\n"
        "assert not {'torch', 'tensorflow', 'onnxruntime', 'onnx', 'matplotlib'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_green_is_0_and_names_the_page_in_plain_text(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    result = run("planted:Correct", *SOME)
    assert result.exit_code == 0
    assert f"report: {tmp_path}/r/index.html" in result.stdout
    assert re.search(r"planted:Correct +unknown +3 +0 +0 +0 +0", result.stdout)
    assert "\x1b" not in result.output
    assert {f.name for f in (tmp_path / "r").iterdir()} == {
        "badge.svg",
        "badges",
        "index.html",
        "results.jsonl",
        "summary.json",
        "junit.xml",
        "COMPATIBILITY.md",
    }


def test_a_partial_run_does_not_take_the_place_of_a_whole_one(tmp_path):
    assert run("planted:Correct", "--suite", "seeds", "--no-report").exit_code == 0
    whole = (tmp_path / "r" / "results.jsonl").read_bytes()
    refused(run("planted:Correct", *ONE), "--out r: holds a whole run", "--out r-partial")
    refused(run("planted:Correct", "--suite", "seeds", "--shard", "1/2"), "--shard 1/2")
    assert (tmp_path / "r" / "results.jsonl").read_bytes() == whole
    for _ in range(2):
        assert run("planted:Correct", *ONE, "--no-report", "--out", "r-partial").exit_code == 0
    assert run("planted:Correct", "--suite", "seeds", "--no-report").exit_code == 0


def test_red_is_1_and_says_what_fails():
    result = run("planted:KernelFlipped", *ONE, "--no-report")
    assert result.exit_code == 1
    assert (
        "fails: planted:KernelFlipped output: reverses the kernel along every axis (1 cases, for "
        "example call/" in result.stdout
    )
    assert [f.name for f in Path("r").iterdir()] == ["results.jsonl"]


def test_no_page_of_an_earlier_run_stays():
    run("planted:Correct", *ONE)
    assert Path("r/index.html").exists()
    assert run("planted:KernelFlipped", *ONE, "--no-report").exit_code == 1
    assert [f.name for f in Path("r").iterdir()] == ["results.jsonl"]
    assert convtranspose("report", "r").exit_code == 1
    assert convtranspose("report", "r", "--issue", "news.md").exit_code == 1
    assert Path("news.md").read_text().startswith("# planted:KernelFlipped")
    refused = convtranspose("report", "r", "--issue", "nowhere/news.md")
    assert refused.exit_code == 2
    assert "--issue nowhere/news.md: accepted is a file in a directory" in refused.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--backend", "torhc-cpu"],
            ["unknown backend 'torhc-cpu'", "torch-cpu", "module:attribute[@DEVICE]"],
        ),
        (["--backend", "torch-cuda"], ["torch-cuda", "no CUDA device"]),
        (["--backend", ":x"], ["':x'", "module[:attribute][@DEVICE]"]),
        (["--suite", "sedes"], ["unknown suite 'sedes'", "seeds, core"]),
        (
            ["--case", "seeds/stride*", "--case", "nosuch"],
            ["matches nosuch", "convtranspose list cases"],
        ),
        (["--case", "sedes/*"], ["unknown suite 'sedes'"]),
        (["--shard", "3/2"], ["--shard 3/2", "1 <= I <= N"]),
        (["--shard", "²/3"], ["1 <= I <= N"]),
        (["--jobs", "0"], ["--jobs", "1"]),
        (["--jobs", "1000000"], ["--jobs", "1024"]),
        *(
            (["--min-answered", share], ["--min-answered", "0 to 1"])
            for share in ("nan", "inf", "-0.1", "1.1")
        ),
        (["--timeout", "-1"], ["--timeout", "0.1 to 86400"]),
        (["--timeout", "nan"], ["--timeout", "0.1 to 86400"]),
        (["--timeout", "inf"], ["--timeout", "0.1 to 86400"]),
        (["--timeout", "1e12"], ["--timeout", "0.1 to 86400"]),
        (["--memory", "inf"], ["--memory", "0.25 to 65536"]),
        (["--memory", "nan"], ["--memory", "0.25 to 65536"]),
        (["--memory", "0.1"], ["--memory", "0.25 to 65536"]),
        (["--memory", "1e10"], ["--memory", "0.25 to 65536"]),
        (["--shard", f"1/{'9' * 5000}"], ["--shard 1/999", "such as 2/4"]),
        (["--case", f"call/x_1_1_{'9' * 5000}_w_1_1_3"], ["integers of 64 bits"]),
        (["--case", "call/x_1_1_5_w_1_1_3" + 3000 * "_after_x_1_1_5_w_1_1_3"], ["at most 20000"]),
        (["--case", "call/x_1_1_2000000_w_1_1_2000000"], ["the kernel would have 2000000"]),
        (["--case", "call/x_1_1_8_w_1_1_1000000_pads_500000_499999"], ["the kernel would have"]),
        (["--case", "call/\udcff"], ["call/\\udcff: is no UTF-8"]),
        (["--backend-version", "\udcff", *("--backend", "planted:Correct")], ["is no UTF-8"]),
        (["--deviations", "/dev/zero"], ["/dev/zero: is a device or a pipe"]),
        (["--deviations", "deep.toml"], ["deep.toml: values are nested too deep"]),
        (["--deviations", "digits.toml"], ["digits.toml: Exceeds the limit"]),
        (["--bakcend", "x"], ["--bakcend"]),
        (["--backend-version", "1"], ["--backend-version", "one --backend"]),
        (["--deviations", "none.toml"], ["none.toml", "No such file"]),
        (["--deviations", "wrong.toml"], ["wrong.toml:8", "unknown fault 'bias'", "bias_missing"]),
        (["--deviations", "torn.toml"], ["torn.toml", "line 2"]),
        (["--out", "own_backends.py"], ["--out own_backends.py", "is a file"]),
        (["--out", "own_backends.py/r"], ["own_backends.py/r", "own_backends.py is a file"]),
        (
            ["--propose-deviations", "none/d.toml"],
            ["--propose-deviations none/d.toml", "directory that exists"],
        ),
    ],
    ids=lambda value: " ".join(value) if value[0].startswith("--") else "",
)
def test_unusable_options_are_2_with_what_is_accepted(arguments, words, monkeypatch):
    monkeypatch.setattr("convtranspose_conformance.backends.entry.cuda_devices", lambda: 0)
    Path("deep.toml").write_text(f"a = {'[' * 10_000}")
    Path("digits.toml").write_text(f"a = {'9' * 5000}")
    Path("torn.toml").write_text('backend = "x"\n[[deviation]\n')
    Path("wrong.toml").write_text(
        'backend = "planted:Correct"\n[[deviation]]\nname = "n"\ncheck = "output"\nversions = '
        '""\nwhen = "bias"\n'
        'cause = "framework"\nfault = "bias"\nreason = "r"\n'
    )
    refused(
        convtranspose(
            "run", *(() if "--case" in arguments or "--suite" in arguments else ONE), *arguments
        ),
        *words,
    )
    assert not Path("conformance-report").exists()


def test_a_shard_without_cases_ran_nothing():
    refused(run("planted:Correct", *ONE, "--shard", "2/3"), "--shard 2/3 leaves no case", status=3)


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ("no_such_module:x", "cannot import no_such_module"),
        ("planted:NoSuch", "planted has no NoSuch"),
        ("own_backends:Tuple", "own_backends:Tuple has no prepare(model, device)"),
        ("own_backends:Mute", "own_backends:Mute does not answer a smoke call"),
    ],
)
def test_a_backend_that_cannot_be_asked_is_2_and_leaves_nothing(backend, reason):
    refused(run(backend, *ONE), f"backend {backend} cannot be used here", reason)
    assert not Path("r").exists()


def test_a_backend_that_cannot_be_asked_spoils_no_earlier_run():
    run("planted:Correct", *ONE)
    before = Path("r/results.jsonl").read_bytes()
    refused(run("own_backends:Mute", *ONE), "no licence")
    # no green page stays behind a run that did not start; `report` draws the earlier one anew
    assert [f.name for f in Path("r").iterdir()] == ["results.jsonl"]
    assert Path("r/results.jsonl").read_bytes() == before


def test_shards_merge_into_the_whole():
    asked = ("planted:KernelFlipped", "--suite", "seeds")
    for directory, more in (
        ("whole", ()),
        ("one", ("--shard", "1/2")),
        ("two", ("--shard", "2/2")),
    ):
        run(*asked, *more, "--out", directory)
    result = convtranspose("report", "one", "two", "--out", "merged")
    assert result.exit_code == 1  # as the run
    assert f"{Path.cwd()}/merged/index.html" in result.stdout
    assert records("merged") == records("whole")
    assert len(records("merged")) == 21


@pytest.mark.parametrize(
    ("directories", "words"),
    [
        (["none"], ["none", "No such file"]),
        (["."], ["results.jsonl", "run directory"]),
        (["own_backends.py"], ["own_backends.py, line 1", "not a run"]),
        (["r", "--out", "own_backends.py"], ["--out own_backends.py", "is a file"]),
        (["/dev/zero"], ["/dev/zero: is no file"]),
    ],
    ids=["missing", "no-run", "no-run-file", "out-is-a-file", "device"],
)
def test_report_of_what_is_no_run_is_2(directories, words):
    run("planted:Correct", *ONE, "--no-report")
    refused(convtranspose("report", *directories), *words)


def test_runs_of_other_cases_do_not_merge_and_nothing_is_written():
    run("planted:Correct", "--suite", "seeds", "--no-report", "--out", "one")
    whole = read_run("one")
    left = [record for record in whole.records if record.case != whole.cases[0].name]
    footer = msgspec.structs.replace(whole.footer, records=len(left))
    write_run("other", replace(whole, cases=whole.cases[1:], records=left, footer=footer))
    for together in ("one", "other"), ("other", "one"):
        done = convtranspose("report", *together, "--out", "merged")
        refused(done, "suite 'seeds' is of other cases", whole.cases[0].name, "21 cases")
        assert not Path("merged").exists()


def test_case_globs_choose_suites_and_cases():
    assert suites_for([], ["seeds/*", "random/x"]) == ["seeds", "random"]
    assert suites_for([], ["random/x", "s*"]) == ["random", "seeds", "core", "accuracy"]
    assert suites_for(["core"], ["seeds/*"]) == ["core"]
    run("planted:Correct", "--case", "seeds/*_same", "--case", "seeds/derivation*")
    assert [c.name for c in read_run("r").cases] == [
        "seeds/stride_3_filter_6_same",
        "seeds/stride_2_filter_5_same",
        "seeds/stride_2_filter_3_same",
        "seeds/derivation_stride_1_six_outputs",
        "seeds/derivation_stride_2_eleven_outputs",
        "seeds/deconv2d_5_from_3_same",
        "seeds/deconv2d_6_from_3_same",
    ]


def test_backend_version_and_seed_reach_the_run():
    def answer(*more):
        run("planted:KernelFlipped", *ONE, "--backend-version", "3.1", *more)
        found = read_run("r")
        assert next(b.version for b in found.header.backends if b.asked) == "3.1"
        return found.header.seed, found.records[0].reason

    (first, numbers), (second, others) = answer(), answer("--seed", 7)
    assert (first, second) == (0, 7)
    assert numbers != others


@pytest.mark.parametrize("backend", ["planted:KernelFlipped", "own_backends:Refuses"])
def test_a_reviewed_draft_turns_the_run_green(backend):
    result = run(backend, *SOME, "--backend-version", "3.1", "--propose-deviations", "d.toml")
    assert result.exit_code == 1
    draft = Path("d.toml")
    assert 'versions = "==3.1"' in draft.read_text()
    refused = run(backend, *SOME, "--backend-version", "3.1", "--deviations", draft)
    assert refused.exit_code == 2
    assert "draft = true: accepted is a reviewed file" in refused.output
    draft.write_text(re.sub(r" *# (REVIEW|DRAFT).*|draft = true", "", draft.read_text()))
    assert run(backend, *SOME, "--backend-version", "3.1", "--deviations", draft).exit_code == 0
    assert {r.verdict for r in read_run("r").records} <= {Verdict.DEVIATES, Verdict.CONFORMS}


def test_a_draft_for_several_backends_speaks_of_the_first_and_comments_the_others():
    result = run(
        "planted:KernelFlipped",
        "--backend",
        "planted:PadsSwapped",
        "--suite",
        "seeds",
        "--propose-deviations",
        "d.toml",
    )
    assert result.exit_code == 1
    Path("d.toml").write_text(Path("d.toml").read_text().replace("\ndraft = true", ""))
    assert {d.backend for d in load(Path("d.toml"), [])} == {"planted:KernelFlipped"}
    run("planted:Correct", *ONE, "--no-report", "--out", "one")
    assert propose(read_run("one")) == "# nothing fails: nothing to declare\n"


def test_the_line_after_the_last_answer_says_what_comes():
    """Explaining what differs may take longer than asking did."""
    lines = run("planted:KernelFlipped", "--suite", "seeds").stderr.splitlines()
    done = next(i for i, line in enumerate(lines) if line.endswith("21 cases done"))
    assert lines[done + 1] == "every answer is in; now what differs is explained"
    of = "planted:KernelFlipped output: "
    assert re.fullmatch(
        rf"{of}looking for what explains \d+ wrong answers; 0 calls asked besides", lines[done + 2]
    )
    assert re.fullmatch(
        rf"{of}0 of \d+ findings have their smallest call; \d+ calls asked besides", lines[done + 3]
    )
    assert (
        run("planted:Correct", *ONE, "--out", "s")
        .stderr.splitlines()[-1]
        .startswith("every answer is in")
    )


def test_an_object_that_raises_when_it_is_read_costs_its_case_alone():
    result = run("own_backends:Trips", "--suite", "seeds")
    assert result.exit_code == 1
    verdicts = Counter(record.verdict for record in read_run("r").records)
    assert verdicts[Verdict.CONFORMS] > verdicts[Verdict.FAILS] > 0
    assert {
        "returned" in r.reason or "LookupError" in r.reason
        for r in read_run("r").records
        if r.verdict is Verdict.FAILS
    } == {True}


def test_an_interrupted_run_keeps_what_was_measured():
    command = [
        "convtranspose",
        "run",
        "--backend",
        "own_backends:Stalls",
        "--suite",
        "seeds",
        "--out",
        "r",
        "--jobs",
        "1",
    ]
    default = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "os.execvp(sys.argv[1], sys.argv[1:])"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", default, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not Path("stalled").exists():
        assert asking.poll() is None
        signal.sigtimedwait([], 0.1)
    asking.send_signal(signal.SIGINT)
    stdout, stderr = asking.communicate(timeout=120)
    assert asking.returncode == 130
    assert stdout == ""
    assert "noise" not in stderr
    assert "error: interrupted\nwhat was measured before lies in r/results.jsonl.part" in stderr
    result = convtranspose("report", "r/results.jsonl.part")
    assert "warning: r/results.jsonl.part: no footer" in result.stderr
    assert Path("r/index.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "nothing"], ["unknown list 'nothing'", "backends, suites, cases"]),
        (["list", "cases", "--suite", "sedes"], ["unknown suite 'sedes'"]),
        (["list", "backends", "--suite", "seeds"], ["--suite chooses among cases"]),
        (["explain"], ["explain takes a case id", "--x 1,2,5,5"]),
        (["explain", "stride_2_filter_3"], ["is no case id", "SUITE/NAME"]),
        (["explain", "seeds/stride_2"], ["unknown case 'seeds/stride_2'"]),
        (
            ["explain", "seeds/stride_2_filter_3", "--group", "2", "--opset", "22"],
            ["leave out --group, --opset"],
        ),
        (["explain", "--x", "1,2,5,5"], ["both --x and --w"]),
        (["explain", "--x", "1 2 5 5", "--w", "2,3,3,3"], ["--x 1 2 5 5", "commas"]),
        (["explain", "--x", "1,2,5,5", "--w", "2,3,3,3", "--opset", "0"], ["--opset 0"]),
        (
            ["explain", "--x", "1,2,5,5", "--w", "2,3,3,3", "--dtype", "float"],
            ["--dtype float", "float32"],
        ),
    ],
    ids=lambda value: " ".join(value) if value[0] in ("list", "explain") else "",
)
def test_other_commands_say_what_they_take(arguments, words):
    refused(convtranspose(*arguments), *words)


def test_explain_takes_attributes():
    result = convtranspose("explain", "--x", "1,2,5,5", "--w", "2,3,3,3", "--strides", "2,2")
    assert result.exit_code == 0
    assert (
        "ConvTranspose(X[1, 2, 5, 5], W[2, 3, 3, 3], strides=[2, 2])\n    -> Y[1, 3, 11, 11], "
        "float32" in result.stdout
    )
