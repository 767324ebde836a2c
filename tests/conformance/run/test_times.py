"""How long a backend was asked stands in the footer, and nowhere else."""

from pathlib import Path

import msgspec

from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Run, read_run

BACKENDS = ("planted:Correct", "planted:KernelFlipped")
SOME = "core/x_5_k_[1-4]_dilations_1_strides_2"


def asked(directory: Path, interrupt_at: int = -1) -> Run:
    """A run of both, one after the other, which is interrupted, or goes on, after so many
    answers."""
    plan = selection.plan(backends=BACKENDS, patterns=[SOME], limits=Limits(), jobs=1)

    def progress(backend: str, done: int, total: int) -> None:
        if (backend, done) == (BACKENDS[0], interrupt_at):
            raise KeyboardInterrupt

    return execute(plan, directory, progress, resume=interrupt_at < 0)


def test_each_backend_has_its_time(tmp_path: Path) -> None:
    run = asked(tmp_path)
    assert run.footer is not None
    seconds = run.footer.backend_seconds
    assert isinstance(seconds, dict)
    assert [*seconds] == [*BACKENDS]
    assert all(each > 0 for each in seconds.values())
    assert sum(seconds.values()) <= run.footer.seconds + 0.1  # which is rounded
    assert read_run(tmp_path).footer == run.footer
    timeless = (tmp_path / "results.jsonl").read_bytes().splitlines()[:-1]
    assert not any(b"seconds" in line for line in timeless)


def test_of_what_an_earlier_run_asked_no_time_is_known(tmp_path: Path) -> None:
    assert asked(tmp_path, interrupt_at=2).footer is None
    run = asked(tmp_path)
    assert run.footer is not None
    assert run.footer.backend_seconds is not msgspec.UNSET
    assert [*run.footer.backend_seconds] == [BACKENDS[1]]
