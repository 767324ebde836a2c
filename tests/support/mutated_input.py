"""Texts and files that somebody else wrote, mutated: what each parser makes of them. `python -m
support.mutated_input PARSER COUNT` in a process of its own, held to a GiB, prints what went
wrong; with `--figures`, on a last line, how many were refused, the most seconds that one took and
the most MiB that were held."""

import json
import random
import resource
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from convtranspose_cases import find_case
from convtranspose_cases.notation import parse, require_askable
from convtranspose_conformance.backends.registry import UnknownBackend, named
from convtranspose_conformance.cli.project import FILE, project_options
from convtranspose_conformance.explain.inputs.options import shape_option
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.rules.answers import Asked as Cased
from convtranspose_conformance.rules.predicate import Predicate
from convtranspose_conformance.run.journal import ANSWERS, Answers, Journal, Told
from convtranspose_conformance.run.kept.form import (
    Asks,
    AsText,
    Besides,
    CaseTable,
    Opening,
    Other,
    SeenLine,
)
from convtranspose_conformance.run.kept.reading import read_kept
from convtranspose_conformance.run.kept.seen_lines import question
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.planning.selection import cases_of, shard_of
from convtranspose_conformance.verdict.deviation_files import parse as declarations
from convtranspose_conformance.verdict.machine import condition
from convtranspose_conformance.worker.observation import Seen, stopped
from convtranspose_reference.errors import UserError
from convtranspose_reports import Header, read_run
from convtranspose_reports.errors import RunError

GIB, MOST_S = 2**30, 5
MOST_SHOWN = 3
PLANTED = [
    *("9" * 5000, "-1", "0", "1" * 30, "(" * 3000, "[" * 3000, "{" * 500, "not " * 900, "-" * 900),
    *("\0", "\ud800", "\xff", "é", "%", "%00", "\n", '"', "'", "#", "=", "**", "lambda: ", "inf"),
    *(
        "x_1_1_5_",
        "after_",
        "auto_pad_",
        "float16_",
        "special-",
        "strides * 99999999999",
        "'a' * 9",
    ),
    *("resize_linear_", "scales_0p00001_", "antialias_", "coeff_-9_", "shuffle_DCR_", "9p9"),
    *('pattern = "(((((((((a+)+"', "[[deviation]]", "1979-13-01", "{1,99999999999}", "a.b.c = 1"),
]
TOML = """backend = "torch-cpu"
[[deviation]]
name = "n"
check = "output"
versions = "==2.13.*"
when = "group > 1 and any(s > 1 for s in strides)"
machine = "'avx2' in cpu_flags"
cause = "framework"
reason = "r"
error = {type = "RuntimeError", pattern = "could not (create|make) [a-z]+ {1,3}"}
"""
RUN = (
    '{"type":"header","format":1,"suite_version":"0.1","seed":0,"environment":{},"backends":[{'
    '"name":"a","title":"A","route":"r","version":"1","device":"cpu","usable":true,"asked":true}],'
    '"suites":[],"clauses":[],"features":{}}\n'
    '{"type":"case","name":"s/c","suite":"s","summary":"","features":[],"clauses":[]}\n'
    '{"type":"record","case":"s/c","backend":"a","check":"output","outcome":"AGREES",'
    '"verdict":"conforms"}\n'
    '{"type":"footer","records":1,"exit_status":0,"finished":"2026-01-01","seconds":1.0}\n'
)
PROJECT = """[tool.convtranspose]
backend = ["torch-cpu", "mine:obj"]
suite = "seeds"
case = ["core/x_*"]
deviations = ["known.toml"]
out = "report"
min-answered = 0.5
jobs = 2
timeout = 60.0
memory = 6
seed = 3
"""
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "cells": [
            {"cell_type": "markdown", "source": "text"},
            {"cell_type": "code", "source": ["import torch\n", "nn.ConvTranspose1d(4, 2, 3)"]},
        ],
    }
)


def _case(text: str) -> None:
    case = parse(text)
    if len(text) % 16 == 0:  # numbers are drawn for some
        require_askable(case)


def _file(name: str, read: Callable[[Path], object]) -> Callable[[str], None]:
    folder = TemporaryDirectory()

    def write(text: str) -> None:
        file = Path(folder.name) / name
        encoding = "latin-1" if name in ("m.onnx", ANSWERS) else "utf-8"
        file.write_bytes(text.encode(encoding, "replace"))
        read(file)

    write.folder = folder  # type: ignore[attr-defined]  lives as long as what writes there
    return write


