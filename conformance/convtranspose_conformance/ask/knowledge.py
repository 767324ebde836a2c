"""What is known of the backends, as plain data for a browser: declarations, the readings that each
was seen to follow, and the machine of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.readings import READINGS

from ..backends.entry import Entry
from ..prediction.followed_files import Habit, habits_of
from ..prediction.kernels import ELSEWHERE, kernels_on
from ..prediction.predict import PREDICTED
from ..prediction.sentences import clause_of, kernels_text
from ..rules.accuracy_classes import ACCURACY
from ..verdict.deviation_files import declared_of
from ..verdict.deviations import Deviation
from ..verdict.machine import NAMES, machine_facts
from .conditions import Compiled, compiled

Plain = dict[str, Any]
# entry's `sayable` -> the name of the same in `sayable.js`
_APIS = {
    "torch.adapter:arguments": "torch",
    "tensorflow.arguments:arguments": "tensorflow",
    "tensorflow.arguments:backprop_arguments": "backprop",
}
_CHECKS = ("output", "output_shape", "rejection")


def knowledge(kernels: Mapping[str, Mapping[str, str]]) -> Plain:
    """All of it. `kernels` is, by backend, what a run recorded of them. A backend that is not among
    them is taken to be on the processor that the others told of, or else on the plainest."""
    flags = next((told["flags"].split() for told in kernels.values() if told.get("flags")), None)

    def own(entry: Entry) -> Mapping[str, str]:
        beside = ELSEWHERE[0] if flags is None else kernels_on(entry, flags)
        return kernels.get(entry.name, beside)

    return {
        "open": {c.label: c.open_before for c in CLAUSES.values() if c.open},
        "readings": {name: reading.sentence for name, reading in READINGS.items()},
        "accuracy": {name: sentence for name, (sentence, _) in ACCURACY.items()},
        "backends": [_backend(entry, own(entry)) for entry in PREDICTED],
    }


def _backend(entry: Entry, kernels: Mapping[str, str]) -> Plain:
    habits = habits_of(entry.name)
    machines = (kernels, *ELSEWHERE)
    version = habits.versions.removeprefix("==").removesuffix(".*") if habits else ""
    return {
        "name": entry.name,
        "title": entry.title,
        "version": version,
        "check": "output" if "output" in entry.checks else "output_shape",
        "api": next((api for end, api in _APIS.items() if entry.sayable.endswith(end)), ""),
        "follows": [_habit(each) for each in habits.follows] if habits else [],
        "declines": [_habit(each) for each in habits.declines] if habits else [],
        "machines": [machine_facts(each) for each in machines],
        "onMachine": kernels_text(kernels),
        "declared": [_declared(each, machines) for each in declared_of(entry.name, _CHECKS)],
    }


def _habit(habit: Habit) -> Plain:
    when: Compiled | None = None if habit.when is None else compiled(habit.when)
    given = {"check": habit.check, "when": when}
    return given | {"readings": [*habit.readings], "reason": habit.reason}


def _declared(deviation: Deviation, machines: Sequence[Mapping[str, str]]) -> Plain:
    explanation = deviation.explanation
    return {
        "id": deviation.id,
        "check": deviation.check,
        "when": compiled(deviation.when),
        "fits": [deviation.told(each).fits for each in machines],
        "dependent": bool(deviation.machine or deviation.when.names & NAMES),
        "rule": explanation is not None and not deviation.accuracy,
        "readings": [*explanation.readings] if explanation else [],
        "faults": [*explanation.faults] if explanation else [],
        "accuracy": deviation.accuracy,
        "error": deviation.error.type if deviation.error else "",
        "undefined": deviation.undefined,
        "accepted": deviation.accepted,
        "because": clause_of(deviation.reason),
    }
