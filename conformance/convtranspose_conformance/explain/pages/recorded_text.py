"""What a run recorded, as lines of an explanation."""

from ..inputs.recorded import MOST_DIFFERENCES, Recorded, Relative
from .text import wrapped

NONE = (
    "What a run recorded\n  no run was found: `convtranspose run` leaves one in "
    "conformance-report, and --run DIR names another"
)


def recorded_text(found: Recorded | None) -> str:
    """The section, whether there is a run or none."""
    if found is None:
        return NONE
    lines = [f"What the run in {found.source} recorded"]
    if not found.relatives:
        return "\n".join([*lines, f"  {absence(found)}"])
    return "\n".join(
        [*lines, *(line for relative in found.relatives for line in _relative(found, relative))]
    )


def absence(found: Recorded) -> str:
    """Why a run tells nothing."""
    if not found.compared:
        return "nothing of this operator with as many axes"
    return (
        f"no recorded case is near: each of {found.compared:,} with as many axes differs in "
        f"more than {MOST_DIFFERENCES} respects"
    )


def about(relative: Relative) -> str:
    """How near the recorded case is."""
    return (
        "this very question"
        if not relative.unlike
        else f"differs in {', '.join(relative.differences)}"
    )


def _relative(found: Recorded, relative: Relative) -> list[str]:
    lines = [wrapped(f"{relative.case} ({about(relative)})", "  ", "      ")]
    for each in found.answers(relative):
        lines.append(wrapped(f"{each.backend}, {each.checks}: {each.says}", "    ", "        "))
    return lines
