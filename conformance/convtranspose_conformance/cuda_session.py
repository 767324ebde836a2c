"""`python -m convtranspose_conformance.cuda_session`: one prepared session on a machine with a GPU,
in minutes and without a package registry.

Finds what is there of PyTorch, TensorFlow, ONNX Runtime and JAX, proves that each computes on the
device, and asks seeds, core, accuracy, special, gradients and repeatability on device and CPU,
TF32 off and on. DIR/runs holds a run for each step, DIR/proposed drafts of declarations for what
differs. At home `convtranspose report DIR/runs/* --out PAGE` makes one of them.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NEEDED = ("lazy_loader", "numpy", "ml_dtypes", "msgspec", "packaging", "tomlkit", "scipy")
SUITES = ("seeds", "core", "accuracy", "special", "gradients", "repeatability")
NOTHING_RAN_STATUS = 3
LEAST_S, MOST_S = 1.0, 86_400.0  # a day
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
EPILOG = f"""A machine needs Python 3.11 or later, a framework, and of other packages
{", ".join(NEEDED)}:
no onnx but for ONNX Runtime, no typer, rich, jinja2, matplotlib or pytest. What is missing travels
as wheels beside a checkout. They are collected, for Python {PYTHON}, by

  pip download --no-deps --only-binary=:all: --python-version {PYTHON} \\
    --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 -d wheels NAME ...

and the session is held, there, in the checkout, by

  pip install --no-index --no-deps --target site wheels/*.whl
  export PYTHONPATH=site:reference:cases:conformance:reports
  python -m convtranspose_conformance.cuda_session --out DIR

Exit status: 0 records are left, whatever they say; 2 something is missing; 3 nothing could be
asked."""


def missing() -> list[str]:
    """What is needed and not there."""
    return [name for name in NEEDED if find_spec(name) is None]


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m convtranspose_conformance.cuda_session",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("cuda-session"), metavar="DIR")
    parser.add_argument("--seconds", type=_seconds, default=450.0, help="all in all; default 450")
    parser.add_argument("--suite", action="append", choices=SUITES, help="by default all, in order")
    parser.add_argument(
        "--framework", action="append", choices=("torch", "tensorflow", "onnxruntime", "jax")
    )
    parser.add_argument("--cpu", action="store_true", help="ask the CPU's backends, without a GPU")
    parser.add_argument("--dry-run", action="store_true", help="say what would be asked, and stop")
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    """Raises argparse.ArgumentTypeError for what is no time: not a number, neither, which is
    neither below nor above one."""
    accepted = f"accepted are {LEAST_S:g} to {MOST_S:g}"
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no number; {accepted}") from None
    if not LEAST_S <= seconds <= MOST_S:
        raise argparse.ArgumentTypeError(f"{seconds:g} s; {accepted}")
    return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    given = _given(arguments)
    if absent := missing():
        print(f"missing: {' '.join(absent)}; --help says how they travel", file=sys.stderr)
        return 2
    # only now: what is missing would end the import with a traceback
    session: Any = import_module(".run.on_device", __package__)
    entries, reasons = session.candidates(on_cpu=given.cpu)
    if given.framework:
        entries = [e for e in entries if session.framework_of(e) in given.framework]
    if not given.dry_run:
        reasons |= (others := session.why_not(entries))
        entries = [entry for entry in entries if entry.name not in others]
    if not given.cpu:
        entries = session.on_device(entries)
    chosen = session.steps(entries, given.suite or SUITES)
    lines = [
        *(f"not asked: {name}: {why}" for name, why in reasons.items()),
        *(f"{step.name}: {', '.join(e.name for e in step.entries)}" for step in chosen),
    ]
    print("\n".join(lines), flush=True)
    if given.dry_run:
        return 0
    runs = _held(session, chosen, given, lines)
    return 0 if any(run.records for run in runs) else NOTHING_RAN_STATUS


def _held(session: Any, chosen: Any, given: argparse.Namespace, said: list[str]) -> Any:
    """The runs; what is said goes to DIR/session.txt, too."""
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "session.txt").open("w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, flush=True)
            log.write(f"{line}\n")
            log.flush()

        log.writelines(f"{line}\n" for line in said)
        return session.held(chosen, given.out, given.seconds, say)


if __name__ == "__main__":
    sys.exit(main())
