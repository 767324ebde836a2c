"""The words of a report, each with its glyph and a sentence for a reader who never met the
project."""

from convtranspose_reports.runs.record import Check, Outcome, Verdict

GLYPHS = {
    Verdict.CONFORMS: "✓",
    Verdict.DEVIATES: "≠",
    Verdict.FAILS: "✗",
    Verdict.STALE: "!",
    Verdict.UNSUPPORTED: "–",
    Verdict.DECLINED: "⊘",
}

VERDICTS = {
    Verdict.CONFORMS: (
        "The answer is what the operator text asks for, or, where the text is open, one of its "
        "named readings."
    ),
    Verdict.DEVIATES: "The answer differs exactly as a declared, explained deviation says: known, "
    "shown, no alarm.",
    Verdict.FAILS: "The answer differs, and no declared deviation predicts this difference: news, "
    "and the run is red.",
    Verdict.STALE: "A declared deviation no longer holds, so the declaration has to be revised; "
    "the run is red.",
    Verdict.UNSUPPORTED: (
        "One call of this interface cannot express the case: nothing was computed, and the reason "
        "is kept."
    ),
    Verdict.DECLINED: (
        "The backend itself says that it does not do this: nothing was computed, and what it says "
        "is kept. No answer, and no pass."
    ),
}

OUTCOMES = {
    Outcome.AGREES: "Shape, type and every number are as the reference has them, within the proved "
    "bound.",
    Outcome.SHAPE_DIFFERS: "The output has another shape.",
    Outcome.DTYPE_DIFFERS: "The output has another number type.",
    Outcome.VALUES_DIFFER: "The shape agrees, some numbers do not: another rule was followed.",
    Outcome.INEXACT: "The right rule, but less precise than the proved rounding bound allows.",
    Outcome.NOT_REPEATABLE: "The same numbers gave another answer the second time, after other "
    "calls, or in another form of the call.",
    Outcome.INPUT_CHANGED: "The call changed its own inputs.",
    Outcome.REJECTED: "The call was refused with an error: wrong for a valid case, right for one "
    "that the text forbids.",
    Outcome.ACCEPTED: "A call that the text forbids was answered as if it were valid.",
    Outcome.UNSUPPORTED: "The interface cannot say the case in one call.",
    Outcome.DECLINED: "The backend skipped the call, or has no kernel for it, and says so.",
    Outcome.CRASHED: "The process that computed it died.",
    Outcome.TIMED_OUT: "No answer came within the time limit.",
    Outcome.OUT_OF_MEMORY: "The call ran out of memory: of the machine's, or of what the run "
    "allows (--memory).",
    Outcome.LIMIT_REACHED: "The call ran out of something else that the machine or the run limits: "
    "disk, size of a file, open files. That is no refusal.",
    Outcome.NOT_ASKED: "The backend did not start, did not start again, or hung again and again: "
    "nobody knows what it would answer.",
}

CHECKS = {
    Check.OUTPUT: "the computed output: type, shape and values",
    Check.OUTPUT_SHAPE: "the output shape foretold without computing (shape inference)",
    Check.REJECTION: "whether a call that the text forbids is refused with an error, rather than "
    "answered or the end of the process",
    Check.GRADIENT: "the gradients in X, W and B that the framework derives, for a given gradient "
    "in Y",
    Check.REPEATABILITY: "the same bits again, after other calls, and in equivalent forms of the "
    "call",
}


def kernels_text(kernels: dict[str, str]) -> str:
    """What decides which kernels of a backend compute, in one line; "" where nothing is known.
    Of the instruction sets their level alone, where it has a name."""
    words = {"onednn": "oneDNN: {}", "isa": "up to {}", "aten": "ATen {}", "flags": ""}
    phrases = [
        words[name].format(value) if name in words else f"{name}={value}"
        for name, value in kernels.items()
        if words.get(name, name)
    ]
    flags = [flag for flag in kernels.get("flags", "").split() if "sse" not in flag]
    return ", ".join([*phrases, *([] if "isa" in kernels else flags)])
