"""What a backend says of itself, held against what it did: a claim that is wrong either way is red.
No framework is needed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.backends.entry import VALUE_CHECKS, Entry
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.verdict.claims.claim import USES
from convtranspose_conformance.verdict.claims.files import ClaimError, load_claims, parse_claims
from convtranspose_conformance.verdict.deviation_files import parse as declarations
from convtranspose_conformance.worker.observation import Observation, Seen, stopped
from convtranspose_reports import Finding, Run, Verdict, write_report
from support import ROOT
from support.mutated_input import mutants
from support.simulated import follows

MINE = Entry(
    name="m:ine", title="Mine", route="-", target="-:-", distributions=(), checks=VALUE_CHECKS
)
CORE = [case for case in suite_cases("core") if case.op == "ConvTranspose" and case.rank == 1][::9]
HEAD = 'backend = "m:ine"\n[[claim]]\nname = "one"\nsays = "it"\n'
DOES, LACKS = HEAD + "does = true\n", HEAD + "does = false\n"
NOT_IN_2 = (
    'backend = "m:ine"\n[[deviation]]\nname = "d"\ncheck = "output"\nversions = ""\n'
    'when = "max(strides) > 1"\ncause = "framework"\nreason = "r"\n'
    'error = { type = "ValueError", pattern = "no" }\n'
)

Rule = Callable[[Asked], Observation]
RIGHT = follows("")


def strides_are(seen: Seen) -> Rule:
    def rule(asked: Asked) -> Observation:
        if max(asked.case.attributes.strides or (1,)) > 1:
            return stopped(seen, "run", "ValueError", "no strides")
        return RIGHT(asked)

    return rule


def held(text: str, rule: Rule, cases: list[Case] = CORE, known: str = "") -> Run:
    chosen = Plan(
        entries=[MINE],
        listed=[],
        suites=["core"],
        cases=cases,
        deviations=declarations(known, "d.toml", ()) if known else [],
        claims=parse_claims(text, "c.toml", ()),
        partial="a part",
    )
    session = Session(chosen)
    for number, asked in enumerate(session.asked):
        session.judged(MINE, number, {"output": rule(asked)})
    return session.run(0.0)


def wrong(run: Run) -> list[Finding]:
    return [finding for finding in run.findings if finding.kind == "claim"]


def test_claims_that_hold_are_no_news() -> None:
    run = held(DOES, RIGHT)
    assert run.footer is not None
    assert (wrong(run), run.footer.exit_status) == ([], 0)
    assert not wrong(held(LACKS + 'attributes = ["strides"]\n', strides_are(Seen.DECLINED)))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Seen.DECLINED, "declines"),
        (Seen.UNSUPPORTED, "cannot say"),
        (Seen.REFUSED, "refuses"),
        (Seen.CRASHED, "crashes on"),
    ],
)
def test_what_is_claimed_and_not_done(seen: Seen, words: str) -> None:
    (finding,) = wrong(held(DOES + "source = 'https://x.y'\n", strides_are(seen)))
    strided = [case for case in CORE if max(case.attributes.strides or (1,)) > 1]
    assert (finding.verdict, finding.cases, finding.upstream) == (
        Verdict.STALE,
        len(strided),
        ["https://x.y"],
    )
    said = f"do this: it; of {len(CORE)} such cases it {words} {len(strided)}"
    assert said in finding.sentence
    assert "no strides" in finding.reason


def test_a_wrong_answer_speaks_against_what_is_claimed_declared_or_not() -> None:
    (found,) = wrong(held(DOES, follows("kernel_flipped")))
    assert "answers otherwise" in found.sentence
    (found,) = wrong(held(DOES, strides_are(Seen.REFUSED), known=NOT_IN_2))
    assert "refuses (as declared)" in found.sentence
    run = held(DOES + 'attributes = ["pads"]\n', strides_are(Seen.REFUSED), known=NOT_IN_2)
    assert not wrong(run)  # the claim leaves strides out


def test_what_is_said_not_to_be_done_and_is_answered_right() -> None:
    run = held(LACKS + 'attributes = ["strides"]\n', RIGHT)
    (found,) = wrong(run)
    assert "is said to lack this: it" in found.sentence
    assert "answers right" in found.sentence
    assert run.footer is not None
    assert run.footer.exit_status == 1


def test_a_wrong_answer_is_none_that_was_not_to_be_expected() -> None:
    assert not wrong(held(LACKS, lambda asked: stopped(Seen.CRASHED, "run", "SIGSEGV", "gone")))


@pytest.mark.parametrize("name", USES)
def test_each_attribute_is_used_by_some_case_and_not_by_all(name: str) -> None:
    (claim,) = parse_claims(LACKS + f'attributes = ["{name}"]\n', "c.toml", ())
    (without,) = parse_claims(
        DOES + f"attributes = {[each for each in USES if each != name]}\n", "c.toml", ()
    )
    pool = [case for case in suite_cases("core") if case.op == "ConvTranspose"]
    used = [case.id for case in pool if claim.concerns(case)]
    assert 0 < len(used) < len(pool)
    assert [case.id for case in pool if not without.concerns(case)] == used


def test_ranks_types_and_opsets_are_all_to_be_met() -> None:
    (claim,) = parse_claims(
        DOES + 'ranks = [2]\ntypes = ["float64"]\nopsets = [11, 22]\nwhen = "bias"\n', "c", ()
    )
    met = [case for case in suite_cases("core") if claim.concerns(case)]
    assert met
    assert all(
        (case.rank, case.dtype, case.bias) == (2, "float64", True) and case.opset in (11, 22)
        for case in met
    )


def test_forbidden_calls_concern_no_claim() -> None:
    (claim,) = parse_claims(DOES, "c.toml", ())
    assert not any(claim.concerns(case) for case in suite_cases("invalid"))


def test_a_claim_that_no_question_concerns_is_named() -> None:
    claims = parse_claims(DOES + "ranks = [3]\n", "c.toml", ())
    chosen = Plan(entries=[MINE], listed=[], suites=[], cases=CORE, deviations=[], claims=claims)
    assert chosen.silent_claims() == claims
    assert not replace(chosen, cases=list(suite_cases("core"))).silent_claims()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "backend"),
        ('backend = "nobody"\nclaim = []\n', "c.toml:1: unknown backend 'nobody'; known: torch"),
        ('backend = "m:ine"\n', "claim"),
        (DOES + "rank = [1]\n", "c.toml:6: .*unknown field `rank`"),
        (DOES + 'ranks = "all"\n', "c.toml:6: Expected `array`"),
        (DOES + 'types = ["int8"]\n', "c.toml:6: Invalid enum value 'int8'"),
        (DOES + 'check = "rejection"\n', "c.toml:6: Invalid enum value 'rejection'"),
        (DOES + 'attributes = ["stride"]\n', "c.toml:6: 'stride' is no attribute; accepted: auto_"),
        (DOES + 'when = "ranks == 2"\n', "c.toml:6: .*unknown ranks"),
        (DOES + 'when = "rank == 2) or (True"\n', "c.toml:6: .*is no expression"),
        (HEAD, "c.toml:2: .*missing required field `does`"),
        (DOES + DOES.partition("\n")[2], "c.toml:7: one is claimed twice"),
        (DOES + "says = \n", "c.toml: "),
        (DOES + "ranks = " + "[" * 5000, "c.toml: "),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        parse_claims(text, "c.toml", ("torch",))


def test_files_with_a_change_are_read_or_refused_in_our_own_words() -> None:
    text = (ROOT / "docs/claims/onnxruntime-cpu.toml").read_text("utf-8")
    refused = 0
    for mutant in mutants([text], 200):
        try:
            parse_claims(mutant.encode(errors="replace").decode(), "c.toml", ["onnxruntime-cpu"])
        except ClaimError:
            refused += 1
    assert 20 < refused < 200


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match=r"no\.toml: No such file"):
        load_claims(tmp_path / "no.toml", ())


def test_the_page_and_junit_name_a_wrong_claim(tmp_path: Path) -> None:
    run = held(LACKS + 'attributes = ["strides"]\n', RIGHT)
    write_report(tmp_path, run)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "1 claim is wrong" in page
    assert "is said to lack this: it" in page
    assert "stale: " not in (junit := (tmp_path / "junit.xml").read_text("utf-8"))
    assert "claim: one" in junit
    assert "a claim does not hold" in junit


def test_the_command_takes_claims_from_its_line_and_from_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = LACKS.replace("m:ine", "textbook:Textbook") + 'attributes = ["strides"]\n'
    Path("says.toml").write_text(text + DOES.partition("\n")[2].replace('"one"', '"two"'))
    table = 'backend = "textbook:Textbook"\ncase = "seeds/stride_2_filter_3"\njobs = 1\n'
    words = ["run", "--no-report", "--out", str(tmp_path / "out")]
    Path("pyproject.toml").write_text("[tool.convtranspose]\n" + table)
    assert CliRunner().invoke(cli.app, words).exit_code == 0
    named = CliRunner().invoke(cli.app, [*words, "--claims", "says.toml"])
    Path("pyproject.toml").write_text(f'[tool.convtranspose]\n{table}claims = "says.toml"\n')
    done = CliRunner().invoke(cli.app, words)
    assert (done.exit_code, named.exit_code) == (1, 1), done.output
    assert "wrong claim: textbook:Textbook output: is said to lack this: it" in done.stdout
    assert done.stdout.count("wrong claim") == 1


def test_the_example_of_the_docs_speaks_of_cases_that_are_asked() -> None:
    claims = load_claims(ROOT / "docs/claims/onnxruntime-cpu.toml", ["onnxruntime-cpu"])
    pool = suite_cases("core")
    assert [any(claim.concerns(case) for case in pool) for claim in claims] == [True, True]