def _model() -> str:
    from convtranspose_cases import find_case
    from convtranspose_conformance.backends.api import Call
    from convtranspose_conformance.backends.onnx.model import model_of
    from convtranspose_conformance.rules.answers import Asked

    asked = Asked(find_case("seeds/stride_2_filter_3"))
    return str(model_of(Call.of(asked.case, *asked.arrays())).SerializeToString(), "latin-1")


_NOTHING = Plan(entries=[], listed=[], suites=[], cases=[], deviations=[])


def _resumed(file: Path) -> None:
    with Journal(file.parent, _NOTHING, resume=True) as journal:
        list(journal.kept())


def _journal() -> str:
    seen = {"output": stopped(Seen.REFUSED, "run", "RuntimeError", "no")}
    with TemporaryDirectory() as folder:
        with Journal(Path(folder), _NOTHING) as journal:
            journal.write(Told(backend="a", versions={"a": "1"}, kernels={}))
            for number in range(3):
                journal.write(Answers(backend="a", number=number, found=seen))
        return str(Path(folder, ANSWERS).read_bytes(), "latin-1")


def _answers() -> str:
    seen = SeenLine(seen="returned", dtype="float32", shape=[1, 1, 5], off=[0, 1, -2, 3, 0])
    stops = SeenLine(seen="refused", stage="run", kind="RuntimeError", message="no")
    cases = [find_case("seeds/stride_2_filter_3"), find_case("call/x_1_1_3_w_1_1_3")]
    header = json.loads(RUN.splitlines()[0])
    header["backends"][0]["name"] = name = "a"
    lines = [
        Opening(
            header=msgspec.convert(header, Header), asks={name: Asks(checks=["output", "gradient"])}
        ),
        CaseTable(ids=[case.id for case in cases], questions=[*map(question, cases)]),
        AsText(backend=name, check="output", cases=[0]),
        Other(backend=name, check="output", case=1, seen=seen),
        Besides(backend=name, check="output", call="call/x_1_1_5_w_1_1_3", seen=stops),
    ]
    return "\n".join(msgspec.json.encode(line).decode() for line in lines)


def _judged_answers(path: Path) -> None:
    kept = read_kept(path)
    for entry in kept.entries():
        for number, case in kept.cases.items():
            kept.answers(entry.name, number, Cased(case, kept.header.seed))
    for line in kept.besides:
        kept.beside(line)


def _backend(text: str) -> None:
    """Of no module that is there: what its loading does is its own. At a version that is stated:
    to look for it takes long."""
    named(f"not_there_{text}", "1.0")


PARSERS: dict[str, tuple[Callable[[], list[str]], Callable[[str], object]]] = {
    "case id": (
        lambda: [
            "call/x_1_2_5_w_2_3_3_strides_2_pads_1_0_float16_dense_opset_22",
            "call/conv_x_1_4_5_5_w_2_2_3_3_bias_group_2_auto_pad_SAME_UPPER_w_input",
            "call-gradient/x_1_1_4_w_1_1_2_output_shape_9_after_x_1_1_5_w_1_1_2",
            "call/conv_x_1_4_4_3_w_4_4_2_2_pads_1_0_0_1_resize_cubic_scales_2_0p5_coeff_-0p5_"
            "antialias_exclude_outside_shuffle_CRD_2_opset_19",
            "call/conv_x_1_1_5_w_1_1_1_resize_linear_sizes_9_coordinates_tf-crop-and-resize_"
            "extrapolation_-2p5_roi_-0p5_1p5_float16",
            "call/conv_x_1_1_4_6_w_4_1_1_1_resize_nearest_sizes_8_8_nearest_floor_"
            "policy_not-larger_coordinates_half-pixel-symmetric_shuffle_DCR_2",
        ],
        _case,
    ),
    "declarations": (
        lambda: [TOML],
        lambda text: declarations(text.encode(errors="replace").decode(), "d.toml", ["torch-cpu"]),
    ),
    "when": (
        lambda: ["group > 1 and any(s > 1 for s in strides)", "op == 'Conv' or 2 * m4 % 3 == 1"],
        Predicate,
    ),
    "machine": (lambda: ["'avx2' in cpu_flags and not onednn", "isa == 'AVX2'"], condition),
    "shard": (lambda: ["1/2", "17/400"], shard_of),
    "patterns": (
        lambda: ["core/x_[1-4]_k_*", "call/x_1_1_5_w_1_1_3", "*"],
        lambda text: cases_of(["seeds"], [text], "", 0),
    ),
    "backend": (lambda: ["mine:obj@llvm-cpu", "a.b.c:d.e", "onnxruntime-cpu"], _backend),
    "project": (lambda: [PROJECT], _file(FILE, lambda path: project_options(path.parent))),
    "journal": (lambda: [_journal()], _file(ANSWERS, _resumed)),
    "answers": (lambda: [_answers()], _file("answers.jsonl", _judged_answers)),
    "notebook": (lambda: [NOTEBOOK], _file("n.ipynb", lambda path: subjects(str(path)))),
    "run": (lambda: [RUN], _file("results.jsonl", read_run)),
    "layer": (
        lambda: [
            "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=(1, 0))",
            "keras.layers.Conv2DTranspose(8, 3, strides=2, padding='same')",
            "tf.nn.conv2d_transpose(x, w, [1, 8, 8, 3], strides=2)",
        ],
        lambda text: subjects(text + ")"),
    ),
    "sizes": (lambda: ["1,2,5,5", "3"], lambda text: shape_option("x", text)),
    "model": (lambda: [_model()], _file("m.onnx", lambda path: subjects(str(path)))),
}


