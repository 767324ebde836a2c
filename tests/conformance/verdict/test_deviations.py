"""Declarations: a file that cannot be used says where and why, on one line; the shipped ones are
sound; predicates cannot do harm."""

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from convtranspose_cases import make, suite_cases
from convtranspose_cases.facts import NAMES
from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.rules.predicate import Predicate, PredicateError
from convtranspose_conformance.verdict.deviation_files import DeviationError, declared, load, parse
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.judge import predicts_a_difference

KNOWN = ["torch-cpu", "mine"]
GOOD = """backend = "mine"

[[deviation]]
name = "first"
check = "output"
versions = "==1.*"
when = "group > 1"
fault = "bias_missing"
cause = "framework"
reason = "It says so."

[[deviation]]
name = "second"
check = "output"
versions = ">=1,<3"
when = "rank == 2 and max(strides) > 1"
error = { type = "ValueError", pattern = "no .* strides" }
cause = "text"
reason = "It says so, too."
upstream = ["https://example.org/1"]
"""

# What is replaced by what in the good file -> the line that the message names, and what it says.
WRONG: dict[str, tuple[str, str, int, str]] = {
    "unknown backend": ('"mine"', '"yours"', 1, r"unknown backend 'yours'; known: mine, torch-cpu"),
    "unknown key of the file": (
        'backend = "mine"',
        'backend = "mine"\nframework = "x"',
        2,
        "unknown field `framework`",
    ),
    "no backend": ('backend = "mine"', "", 1, "missing required field `backend`"),
    "unknown key": (
        'reason = "It says so."',
        'because = "It says so."',
        10,
        "unknown field `because`|missing required field `reason`",
    ),
    "missing key": ('cause = "framework"\n', "", 3, "missing required field `cause`"),
    "unknown fault": (
        "bias_missing",
        "bias_mising",
        8,
        r"unknown fault 'bias_mising'; near: bias_missing",
    ),
    "unknown reading": (
        'fault = "bias_missing"',
        'reading = "C:clampt"',
        8,
        r"unknown reading 'C:clampt'; near: C:clamped",
    ),
    "unknown reading in a list": (
        'fault = "bias_missing"',
        'reading = ["C:clamped", "D"]',
        8,
        "unknown reading 'D'",
    ),
    "unknown accuracy": (
        'fault = "bias_missing"',
        'accuracy = "TF33"',
        8,
        r"unknown accuracy 'TF33'; near: ",
    ),
    "a list of no names": ('fault = "bias_missing"', "fault = [1]", 8, "Expected `str`"),
    "unknown check": ('check = "output"', 'check = "outputs"', 5, "Invalid enum value 'outputs'"),
    "unknown cause": ('cause = "framework"', 'cause = "bug"', 9, "Invalid enum value 'bug'"),
    "bad version range": ('"==1.*"', '"==1.x"', 6, "'==1.x' is no version range"),
    "versions of another type": ('"==1.*"', "1", 6, "Expected `str`"),
    "unknown name in a predicate": ("group > 1", "grup > 1", 7, "unknown grup; known: .*group"),
    "a key's name in a predicate": ("group > 1", "cause == 'text'", 7, "unknown cause; known: "),
    "a case's name in a predicate": ("group > 1", "'x_4' in name", 7, "unknown name"),
    "an id in a predicate": ("group > 1", "id == 'core/x_4'", 7, "unknown id"),
    "bad syntax in a predicate": ("group > 1", "group >", 7, "is no expression"),
    "an empty predicate": ("group > 1", "", 7, "is no expression"),
    "two expressions": ("group > 1", "True; False", 7, "is no expression"),
    "an import in a predicate": ("group > 1", "__import__('os')", 7, "unknown __import__"),
    "an attribute in a predicate": ("group > 1", "op.__class__ == 3", 7, "op.__class__|attribute"),
    "a lambda in a predicate": ("group > 1", "(lambda: True)()", 7, "lambda"),
    "an assignment in a predicate": ("group > 1", "(group := 3) > 1", 7, "group := 3|assign"),
    "a zero byte in a predicate": ("group > 1", "group\\u0000", 7, "is no expression"),
    "a rule that states none": (
        'fault = "bias_missing"',
        'rule = "begins = 1"',
        8,
        "is no rule; accepted are WORD = FORMULA",
    ),
    "a rule over what there is not": (
        'fault = "bias_missing"',
        'rule = "begin = sides"',
        8,
        "unknown 'sides' in 'sides'; known: axis, ",
    ),
    "a type that there is not": (
        'fault = "bias_missing"',
        'rule = "y_dtype = float8"',
        8,
        "accepted for y_dtype are float16, ",
    ),
    "a condition of a rule that is none": (
        'fault = "bias_missing"',
        'rule = "bias_twice where ranks == 2"',
        8,
        "unknown ranks",
    ),
    "error and fault": (
        'fault = "bias_missing"',
        'fault = "bias_missing"\nerror = { type = "E", pattern = "p" }',
        8,
        "either error, or reading / fault / rule / accuracy",
    ),
    "error and reading": (
        'fault = "bias_missing"',
        'reading = "C:clamped"\nerror = { type = "E", pattern = "p" }',
        8,
        "either error",
    ),
    "error and accuracy": (
        'fault = "bias_missing"',
        'accuracy = "TF32 inputs"\nerror = { type = "E", pattern = "p" }',
        8,
        "either error",
    ),
    "nothing that says how": ('fault = "bias_missing"\n', "", 3, "either error"),
    "wrong in the second entry": ("rank == 2", "rnk == 2", 16, "unknown rnk"),
    "wrong fault in the second entry": (
        'cause = "text"',
        'cause = "text"\nfault = "x"',
        19,
        "unknown fault 'x'",
    ),
    "bad pattern": ("no .* strides", "no (strides", 17, "pattern: missing \\)"),
    "unknown key of error": ("pattern =", "patern =", 17, "unknown field `patern`"),
    "error of another type": (
        '{ type = "ValueError", pattern = "no .* strides" }',
        '"ValueError"',
        17,
        "Expected `object.*got `str`",
    ),
    "unknown name in machine": (
        'cause = "framework"',
        'cause = "framework"\nmachine = "cores > 2"',
        10,
        "'cores > 2': unknown cores; known: .*cpu_flags, isa",
    ),
    "bad syntax in machine": (
        'cause = "framework"',
        'cause = "framework"\nmachine = "cpu_flags ("',
        10,
        "machine = 'cpu_flags \\('.* is no expression",
    ),
    "wrong types in machine": (
        'cause = "framework"',
        'cause = "framework"\nmachine = "cpu_flags > 2"',
        10,
        "'cpu_flags > 2' fails: '>' not supported",
    ),
    "an import in machine": (
        'cause = "framework"',
        'cause = "framework"\nmachine = "__import__(\'os\')"',
        10,
        "unknown __import__; known: .*cpu_flags",
    ),
    "bad TOML": ("versions = ", "versions ", 6, ""),
    "a declaration that is no table": ("[[deviation]]", "[deviation]", 12, "declare"),
    "declared twice": (
        'name = "second"',
        'name = "first"',
        13,
        "mine/output/first is declared twice",
    ),
}


