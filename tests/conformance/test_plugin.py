"""The pytest plugin, from outside: what each verdict becomes, whose options win, and what a run
leaves behind."""

import json
from pathlib import Path

import pytest

from convtranspose_reports import Run, Verdict, read_run

pytest_plugins = ["pytester"]

FALSE = """
backend = "{backend}"
[[deviation]]
name = "flipped"
check = "output"
versions = "{versions}"
when = "op == 'ConvTranspose'"
cause = "framework"
reason = "its kernel is reversed"
fault = "kernel_flipped"
"""
SEEDS = 21


@pytest.fixture
def ask(pytester, monkeypatch):
    """`pytest --pyargs convtranspose_conformance.test_conformance ARGUMENTS`, in an empty directory
    of the user's own."""
    pytester.makeini("[pytest]\nfilterwarnings = error\nxfail_strict = true")

    def run(*arguments: str) -> pytest.RunResult:
        plugin = (
            "--pyargs",
            "convtranspose_conformance.test_conformance",
            "-p",
            "convtranspose_conformance.plugin",
        )
        return pytester.runpytest_subprocess(*plugin, "-p", "no:cacheprovider", "-rA", *arguments)

    return run


def run_in(directory: Path) -> Run:
    return read_run(directory)


def without_footer(directory: Path) -> list[bytes]:
    return (directory / "results.jsonl").read_bytes().splitlines()[:-1]


def test_one_test_a_case_and_backend_and_k_selects(ask, pytester):
    both = ("--backend", "onnx-reference", "--backend", "planted:Correct", "--suite", "seeds")
    result = ask(*both, "-k", "stride_2_filter_3", "--report", "r")
    result.assert_outcomes(passed=4, deselected=2 * SEEDS - 4)
    for name in ("onnx-reference", "planted:Correct"):
        result.stdout.fnmatch_lines(
            [f"PASSED *::test_conformance[[]{name}-seeds-stride_2_filter_3]"]
        )
    assert run_in(pytester.path / "r").header.partial == f"pytest ran 4 of {2 * SEEDS} tests"


def test_the_id_of_a_test_can_be_pasted_back(pytester):
    options = ("-p", "convtranspose_conformance.plugin", "--pyargs", "-q")
    own = ("--backend", "textbook:Textbook", "--suite", "seeds")
    module = "convtranspose_conformance.test_conformance"
    listed = pytester.runpytest_subprocess(*options, *own, module, "--collect-only")
    ids = [line for line in listed.outlines if line.startswith(f"{module}::test_conformance[")]
    assert len(ids) == SEEDS
    again = pytester.runpytest_subprocess(*options, *own, ids[3])
    again.assert_outcomes(passed=1)


def test_unsupported_is_skipped_with_its_reason(ask):
    result = ask("--backend", "misbehaving:Skips", "--suite", "seeds", "-k", "filter_6 or filter_5")
    assert "no even kernels here" in result.stdout.str()
    result.assert_outcomes(passed=2, skipped=2, deselected=SEEDS - 4)


def test_a_backend_that_skips_everything_is_one_more_failure(ask, pytester):
    asked = ("--backend", "skipping:Everything", "--suite", "seeds")
    result = ask(*asked, "-k", "stride_2_filter_3", "--report", "r")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*skipping:Everything answered nothing (2 declined)*"])
    assert run_in(pytester.path / "r").footer.exit_status == 3