def mutants(seeds: list[str], count: int, seed: int = 0) -> Iterator[str]:
    """Seeds with one to four changes: parts left out, doubled, moved, or something planted."""
    stream = random.Random(seed)
    for _ in range(count):
        text = stream.choice(seeds)
        for _ in range(stream.randint(1, 4)):
            a, b = sorted(stream.choices(range(len(text) + 1), k=2))
            b = min(b, a + stream.choice((1, 2, 8, 99)))
            new = stream.choice(
                (
                    lambda a=a, b=b, text=text: text[:a] + text[b:],
                    lambda a=a, b=b, text=text: text[:b] + text[a:],
                    lambda a=a, b=b, text=text: text[:a] + text[a:b] * 50 + text[b:],
                    lambda a=a, b=b, text=text: text[:a] + stream.choice(PLANTED) + text[b:],
                    lambda a=a, text=text: text[:a] + chr(stream.randrange(256)) + text[a + 1 :],
                )
            )
            text = new()
        yield text


class Asked:
    """A parser and what it made of mutants: how many it refused, and the most seconds of one."""

    def __init__(self, name: str) -> None:
        self.name, self.refused, self.most_s = name, 0, 0.0
        self._seeds, self._read = PARSERS[name]

    def failures(self, count: int) -> Iterator[str]:
        """What it does that it must not: an error that is none of ours, or more than MOST_S."""
        signal.signal(signal.SIGALRM, _late)
        for text in mutants(self._seeds(), count):
            begun = time.perf_counter()
            signal.alarm(MOST_S)
            try:
                self._read(text)
            except (UserError, RunError, UnknownBackend):
                self.refused += 1
            except BaseException as error:
                yield f"{self.name}: {type(error).__name__}: {error!s:.200}: {text!r:.300}"
            finally:
                signal.alarm(0)
                self.most_s = max(self.most_s, time.perf_counter() - begun)


def _late(*_: object) -> None:
    raise TimeoutError


def _most_memory() -> int:
    """Bytes that this process ever held. Not getrusage's: a process begins there with what its
    parent held when it was started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(
        int(line.split()[1]) * 1024
        for line in status.read_text(encoding="ascii").splitlines()
        if line.startswith("VmHWM:")
    )


def main() -> int:
    warnings.simplefilter("ignore")
    asked, count = Asked(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (4 * GIB, 4 * GIB))  # libraries map more than they use
    lines = []
    for line in asked.failures(count):
        lines.append(line)
        if len(lines) == MOST_SHOWN:
            break
    used = _most_memory()
    if used > GIB:
        lines.append(f"{asked.name}: {used / GIB:.1f} GiB")
    print("\n".join(lines))
    if "--figures" in sys.argv:
        print(json.dumps([asked.refused, round(asked.most_s, 2), used >> 20]))
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main())
