"""What a run recorded, as lines of an explanation."""

from ..inputs.recorded import MOST_DIFFERENCES, Recorded, Relative
from .wrapped import wrapped

NONE = (
    "What a run recorded\n  no run was found: `convtranspose run` leaves one in "
    "conformance-report, and --run DIR names another"
)


def recorded_text(recorded: Recorded | None) -> str:
    """The section, whether there is a run or none."""
    if recorded is None:
        return NONE
    lines = [f"What the run in {recorded.source} recorded"]
    if not recorded.relatives:
        lines.append(f"  {absence(recorded)}")
    for relative in recorded.relatives:
        lines += _relative(recorded, relative)
    return "\n".join(lines)


def absence(recorded: Recorded) -> str:
    """Why a run tells nothing."""
    if not recorded.compared:
        return "nothing of this operator with as many axes"
    return (
        f"no recorded case is near: each of {recorded.compared:,} with as many axes differs in "
        f"more than {MOST_DIFFERENCES} respects"
    )


def nearness(relative: Relative) -> str:
    """How near the recorded case is."""
    return (
        "this very question"
        if not relative.unlike
        else f"differs in {', '.join(relative.differences)}"
    )


def _relative(recorded: Recorded, relative: Relative) -> list[str]:
    lines = [wrapped(f"{relative.case} ({nearness(relative)})", "  ", "      ")]
    for each in recorded.statements(relative):
        lines.append(wrapped(f"{each.backend}, {each.checks}: {each.says}", "    ", "        "))
    return lines
