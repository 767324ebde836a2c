"""What a backend declines: where its words are those of a death, it is none."""

import re

from ..worker.observation import Observation, Seen

_DEATHS = re.compile(
    r"""\b(
        crash(?:ed|es|ing)? | core\ dumped | seg(?:mentation)?[ ]?fault | abort(?:ed)?
        | panic(?:k?ed|s)? | assertion\ fail(?:ed|ure) | SIG(?:SEGV|ABRT|BUS|FPE|ILL|KILL|TERM)
        | (?:died|killed|terminated)\ (?:with|by)\ signal
        | (?:exit(?:ed)?|return)[ ]?(?:with\ )?(?:status|code)\W{0,3}-?\d*[1-9]
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def speaks_of_a_death(seen: Observation) -> bool:
    """Does the backend decline the call with words of a crash, a panic or an exit code? What a
    wrapper skips so, its runtime died of."""
    skips = seen.seen is Seen.DECLINED and seen.stage == "skip"
    return skips and _DEATHS.search(seen.message) is not None