def test_a_refusal_earns_its_credit_under_pytest_too(ask, pytester):
    """One call of float64 and one of float32, whose output_padding is the stride's."""
    cases = "x_5_k_3_dilations_2_output_padding_1 or x_5_k_2_auto_same_upper_dilations_2_output_p"
    result = ask("--backend", "refusing:NoDoubles", "--suite", "core", "-k", cases, "--report", "r")
    found = {r.case: r.verdict for r in run_in(pytester.path / "r").records}
    assert found["core/x_5_k_3_dilations_2_output_padding_1"] is Verdict.CONFORMS
    doubles = [verdict for case, verdict in found.items() if case.endswith("_f64")]
    assert set(doubles) == {Verdict.FAILS}
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_failure_shows_numbers_in_terminal_and_junit(ask, pytester):
    result = ask(
        "--backend",
        "planted:KernelFlipped",
        "--suite",
        "seeds",
        "-k",
        "stride_2_filter_3 and not same",
        "--junitxml",
        "j.xml",
    )
    result.assert_outcomes(failed=1, deselected=SEEDS - 1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.re_match_lines(
        [r"output VALUES_DIFFER: \d+ of 121 values differ: Y\[.*\] is -?\d+, expected -?\d+"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    assert "VALUES_DIFFER" in (pytester.path / "j.xml").read_text()


def test_declared_for_a_faulty_backend_it_is_green(ask, pytester):
    pytester.makefile(".toml", mine=FALSE.format(backend="planted:KernelFlipped", versions=""))
    result = ask(
        "--backend",
        "planted:KernelFlipped",
        "--suite",
        "seeds",
        "--deviations",
        "mine.toml",
        "-k",
        "stride_2_filter",
    )
    assert result.ret == 0
    result.assert_outcomes(xfailed=4, deselected=SEEDS - 4)
    result.stdout.fnmatch_lines(
        ["XFAIL *output VALUES_DIFFER: *planted:KernelFlipped/output/flipped*"]
    )


def test_a_false_declaration_is_one_more_failure_unless_filtered(ask, pytester):
    pytester.makefile(".toml", false=FALSE.format(backend="onnx-reference", versions=">=1"))
    asked = (
        "--backend",
        "onnx-reference",
        "--suite",
        "seeds",
        "--deviations",
        "false.toml",
        "--report",
        "r",
        "--junitxml",
        "j.xml",
    )
    result = ask(*asked)
    result.assert_outcomes(passed=SEEDS, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*declaration flipped (false.toml:2) no longer holds: conforms where it predicts*"]
    )
    assert [f.verdict for f in run_in(pytester.path / "r").findings] == [Verdict.STALE]
    assert run_in(pytester.path / "r").footer.exit_status == 1
    assert "no longer holds" in (pytester.path / "j.xml").read_text()
    result = ask(*asked, "-k", "stride_2")
    assert result.ret == 0
    assert run_in(pytester.path / "r").findings == []


@pytest.mark.parametrize("does", ["true", "false"])
def test_a_wrong_claim_is_one_more_failure(ask, pytester, does):
    claim = f'[[claim]]\nname = "strides"\ndoes = {does}\nsays = "it"\nattributes = ["strides"]\n'
    pytester.makefile(".toml", claims=f'backend = "onnx-reference"\n{claim}')
    asked = ("--backend", "onnx-reference", "--suite", "seeds", "--claims", "claims.toml")
    result = ask(*asked, "-k", "stride_2_filter_3", "--report", "r")
    wrong = does == "false"
    result.assert_outcomes(passed=2, failed=int(wrong), deselected=SEEDS - 2)
    assert [f.kind for f in run_in(pytester.path / "r").findings] == ["claim"] * wrong
    if wrong:
        result.stdout.fnmatch_lines(["FAILED convtranspose-claim[[]onnx-reference/output/claim/*"])


def test_xdist_leaves_the_same_run_and_page(ask, pytester):
    asked = (
        "--backend",
        "planted:KernelFlipped",
        "--backend",
        "onnx-reference",
        "--suite",
        "seeds",
    )
    for directory, more in (("alone", ()), ("shared", ("-n", "2"))):
        result = ask(*asked, "--report", directory, *more)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([f"report: {pytester.path}/{directory}/index.html"])
    alone, shared = pytester.path / "alone", pytester.path / "shared"
    assert without_footer(alone) == without_footer(shared)
    assert len(run_in(alone).records) == 2 * SEEDS
    assert [f.cases for f in run_in(alone).findings] == [18]
    assert all(b.versions and b.kernels for b in run_in(alone).header.backends if b.asked)
    assert run_in(alone).header.partial == ""
    assert {f.name for f in alone.iterdir()} == {f.name for f in shared.iterdir()}
    assert (
        json.loads((alone / "summary.json").read_text())["backends"]
        == json.loads((shared / "summary.json").read_text())["backends"]
    )


def test_a_part_of_the_report_that_fails_is_named_without_a_traceback(ask, pytester):
    """The only error of a run's files that a run under pytest can meet: it writes one, and reads
    none."""
    pytester.makeconftest(
        "from convtranspose_reports import write\nwrite._FILES['badge.svg'] = lambda run: 1 / 0"
    )
    asked = ("--backend", "onnx-reference", "--suite", "seeds", "-k", "stride_2_filter_3")
    result = ask(*asked, "--report", "r")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(
        [
            "failed: badge.svg: ZeroDivisionError: *",
            "everything else was written, and the records stand",
            f"report: {pytester.path}/r/index.html",
        ]
    )
    lines = [*result.outlines, *result.errlines]
    assert not any("Traceback" in line or "INTERNALERROR" in line for line in lines)
    assert len(run_in(pytester.path / "r").records) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-n", "1"), "*name a backend: --backend NAME*"),
        ((), "*name a backend: --backend NAME*"),
        (("--backend", "torhc"), "*unknown backend 'torhc'; known: torch-cpu, *"),
        (("--backend", "torch-cuda"), "*torch-cuda cannot be used here: *"),
        (
            ("--backend", "onnx-reference", "--suite", "sedes"),
            "*unknown suite 'sedes'; known: seeds, core, *",
        ),
        (
            ("--backend", "onnx-reference", "--deviations", "none.toml"),
            "*none.toml: No such file or directory*",
        ),
        (("--backend", "onnx-reference", "--min-answered", "nan"), "*'nan'; accepted are 0 to 1*"),
    ],
    ids=["no-backend-xdist", "no-backend", "backend", "unusable", "suite", "file", "share"],
)
def test_what_cannot_be_used_is_a_usage_error_on_one_screen(ask, monkeypatch, arguments, message):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    result = ask(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [*result.outlines, *result.errlines]
    pytest.LineMatcher(lines).fnmatch_lines([message])
    assert len(lines) < 25
    assert not any("Traceback" in line or "INTERNALERROR" in line for line in lines)


@pytest.mark.parametrize("more", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_a_backend_that_does_not_start_stops_the_run_with_the_reason(ask, more):
    result = ask("--backend", "planted:Missing", "--suite", "seeds", *more)
    assert result.ret != 0
    pytest.LineMatcher([*result.outlines, *result.errlines]).fnmatch_lines(
        ["*backend planted:Missing: planted has no Missing*"]
    )


def test_a_projects_own_option_stays_its_own(ask, pytester):
    pytester.makeconftest(
        "def pytest_addoption(parser): parser.addoption('--backend', default='theirs')"
    )
    pytester.makepyfile(
        test_theirs="def test_theirs(pytestconfig): assert pytestconfig.getoption('--backend') == "
        "'qt'"
    )
    asked = ("--suite", "seeds", "-k", "theirs or filter_5_same", "test_theirs.py")
    result = ask("--backend", "qt", "--convtranspose-backend", "onnx-reference", *asked)
    result.assert_outcomes(passed=2, deselected=SEEDS - 1)
    explanation = "--backend is this project's own option"
    result.stdout.fnmatch_lines(
        [f"convtranspose: {explanation}; say --convtranspose-backend for ours"]
    )
    result = ask("--backend", "qt", *asked)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert explanation in result.stderr.str() + result.stdout.str()


def test_other_tests_need_no_backend(ask, pytester):
    pytester.makepyfile(test_other="def test_other(): pass")
    result = pytester.runpytest_subprocess(
        "-p", "convtranspose_conformance.plugin", "test_other.py", "--report", "r"
    )
    result.assert_outcomes(passed=1)
    assert not (pytester.path / "r").exists()
