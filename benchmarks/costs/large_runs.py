"""What `convtranspose report` takes of a run of many records: `python
benchmarks/costs/large_runs.py`, some minutes.

Makes runs of 10^3 to 10^6 records, of six backends and nine checks a case, as suites of small cases
give them: most conform, an eighth deviates and a sixth is unsupported, with as many reasons as such
runs have. Reports each in a process of its own, and keeps its most memory, its processor time and
what it wrote. Writes `figures/large_runs.json`, from which `docs/refresh.py` makes the table of
docs/scale.md, and its picture.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_reports import (
    BackendLine,
    CaseLine,
    Check,
    Finding,
    Footer,
    Header,
    Outcome,
    Record,
    RunWriter,
    SuiteLine,
    Verdict,
)

RESULTS = ROOT / "benchmarks" / "figures" / "large_runs.json"
SIZES = (10**3, 10**4, 10**5, 10**6)
BACKENDS = tuple(f"backend-{letter}" for letter in "abcdef")
OF_A_CASE = [(b, Check.OUTPUT) for b in BACKENDS] + [(b, Check.OUTPUT_SHAPE) for b in BACKENDS[:3]]
FEATURES = ("1-D", "strides", "dilations", "group", "bias", "pads, symmetric", "float16")
MIB = 2**20


def _cases(count: int) -> Iterator[CaseLine]:
    for i in range(count):
        size, kernel, stride = 1 + i % 13, 1 + i % 5, 1 + i % 3
        yield CaseLine(
            name=f"large/x_{size}_k_{kernel}_strides_{stride}_dilations_{1 + i % 2}_number_{i}",
            suite="large",
            summary=f"X[1, 2, {size}] W[2, 1, {kernel}] strides=[{stride}] group={1 + i % 2} "
            f"(float32, integers, opset 22, W constant, number {i})",
            features=[name for bit, name in enumerate(FEATURES) if i % 127 >> bit & 1],
            clauses=["A", "F"][: 1 + i % 2],
        )


def _record(case: str, number: int, backend: str, check: Check) -> Record:
    which = (number * 7 + BACKENDS.index(backend) * 3) % 24
    verdict = (
        Verdict.DEVIATES if which < 3 else Verdict.UNSUPPORTED if which < 7 else Verdict.CONFORMS
    )
    outcome, reason = {
        Verdict.DEVIATES: (Outcome.SHAPE_DIFFERS, f"expected 1x1x{number // 3}, got 1x1x0"),
        Verdict.UNSUPPORTED: (Outcome.UNSUPPORTED, f"the API has no word for it ({number % 20})"),
        Verdict.CONFORMS: (Outcome.AGREES, ""),
    }[verdict]
    finding = f"{backend}/{check}/flip" if verdict is Verdict.DEVIATES else ""
    return Record(
        case=case,
        backend=backend,
        check=check,
        outcome=outcome,
        verdict=verdict,
        reason=reason,
        finding=finding,
    )


def write(directory: Path, records: int) -> None:
    """A run of so many records, written line by line."""
    cases = -(-records // len(OF_A_CASE))
    left = records
    with RunWriter(directory) as writer:
        writer.write(_header(cases))
        names = []
        for case in _cases(cases):
            writer.write(case)
            names.append(case.name)
        deviate: Counter[str] = Counter()
        for backend, check in OF_A_CASE:
            for number, name in enumerate(names[:left]):
                record = _record(name, number, backend, check)
                writer.write(record)
                deviate[record.finding] += 1
            left -= min(left, cases)
        for backend, check in OF_A_CASE:
            writer.write(_finding(backend, check, deviate))
        writer.write(
            Footer(records=records, exit_status=0, finished="2026-01-01T00:00:00Z", seconds=1.0)
        )


def _header(cases: int) -> Header:
    return Header(
        suite_version="0",
        seed=0,
        environment={},
        backends=[
            BackendLine(
                name=name,
                title=name,
                route="call",
                version="1.0",
                device="cpu",
                usable=True,
                asked=True,
            )
            for name in BACKENDS
        ],
        suites=[SuiteLine(name="large", title="many small cases", cases=cases)],
        clauses=[],
        features=dict.fromkeys(FEATURES, "what cases have in common"),
    )


def _finding(backend: str, check: Check, deviate: Counter[str]) -> Finding:
    id = f"{backend}/{check}/flip"
    return Finding(
        id=id,
        backend=backend,
        check=check,
        verdict=Verdict.DEVIATES,
        kind="fault",
        name="flip",
        sentence="flips the kernel",
        cases=deviate[id],
    )


def measured(records: int) -> dict[str, float]:
    """What reporting takes: MiB at most, alone and compared with a run before, seconds of the
    processor, and MiB of what it reads and writes."""
    with tempfile.TemporaryDirectory() as folder:
        run, out = Path(folder, "run"), Path(folder, "out")
        write(run, records)
        compared_kib, _ = _reported(run, "--out", out, "--baseline", run)
        kib, seconds = _reported(run, "--out", out)
        sizes = {name: (out / file).stat().st_size / MIB for name, file in _FILES.items()}
    return {
        "records": records,
        "mib": round(kib / 1024),
        "compared_mib": round(compared_kib / 1024),
        "cpu_s": round(seconds, 1),
        **{name: round(size, 2) for name, size in sizes.items()},
    }


def _reported(*words: str | Path) -> tuple[float, float]:
    """KiB at most, and seconds of the processor."""
    command = [sys.executable, "-c", _REPORT, "report", *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    kib, seconds = map(float, done.stderr.split()[-2:])
    return kib, seconds


# not getrusage's memory: a process begins there with what its parent held
_REPORT = """
import sys, time
from pathlib import Path
from convtranspose_conformance.cli.main import app
try:
    app()
except SystemExit as ended:
    assert not ended.code, ended.code
status = Path("/proc/self/status").read_text().splitlines()
print(*(line.split()[1] for line in status if line.startswith("VmHWM:")), file=sys.stderr)
print(time.process_time(), file=sys.stderr)
"""
_FILES = {"run_mib": "results.jsonl", "page_mib": "index.html", "junit_mib": "junit.xml"}


def main() -> None:
    """Measures, writes the file."""
    rows = []
    for records in SIZES:
        rows.append(measured(records))
        print(json.dumps(rows[-1]), flush=True)
    results = {"measured_of": key_of("large_runs"), "rows": rows}
    keep_figures(RESULTS, results)


if __name__ == "__main__":
    main()
