"""The backends that are installed here, asked live, beside what was predicted of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from convtranspose_cases import Case

from ..backends.api import Call, Unusable
from ..rules.answers import Asked
from ..verdict.difference import how_it_stopped, shape_text
from ..worker.observation import Observation, Seen
from ..worker.process import HarnessError, Limits, Worker
from .borne_out import borne_out
from .prediction import Does, Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A prediction and what was `seen` of its check; None where the backend cannot be asked here,
    and `why` says so."""

    prediction: Prediction
    version: str
    seen: Observation | None
    why: str = ""

    @property
    def parts(self) -> bool:
        """Do prediction and answer part?"""
        return self.seen is not None and not borne_out(self.prediction, self.seen)

    @property
    def saw(self) -> str:
        """What the backend did, in words."""
        if self.seen is None:
            return f"not asked: {self.why}"
        if self.seen.seen is Seen.RETURNED:
            verb = "returned" if self.seen.dtype else "states"
            return f"{verb} {shape_text(self.seen.shape)}"
        return how_it_stopped(self.seen)


def asked_live(
    case: Case, predictions: Sequence[Prediction], limits: Limits | None = None
) -> Iterator[Asking]:
    """Puts the call to each backend in a process of its own, one after the other."""
    if case.refusal() is not None:
        case = replace(case, data="plain")  # numbers that have no golden
    arrays = Asked(case).arrays()
    for each in predictions:
        yield _asking(each, Call.of(case, *arrays), limits or Limits())


def _asking(prediction: Prediction, call: Call, limits: Limits) -> Asking:
    entry = prediction.entry
    if prediction.does is Does.UNSUPPORTED:  # its adapter's own proof
        why = "one call cannot say it"
        return Asking(prediction=prediction, version="", seen=None, why=why)
    if why := entry.why_unusable():
        return Asking(prediction=prediction, version="", seen=None, why=why)
    check = prediction.check.value
    try:
        with Worker(entry, limits) as worker:
            seen = worker.ask(call, (check,))[check]
    except (Unusable, HarnessError) as error:
        return Asking(prediction=prediction, version="", seen=None, why=str(error))
    return Asking(prediction=prediction, version=entry.installed_version(), seen=seen)