def _error(text: str) -> str:
    with pytest.raises(DeviationError) as caught:
        parse(text, "deviations/mine.toml", KNOWN)
    return str(caught.value)


def test_the_good_file_is_good() -> None:
    first, second = parse(GOOD, "mine.toml", KNOWN)
    assert (first.id, first.kind, first.where, first.sentence()) == (
        "mine/output/first",
        "fault",
        "mine.toml:3",
        "leaves the bias out",
    )
    assert (second.kind, second.where, second.upstream) == (
        "error",
        "mine.toml:12",
        ("https://example.org/1",),
    )
    assert second.sentence() == "It says so, too."
    assert [first.covers(v) for v in ("1.0", "1.9rc1", "2.0", "unknown", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_the_line(name: str) -> None:
    old, new, line, says = WRONG[name]
    assert old in GOOD
    count = 2 if name == "a declaration that is no table" else 1
    message = _error(GOOD.replace(old, new, count))
    assert message.startswith("deviations/mine.toml")
    assert "\n" not in message
    assert "Traceback" not in message
    assert re.search(says, message), message
    assert f"mine.toml:{line}:" in message or f"line {line}," in message, message


LEGAL_TOML = {
    "spaces in the header": GOOD.replace("[[deviation]]", "[[ deviation ]]"),
    "a quoted header": GOOD.replace("[[deviation]]", '[["deviation"]]'),
    "a comment after the header": GOOD.replace("[[deviation]]", "[[deviation]] # one"),
    "an array of tables in "
    "line": 'backend = "mine"\ndeviation = [{ name = "a", check = "output", versions = "", when = '
    '"group > 1", fault = "bias_missing", '
    'cause = "text", reason = "r" }]\n',
    "quoted keys": GOOD.replace("reason =", '"reason" ='),
    "a header in a text": GOOD.replace('"It says so."', '"""\n[[deviation]]\nIt says so."""'),
    "no declaration at all": 'backend = "mine"\n',
    "Windows' line ends": GOOD.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("name", LEGAL_TOML)
def test_all_spellings_of_toml_are_read(name: str) -> None:
    found = parse(LEGAL_TOML[name], "mine.toml", KNOWN)
    assert len(found) == {"an array of tables in line": 1, "no declaration at all": 0}.get(name, 2)
    wrong = LEGAL_TOML[name].replace("bias_missing", "bias_mising")
    if wrong != LEGAL_TOML[name]:
        with pytest.raises(DeviationError, match=r"mine.toml:\d+: unknown fault"):
            parse(wrong, "mine.toml", KNOWN)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(DeviationError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml", KNOWN)
    with pytest.raises(DeviationError, match="Is a directory"):
        load(tmp_path, KNOWN)
    (tmp_path / "latin.toml").write_bytes(b'backend = "\xe9"\n')
    with pytest.raises(DeviationError, match=r"latin\.toml"):
        load(tmp_path / "latin.toml", KNOWN)
    (tmp_path / "good.toml").write_text(GOOD)
    assert len(load(tmp_path / "good.toml", KNOWN)) == 2


def test_files_are_utf_8_wherever_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(
        GOOD.replace("It says so.", "It says \u2264."), encoding="utf-8"
    )
    script = f"""
from pathlib import Path
from convtranspose_conformance.verdict.deviation_files import load
print(ascii(load(Path({str(tmp_path / "good.toml")!r}), ["mine"])[0].reason))
"""
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path), "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    )
    assert done.stdout.strip() == r"'It says \u2264.'", done.stderr[-300:]


def test_backends_of_ones_own_may_be_named() -> None:
    assert (
        parse(GOOD.replace('"mine"', '"package.module:attribute@CUDA"'), "f", KNOWN)[0].backend
        == "package.module:attribute@CUDA"
    )


# What the project ships

_AVX512 = "avx avx2 avx512f avx512bw"
MACHINES = {
    "without oneDNN": {"onednn": "off", "aten": "avx2", "flags": "avx avx2"},
    "AVX2": {"onednn": "float32", "isa": "avx2", "aten": "avx2", "flags": "avx avx2"},
    "AVX-512, told AVX2": {
        "onednn": "float32 bfloat16",
        "isa": "avx2",
        "aten": "avx2",
        "flags": "avx avx2",
    },
    "AVX-512 with bfloat16": {
        "onednn": "float32 bfloat16",
        "isa": "avx512_core_bf16",
        "aten": "avx512",
        "flags": f"{_AVX512} avx512_bf16",
    },
    "AVX-512 without bfloat16": {
        "onednn": "float32 bfloat16",
        "isa": "avx512_core",
        "aten": "avx512",
        "flags": _AVX512,
    },
    "AMX": {
        "onednn": "float32 bfloat16 float16",
        "isa": "avx512_core_amx",
        "aten": "avx512",
        "flags": f"{_AVX512} avx512_bf16 avx512_fp16 amx_bf16 amx_tile",
    },
}
OURS = {entry.name: entry for entry in (*BUILT_IN, *ON_REQUEST)}
SHIPPED = declared(OURS)


def _words(deviation: Deviation) -> set[str]:
    return set(re.findall(r"[A-Za-z_]+", re.sub(r"'[^']*'", "", deviation.when.text)))


def test_the_shipped_files_parse_each_for_its_own_backend() -> None:
    assert len(SHIPPED) > 20
    assert len({d.id for d in SHIPPED}) == len(SHIPPED)
    for deviation in SHIPPED:
        assert deviation.where.startswith(f"declared/{deviation.backend}.toml:")
    assert all(d.check in OURS[d.backend].checks for d in SHIPPED)


def test_where_is_the_line_of_the_declaration() -> None:
    for file in files("convtranspose_conformance.verdict").joinpath("declared").iterdir():
        if file.name.endswith(".toml"):
            lines = file.read_text().splitlines()
            for deviation in parse(file.read_text(), file.name, OURS):
                line = int(deviation.where.rpartition(":")[2])
                assert lines[line - 1] == "[[deviation]]"
                assert deviation.name in lines[line]


@pytest.mark.parametrize("deviation", SHIPPED, ids=lambda d: d.id)
def test_a_shipped_declaration_is_narrow_and_says_why(deviation: Deviation) -> None:
    assert not _words(deviation) & {"name", "id", "suite"}
    assert _words(deviation) & NAMES
    assert re.fullmatch(r"==\d+\.\d+\.\*|>=\d+(\.\d+)+,<\d+(\.\d+)+", deviation.versions)
    assert len(deviation.reason) > 30
    assert deviation.reason.endswith(".")
    assert deviation.sentence()
    assert all(url.startswith("https://github.com/") for url in deviation.upstream)
    # No blanket: it speaks of some of the cases, and of fewer than all of its operator.
    drawn = (0, 1) if deviation.suite == "random" else (0,)
    cases = [case for seed in drawn for case in suite_cases(deviation.suite, seed)]
    cases += suite_cases("seeds")
    most = (0.6 if deviation.suite == "core" else 1) * len(cases)
    spoken = [
        [case for case in cases if there.when(case)]
        for there in map(deviation.told, MACHINES.values())
        if there.fits
    ]
    assert all(len(each) < most for each in spoken)
    assert any(spoken)
    if (
        deviation.explanation is not None
        and not deviation.accuracy
        and deviation.check not in ("gradient", "rejection")
    ):
        assert any(predicts_a_difference(deviation, Asked(case)) for case in max(spoken, key=len))


def test_predicates_of_shipped_declarations_hold_for_any_case() -> None:
    for case in suite_cases("core"):
        for deviation in SHIPPED:
            assert deviation.when(case) in (True, False)


def test_what_is_shipped_is_toml_that_tomllib_reads() -> None:
    for file in files("convtranspose_conformance.verdict").joinpath("declared").iterdir():
        if file.name.endswith(".toml"):
            assert tomllib.loads(file.read_text())["backend"] == file.name.removesuffix(".toml")


# Predicates

CASE = make("t", (4, 5), (3, 2), strides=(2, 3), pads=(0, 1, 2, 0), c=4, m=2, group=2)
TRUE = [
    "group > 1",
    "max(strides) == 3 and pads[1] == 1",
    "'Trans' in op",
    "any([s > 2 for s in strides])",
    "dtype in ('float32', 'float64')",
    "all([a >= b for a, b in zip(kernel, strides)]) or rank == 2",
    "not bias",
    "len(output_shape) == 0",
    "sum(pads) == 3 and C // group == 2",
]


@pytest.mark.parametrize("text", TRUE)
def test_predicates_hold(text: str) -> None:
    assert Predicate(text)(CASE) is True
    assert Predicate(f"not ({text})")(CASE) is False


HARMFUL = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "op.__class__",
    "op.format(1)",
    "strides.append(3)",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "getattr(op, 'upper')",
    "globals()",
    "(lambda: 1)()",
    "max.__self__",
    "f'{op.__class__}'",
    "9**9**9**9 > 1",
    "'a' * 10**9 == op",
    "[0] * 10**10 == pads",
    "sum([1 for a in [0]*9999 for b in [0]*9999]) > 1",
    "1 << 10**9 > 0",
    "any.__globals__",
    "print(op)",
    "input.clear()",
    "strides.sort()",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_predicates_cannot_do_harm(text: str) -> None:
    case = replace(CASE, name=f"harmed by {text}")  # facts are kept for each case
    with pytest.raises(PredicateError):
        Predicate(text)(case)
    assert Predicate("strides == [2, 3] and input == [4, 5]")(case)


FAILING: list[Any] = [
    "strides[7] > 1",
    "op > 3",
    "group / (rank - 2)",
    "max(output_shape) > 3",
    "min([]) > 1",
    "sum(op)",
    "len(3) > 1",
    "op[99] == 'x'",
    "{'a': 1}['b']",
    "2.0 ** 1e300 > 1",
    "rank % 0",
    "unhashable in {[]: 1}",
]


@pytest.mark.parametrize("text", FAILING)
def test_a_predicate_that_fails_on_a_case_says_so(text: str) -> None:
    with pytest.raises(PredicateError) as caught:
        Predicate(text)(CASE)
    assert "\n" not in str(caught.value)


def test_a_predicate_that_fails_on_a_case_names_its_file_and_line() -> None:
    (deviation, _) = parse(GOOD.replace("group > 1", "strides[2] > 1"), "mine.toml", KNOWN)
    with pytest.raises((PredicateError, DeviationError), match=r"mine\.toml:\d"):
        deviation.concerns(CASE, "output")


def test_what_a_predicate_may_name_does_not_depend_on_earlier_ones() -> None:
    script = """
from convtranspose_conformance.rules.predicate import Predicate, PredicateError
def accepted(text):
    try:
        Predicate(text)
    except PredicateError:
        return False
    return True
print(accepted("list(pads) == pads"), accepted("group > 1"), accepted("list(pads) == pads"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    first, _, again = done.stdout.split()
    assert first == again
