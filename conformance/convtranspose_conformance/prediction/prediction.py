"""What a backend will do with one check of one call, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from convtranspose_cases import Case
from convtranspose_reference.attributes import PartialShape
from convtranspose_reports import Check

from ..backends.entry import Entry
from ..rules.answers import Answer
from ..verdict.deviations import Deviation


class Does(StrEnum):
    """What is predicted."""

    CONFORMS = "conforms"
    DIFFERS = "differs"
    RAISES = "raises"
    DIES = "dies"
    UNSUPPORTED = "no one call"
    DECLINES = "declines"
    UNDEFINED = "undefined"  # it returns numbers that no rule predicts
    REFUSES = "refuses"  # a call that the text forbids, as the text asks for
    ACCEPTS = "accepts"  # such a call, which it answers all the same
    UNKNOWN = "unknown"  # of a backend of which nothing is declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What `entry` does with a `check` of a `case`, in the versions `versions`.

    `answer` is what it returns or refuses by, None where it answers nothing; `because` are the
    declarations that lead there, `reason` why it answers nothing. `follows`: the readings of open
    clauses that it follows, where they change the answer. `accuracy`: the class in which it rounds,
    where that is not the text's. `kernels`: what the processor makes of it, where the prediction
    depends on that, else empty. `within`: where no one call says the case, what becomes of the call
    that several start with, if it does not conform.
    """

    entry: Entry
    check: Check
    case: Case
    does: Does
    versions: str
    answer: Answer | None = None
    because: tuple[Deviation, ...] = ()
    reason: str = ""
    follows: tuple[str, ...] = ()
    accuracy: str = ""
    kernels: Mapping[str, str] = field(default_factory=dict)
    within: "Prediction | None" = None

    @property
    def shape(self) -> PartialShape | None:
        """The shape that it returns or states; None where it answers nothing."""
        if self.does not in (Does.CONFORMS, Does.DIFFERS) or self.answer is None:
            return None
        return self.answer.shape

    @property
    def title(self) -> str:
        """The backend and the version that this holds for, as in `PyTorch, CPU 2.13`."""
        return f"{self.entry.title} {self.version}".rstrip()

    @property
    def version(self) -> str:
        """The version that this holds for, without operators and stars."""
        return self.versions.removeprefix("==").removesuffix(".*")

    @property
    def is_elsewhere(self) -> str:
        """The version that is installed here, where it is none of `versions`; else ""."""
        installed = self.entry.installed_version()
        same = not installed or f"{installed}.".startswith(f"{self.version}.")
        return "" if same else installed
