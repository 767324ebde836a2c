"""The files of figures, each with its key and with the command that measures it again."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks import ROOT
from convtranspose_cases import SUITES

from .parts import (
    DIAGNOSED,
    EXPLAINED,
    FRAMEWORKS,
    LECTURED,
    LEVELLED,
    PUBLISHED,
    RIGHT,
    RULES,
    VERSIONED,
    Key,
    bounds,
    declared_of_older,
    kept_answers,
    library,
    modules,
    mutants,
    of_script,
    operators,
    pins,
    predicted_by,
    rooms,
    scripts,
    strangers,
    suites,
    words_of_the_page,
)

_KEPT_IN_TEXT = re.compile(r"<!-- measured of: (.*) -->\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A file of figures: its path from the root, what it would be measured of now, and the script
    that measures it. `anew` makes the command's arguments of the parts of the key that differ;
    `minutes` is what all of it takes on two cores."""

    path: str
    now: Callable[[], Key]
    minutes: int
    script: str
    anew: Callable[[list[str]], list[str]] = lambda changed: []

    def kept(self) -> Key:
        """The key in the file; empty where it has none, or no file is there."""
        file = ROOT / self.path
        text = file.read_text(encoding="utf-8") if file.exists() else "{}"
        if self.path.endswith(".md"):
            found = _KEPT_IN_TEXT.search(text)
            return dict(part.split(": ", 1) for part in found[1].split("; ")) if found else {}
        key: Key = json.loads(text).get("measured_of", {})
        return key

    def changed(self) -> list[str]:
        """The parts of the key that are not as they were when the figures were measured."""
        kept, now = self.kept(), self.now()
        return [part for part in sorted(kept | now) if kept.get(part) != now.get(part)]

    def command(self, changed: list[str]) -> list[str]:
        """What measures again no more than it has to."""
        return ["python", self.script, *self.anew(changed)]


def in_text(key: Key) -> str:
    """The key as a comment in a page."""
    return f"<!-- measured of: {'; '.join(f'{part}: {value}' for part, value in key.items())} -->\n"


def merged(kept: Key, now: Key, measured: Iterable[str]) -> Key:
    """The key of a file of which only the parts `measured` were measured now."""
    parts = set(measured)
    return {part: now[part] if part in parts else kept.get(part, "") for part in now}


def _flags(**flags: str) -> Callable[[list[str]], list[str]]:
    """Arguments that measure no more than these kinds of parts anew, where no others have changed:
    `suite="--suite"` gives `--suite core`, `operators="--operators"` that alone. Else none, which
    measures everything."""

    def arguments(changed: list[str]) -> list[str]:
        words: list[str] = []
        for kind, _, name in (part.partition(" ") for part in changed):
            if kind not in flags:
                return []
            words += [word for word in (flags[kind], name) if word]
        return words

    return arguments


def _kinds(changed: list[str]) -> list[str]:
    """The kinds of planted faults whose scripts have changed; none, for all of them, where what
    they share has."""
    kinds = [part.removeprefix("script ").removesuffix(".py") for part in changed]
    return [] if {"__init__", "fault"} & set(kinds) else kinds


