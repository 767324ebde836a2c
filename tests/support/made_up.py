"""A run whose answers are made up: no process is asked."""

from collections.abc import Callable, Sequence

from convtranspose_cases import Case
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.worker.observation import Observation, returned, stated

Answers = Callable[[Asked, int], dict[str, Observation]]  # a case, by number -> by check


def entry(name: str) -> Entry:
    """A backend that nobody can start."""
    return Entry(
        name=name,
        title=name,
        route="call",
        target="none:none",
        distributions=(),
        version="1.0",
        checks=("output", "output_shape"),
    )


def right(asked: Asked, number: int) -> dict[str, Observation]:
    """What the text asks for."""
    answer = asked.answer()
    return {"output": returned(answer.golden.expected()), "output_shape": stated(answer.shape)}


def session_of(cases: Sequence[Case], backends: dict[str, Answers]) -> Session:
    """The session in which each backend has answered every case."""
    entries = [entry(name) for name in backends]
    plan = Plan(
        entries=entries, listed=[], suites=[], cases=list(cases), deviations=[], partial="made up"
    )
    session = Session(plan)
    for each in entries:
        session.told(each.name, {}, {})
        for number in range(len(cases)):
            session.judged(each, number, backends[each.name](session.asked[number], number))
    return session
