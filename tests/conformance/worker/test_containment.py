"""Nothing of a worker outlives a run, or holds what is ours; nothing of its text moves a cursor."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from convtranspose_conformance.worker.messages import read_words
from convtranspose_conformance.worker.plain_text import plain_text
from convtranspose_conformance.worker.wire import Garbled, Message, wires
from support.marked_run import needs_proc, running, survivors

CASE = "core/x_5_k_2_dilations_1_strides_2"
LEAVING = ("grandchild_leaves", "program_leaves", "program_closes_nothing", "child_lives_on")


@needs_proc
def test_who_leaves_his_session_ends_with_the_run(tmp_path: Path) -> None:
    names = [f"faulty:{name}" for name in LEAVING]
    with running(tmp_path / "run", 4.0, names) as (process, mark):
        process.communicate(timeout=600)
        assert process.returncode == 0
        assert survivors(mark, 2.0) == {}


@needs_proc
def test_a_pipe_behind_the_run_comes_to_its_end(tmp_path: Path) -> None:
    """`convtranspose run | tee`: whoever holds our stdout keeps tee waiting."""
    run = [sys.executable, "-m", "convtranspose_conformance", "run", "--no-report"]
    asked = [
        "--backend",
        "faulty:grandchild_leaves",
        "--case",
        "core/x_5_k_2_dilations_1_strides_2",
    ]
    process = subprocess.run(
        ["/bin/sh", "-c", '"$@" 2>&1 | cat', "sh", *run, *asked, "--out", str(tmp_path / "run")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "faulty:grandchild_leaves" in process.stdout


@needs_proc
def test_scratch_files_go_with_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed run's, too."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running(tmp_path / "run", 4.0, ["faulty:leaves_scratch"]) as (process, _):
        process.communicate(timeout=600)
    assert [each.name for each in tmp_path.iterdir()] == ["run"]
    with running(tmp_path / "killed", 600.0, ["faulty:hangs"]) as (process, mark):
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait(10)
        assert survivors(mark, 10.0) == {}
        until = time.monotonic() + 10
        while len(list(tmp_path.iterdir())) > 2 and time.monotonic() < until:
            time.sleep(0.1)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["killed", "run"]


def test_escapes_reach_neither_terminal_nor_pages(tmp_path: Path) -> None:
    out = tmp_path / "run"
    backends = ("--backend", "faulty:text_has_escapes", "--backend", "faulty:prints_escapes")
    process = subprocess.run(
        [
            *(sys.executable, "-m", "convtranspose_conformance", "run", *backends),
            *("--out", str(out), "--case", CASE),
        ],
        capture_output=True,
        timeout=120,
    )
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".json", ".jsonl", ".md", ".svg", ".xml"}
    written = [process.stdout, process.stderr, *(path.read_bytes() for path in files)]
    assert b"saying: red" in process.stdout
    for each in written:
        assert b"\x1b" not in each
        assert "\u202e".encode() not in each


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\nb\tc", "a\nb\tc"),
        ("a\r\nb", "a\nb"),
        ("\x1b[1;31mred\x1b[0m\x1b]8;;x\x1b\\link\x1b]8;;\x1b\\", "redlink"),
        ("\x1b\x07\x9b2J", "\\x1b\\x07\\x9b2J"),
        ("left \u202eright\u2066 \ud800", "left \\u202eright\\u2066 \\ud800"),
        ("größe\u00a03 × 4 ≤ 5", "größe 3 × 4 ≤ 5"),
    ],
)
def test_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "sent",
    [b"nonsense " * 20, b"\xffct1" + b"\xff" * 28, b"\x00" * 64],
)
def test_what_is_no_message_is_told(sent: bytes) -> None:
    ours, theirs = wires()
    with theirs:
        theirs.sendall(sent)
        with pytest.raises(Garbled):
            ours.receive(1.0)
    ours.close()


def test_a_message_that_was_written_over_is_told() -> None:
    ours, theirs = wires()
    again, end = wires()
    again.send([Message(3, b"right")])
    frame = bytearray(end.recv(100))
    frame[-1] ^= 1
    theirs.sendall(frame)
    with pytest.raises(Garbled):
        ours.receive(1.0)
    for each in (ours, theirs, again, end):
        each.close()


@pytest.mark.parametrize("content", [b"", b"\x93\x01", b"cos\nsystem\n(S'true'\ntR."])
def test_words_of_no_known_form_are_told(content: bytes) -> None:
    with pytest.raises(Garbled):
        read_words(content)


def test_a_worker_inherits_nothing(tmp_path: Path) -> None:
    """What the coordinator has open, a worker has not."""
    from convtranspose_conformance.backends.registry import named
    from convtranspose_conformance.worker.process import Limits, Worker

    with tempfile.TemporaryFile() as file, Worker(named("faulty:prints"), Limits()) as worker:
        os.set_inheritable(file.fileno(), True)
        worker.start()
        process = worker._child._process
        assert process is not None
        open_there = {os.readlink(each) for each in Path(f"/proc/{process.pid}/fd").iterdir()} & {
            os.readlink(f"/proc/self/fd/{file.fileno()}")
        }
    assert open_there == set()