FIGURES: dict[str, Figures] = {
    "mutation": Figures(
        path="benchmarks/figures/mutation.json",
        now=lambda: suites(SUITES) | mutants() | operators(RULES),
        minutes=10,
        anew=_flags(suite="--suite", operators="--operators"),
        script="benchmarks/alarms/mutation.py",
    ),
    "false_alarms": Figures(
        path="benchmarks/figures/false_alarms.json",
        now=lambda: suites(SUITES) | scripts(*RIGHT) | pins("jax", "torch"),
        minutes=12,
        anew=_flags(suite=""),
        script="benchmarks/alarms/false_alarms.py",
    ),
    "faults": Figures(
        path="benchmarks/figures/faults.json",
        now=lambda: scripts("faulty/*.py"),
        minutes=6,
        anew=_kinds,
        script="benchmarks/alarms/faults.py",
    ),
    "coordinator": Figures(
        path="benchmarks/figures/coordinator.json",
        now=lambda: {"script coordinator.py": of_script("costs/coordinator.py")},
        minutes=6,
        script="benchmarks/costs/coordinator.py",
    ),
    "mutated_input": Figures(
        path="benchmarks/figures/mutated_input.json",
        now=lambda: scripts("mutated_input.py"),
        minutes=10,
        script="benchmarks/given/mutated_input.py",
    ),
    "shrink": Figures(
        path="benchmarks/figures/shrink.json",
        now=lambda: suites(["core"]) | mutants(composed=False),
        minutes=5,
        script="benchmarks/diagnosis/shrink.py",
    ),
    "diagnosis": Figures(
        path="benchmarks/figures/diagnosis.json",
        now=lambda: suites(DIAGNOSED) | mutants(composed=False) | operators(RULES) | library(),
        minutes=30,
        anew=_flags(mutant="--only", operators="--operators"),
        script="benchmarks/diagnosis/diagnosis.py",
    ),
    "together": Figures(
        path="benchmarks/figures/together.json",
        now=lambda: suites(DIAGNOSED) | mutants(composed=False) | library(),
        minutes=15,
        script="benchmarks/diagnosis/together.py",
    ),
    "random_rules": Figures(
        path="benchmarks/figures/random_rules.json",
        now=lambda: (
            suites(RULES)
            | {"script hidden_rules.py": of_script("diagnosis/hidden_rules.py")}
            | rooms("measuring", "diagnosis")
        ),
        minutes=40,
        script="benchmarks/diagnosis/random_rules.py",
    ),
    "unmet_runtimes": Figures(
        path="benchmarks/figures/unmet_runtimes.json",
        now=lambda: suites(RULES) | strangers() | rooms("measuring", "diagnosis"),
        minutes=15,
        script="benchmarks/diagnosis/unmet_runtimes.py",
    ),
    "measured": Figures(
        path="benchmarks/figures/measured.json",
        now=lambda: (
            {"script measured.py": of_script("measuring/measured.py")}
            | modules("measuring")
            | pins("torch", "onnxruntime", "onnx")
        ),
        minutes=3,
        script="benchmarks/measuring/measured.py",
    ),
    "recorded": Figures(
        path="conformance/convtranspose_conformance/measuring/recorded.json",
        now=lambda: (
            {"script recorded.py": of_script("measuring/recorded.py")}
            | modules("measuring", without=("as_data.py", "told.py"))
            | pins(*FRAMEWORKS)
        ),
        minutes=3,
        script="benchmarks/measuring/recorded.py",
    ),
    "scale": Figures(
        path="benchmarks/figures/scale.json",
        now=lambda: suites(("core",)) | pins(*FRAMEWORKS),
        minutes=3,
        script="benchmarks/costs/scale.py",
    ),
    "large_runs": Figures(
        path="benchmarks/figures/large_runs.json",
        now=lambda: {"script large_runs.py": of_script("costs/large_runs.py")},
        minutes=3,
        script="benchmarks/costs/large_runs.py",
    ),
    "explained": Figures(
        path="benchmarks/figures/explained.json",
        now=lambda: suites(EXPLAINED) | library() | pins(*FRAMEWORKS),
        minutes=5,
        script="benchmarks/diagnosis/explained.py",
    ),
    "exported_models": Figures(
        path="benchmarks/figures/exported_models.json",
        now=lambda: (
            {"script exported_models.py": of_script("given/exported_models.py")}
            | modules("explain/code")
            | modules("explain/inputs/onnx_model")
            | pins("torch", "tensorflow", "onnxruntime")
        ),
        minutes=3,
        script="benchmarks/given/exported_models.py",
    ),
    "predictions": Figures(
        path="benchmarks/figures/predictions.json",
        now=lambda: (
            {"script predictions.py": of_script("given/predictions.py")}
            | predicted_by()
            | pins(*FRAMEWORKS)
        ),
        minutes=5,
        script="benchmarks/given/predictions.py",
    ),
    "processors": Figures(
        path="benchmarks/figures/processors.json",
        now=lambda: suites(LEVELLED) | pins(*FRAMEWORKS),
        minutes=30,
        script="benchmarks/environments/processors.py",
    ),
    "versions": Figures(
        path="benchmarks/figures/versions.json",
        now=lambda: suites(VERSIONED) | {f"bound of {name}": b for name, b in bounds().items()},
        minutes=60,
        anew=lambda changed: ["oldest", "newest"],
        script="benchmarks/environments/versions.py",
    ),
    "history": Figures(
        path="benchmarks/figures/history.json",
        now=lambda: (
            suites((*VERSIONED, "invalid")) | kept_answers() | declared_of_older() | library()
        ),
        minutes=15,
        anew=lambda changed: ["--judge", *_flags(answers="--of", declared="--of")(changed)],
        script="benchmarks/environments/history.py",
    ),
    "lecture": Figures(
        path="benchmarks/figures/lecture.json",
        now=lambda: suites(LECTURED) | pins(*FRAMEWORKS),
        minutes=5,
        anew=_flags(suite="--suite"),
        script="benchmarks/lecture/lecture.py",
    ),
    "remedies": Figures(
        path="benchmarks/figures/remedies.json",
        now=lambda: (
            {"script remedies.py": of_script("lecture/remedies.py")}
            | {"script remedy.py": of_script("lecture/remedy.py")}
            | {"script frameworks.py": of_script("lecture/frameworks.py")}
            | pins("torch", "tensorflow", "onnxruntime")
        ),
        minutes=2,
        script="benchmarks/lecture/remedies.py",
    ),
    "dream": Figures(
        path="benchmarks/figures/dream.json",
        now=lambda: (
            {"script dream.py": of_script("lecture/dream.py")} | pins("torch", "tensorflow", "jax")
        ),
        minutes=2,
        script="benchmarks/lecture/dream.py",
    ),
    "decoder": Figures(
        path="benchmarks/figures/decoder.json",
        now=lambda: (
            {"script decoder.py": of_script("given/decoder.py")}
            | rooms("check")
            | pins(*FRAMEWORKS)
        ),
        minutes=1,
        script="benchmarks/given/decoder.py",
    ),
    "compatibility": Figures(
        path="docs/compatibility.md",
        now=lambda: suites(PUBLISHED) | pins(*FRAMEWORKS) | words_of_the_page(),
        minutes=6,
        script="docs/made/compatibility.py",
    ),
}


def key_of(name: str, before: dict[str, Any] | None = None, measured: Iterable[str] = ()) -> Key:
    """What a file's figures are measured of; with the file as it was `before`, of which these parts
    alone were `measured` anew."""
    now = FIGURES[name].now()
    return now if before is None else merged(before.get("measured_of", {}), now, measured)
