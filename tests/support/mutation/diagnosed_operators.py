"""What diagnosis says of mutants that cosmic-ray makes of the reference: a sample spread over all
of them, each in a process of its own.

What is true of each was worked out by hand from the changed line: `TRUE`. Nothing of them is known
to diagnosis.
"""

import json
import os
import resource
import signal
import time
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from typing import Any

from support.mutation import diagnosed, mutants

SAMPLE = 40
SECONDS = 240.0

TRUE: dict[str, tuple[str, ...]] = {
    # from opset 11 on the first branch is never taken
    "same_size: .input if axis. -> .input if not axis.": ("same_size_of_input",),
    # opset 22 has opset 1's condition, the opposite of its own; what same_swapped says holds where
    # both SAME and output_shape are given
    "extra_at_begin: axis.opset < 11 and -> axis.opset != 11 and": (
        "output_shape_extra_at_end",
        "same_swapped",
    ),
    # never true from opset 11 on: always at the end
    'extra_at_begin: != "SAME_UPPER") != inverted -> != "SAME_UPPER") < inverted': (
        "output_shape_extra_at_end",
        "same_lower_as_upper",
    ),
    # with one tap the natural size is one less: the half of an odd total, rounded up, is then what
    # it is rounded down
    "Axis.natural: self.output_padding + self. -> self.output_padding // self.": (
        "output_shape_extra_at_end",
    ),
    # an output_shape inverts the condition: at the end, but for SAME_UPPER, whose end it was
    "extra_at_begin: opset < 11 and axis. -> opset < 11 or axis.": (
        "output_shape_extra_at_end",
        "output_shape_extra_at_begin",
    ),
    # as words are ordered, SAME_UPPER too is at the begin, and VALID alone at the end
    'extra_at_begin: axis.auto_pad != "SAME_UPPER") -> axis.auto_pad <= "SAME_UPPER")': (
        "same_upper_as_lower",
        "F:extra_at_end",
        "output_shape_extra_at_end",
    ),
    # with strides of 1 the natural size is one more: the half of an odd total, rounded down, is
    # then what it is rounded up
    "Axis.natural: self.stride * (self -> self.stride + (self": ("same_upper_as_lower",),
}


@cache
def sample(number: int = SAMPLE) -> tuple[list[Any], ...]:
    """The list of mutants in so many stretches: of each the first that answers something wrong is
    taken."""
    listed = mutants.numbered(
        each for module in mutants.MODULES for each in mutants.mutants(module)
    )
    return tuple(
        listed[i * len(listed) // number : (i + 1) * len(listed) // number] for i in range(number)
    )


def said_of(stretch: Iterable[Any]) -> tuple[str, list[Any]] | None:
    """Name and clusters of the first mutant of a stretch that answers something wrong and survives
    being asked."""
    for mutant in stretch:
        said = _apart(mutant)
        if said:
            return mutant.name, said
    return None


def _apart(mutant: Any) -> list[Any]:
    """Diagnoses a mutant in a forked process with a limit of time and memory; [] where it has
    none."""
    theirs, ours = os.pipe()[::-1]
    pid = os.fork()
    if not pid:
        _in_child(mutant, theirs)
    os.close(theirs)
    return [diagnosed.Said.of(each) for each in json.loads(_read(ours, pid) or "[]")]


def _in_child(mutant: Any, out: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (mutants.MEMORY_BYTES,) * 2)
    try:
        with warnings.catch_warnings(), os.fdopen(out, "w") as answer:
            warnings.simplefilter("ignore")
            answer.write(json.dumps([asdict(said) for said in _clusters(mutant)]))
    finally:
        os._exit(0)


def _read(source: int, pid: int) -> str:
    """All that a process writes; "" where its time is over."""
    os.set_blocking(source, False)
    until, parts = time.monotonic() + SECONDS, list[bytes]()
    with os.fdopen(source, "rb", buffering=0) as pipe:
        while time.monotonic() < until:
            part = pipe.read(2**16)
            if part == b"":
                break
            parts += [part] if part else []
            time.sleep(0 if part else 0.05)
        else:
            parts.clear()
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return b"".join(parts).decode()


def _clusters(mutant: Any) -> list[Any]:
    reference = mutants.private_reference(mutant)

    def ask(cases: Iterable[Any], check: str) -> list[Any]:
        chosen = [case for case in cases if case.op == "ConvTranspose" and check in case.checks]
        return [
            diagnosed.reply(diagnosed.asked(case), _observed(reference, case), check)
            for case in chosen
        ]

    cases = diagnosed.of_rules()
    _, found = diagnosed.clusters(cases, "output", ask)
    return found


def _observed(reference: Any, case: Any) -> Any:
    asked = diagnosed.asked(case)
    return mutants._observed(
        reference, mutants.Question(asked=asked, arrays=asked.tensors.arrays(case.dtype))
    )
