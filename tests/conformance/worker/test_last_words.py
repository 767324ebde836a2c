"""What a process that died had to say: its last call's words, without those of every call."""

from convtranspose_conformance.worker.last_words import last_words, own_words, without_marks
from convtranspose_conformance.worker.stable_words import stable_words
from convtranspose_conformance.worker.streams import MARK

RIGHT = "12:00:01.5 [thread 7] loading /tmp/plan-1.bin\nAssertion of 3 skipped\n"
DYING = "12:00:02.5 [thread 9] loading /tmp/plan-2.bin\nAssertion of 4 skipped\n#0 0x7f in run()\n"


def test_lines_that_a_right_call_writes_too_are_left_out():
    written = f"hello\n{MARK}{RIGHT}{MARK}{DYING}"
    assert own_words(written) == "#0 0x7f in run()"
    assert last_words(own_words(written)) == "#0 0x7f in run()"
    assert without_marks(written) == f"hello\n{RIGHT}{DYING}".strip()


def test_a_call_that_writes_nothing_has_no_words():
    assert own_words(f"hello\n{MARK}{RIGHT}{MARK}") == ""


def test_the_line_that_says_why_is_the_last_word():
    died = "F 12:00 tensor.cc:12] Check failed: x[0] == 3\nFatal Python error: Aborted\n0x7f\n"
    assert last_words(own_words(f"{MARK}{died}")) == "Check failed: x[0] == 3"
    assert last_words("terminate called after throwing\n  what():  bad tile 3") == (
        "what():  bad tile 3"
    )
    assert last_words("Fatal Python error: Aborted\n\nCurrent thread 0x7f:") == (
        "Fatal Python error: Aborted"
    )


def test_words_that_stay():
    words = {
        "no 3 rows of [1, 2, 3] at 0x7fff12": "no N rows of [N] at N",
        "2026-11-28 05:41:30.12 F [thread 12] /src/a/b.cc:12] Check failed: 3 == 4": (
            "F [ ] ] Check failed: N == N"
        ),
        "{{node x}} conv2d of shape (1, 2,) and 4x5": "convNd of shape (N) and N",
        "pid: 44 died in C:\\build\\x.cpp:3 at 12:00:01": "died in at",
        "-1.5e-3 and 7": "N and N",
    }
    assert {message: stable_words(message) for message in words} == words
