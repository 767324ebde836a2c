"""Runs from machines whose kernels differ: what bears one backend's name is told apart."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from convtranspose_reports.legend import kernels_text
from convtranspose_reports.runs.record import BackendLine, Finding, Record
from convtranspose_reports.runs.records import Records
from convtranspose_reports.runs.store import Run

Kernels = tuple[tuple[str, str], ...]


def told_apart(runs: list[Run]) -> list[Run]:
    """The runs, in which a backend that was asked with other kernels in another run has a name of
    its own: where it ran, or, on one kind of processor, what it was told."""
    places: dict[str, dict[Kernels, list[str]]] = defaultdict(dict)
    for run in runs:
        cpu = run.header.environment.get("cpu", "")
        for backend in run.header.backends:
            if backend.was_asked:
                there = places[backend.name].setdefault(_kernels(backend), [])
                there += [cpu] if cpu not in there else []
    names = {
        (name, kernels): f"{name} {where}"
        for name, found in places.items()
        if len(found) > 1
        for kernels, where in _whereabouts(found).items()
    }
    return [_renamed(run, names) for run in runs] if names else runs


def _kernels(backend: BackendLine) -> Kernels:
    return tuple(backend.kernels.items())


def _whereabouts(found: dict[Kernels, list[str]]) -> dict[Kernels, str]:
    """Kernels -> what tells them from the others: the processors, else the kernels themselves."""
    places = {kernels: " | ".join(cpus) for kernels, cpus in found.items()}
    if all(places.values()) and len(set(places.values())) == len(places):
        return {kernels: f"on {place}" for kernels, place in places.items()}
    common = set.intersection(*(set(kernels) for kernels in found))
    return {kernels: f"({_told(kernels, common)})" for kernels in found}


def _told(kernels: Kernels, common: Iterable[tuple[str, str]]) -> str:
    own = {name: value for name, value in kernels if (name, value) not in set(common)}
    if len(own) > 1:
        own.pop("flags", None)
    return kernels_text(own) or "not told"


def _renamed(run: Run, every: dict[tuple[str, Kernels], str]) -> Run:
    split = {name for name, _ in every}
    names = {
        backend.name: every[backend.name, _kernels(backend)]
        for backend in run.header.backends
        if (backend.name, _kernels(backend)) in every and backend.was_asked
    }
    backends = [
        msgspec.structs.replace(b, name=names[b.name], title=_title(b, names[b.name]))
        if b.name in names
        else b
        for b in run.header.backends
        if b.name in names or b.name not in split
    ]
    return replace(
        run,
        header=msgspec.structs.replace(run.header, backends=backends),
        records=Records(_record(record, names) for record in run.records),
        findings=[_finding(finding, names) for finding in run.findings],
    )


def _title(backend: BackendLine, name: str) -> str:
    return backend.title + name.removeprefix(backend.name)


def _record(record: Record, names: dict[str, str]) -> Record:
    if record.backend not in names:
        return record
    finding = _id(record.finding, record.backend, names)
    return msgspec.structs.replace(record, backend=names[record.backend], finding=finding)


def _finding(finding: Finding, names: dict[str, str]) -> Finding:
    if finding.backend not in names:
        return finding
    name = _id(finding.id, finding.backend, names)
    return msgspec.structs.replace(finding, backend=names[finding.backend], id=name)


def _id(finding: str, backend: str, names: dict[str, str]) -> str:
    """The id of a finding begins with its backend's name."""
    rest = finding.removeprefix(f"{backend}/")
    return finding if rest == finding else f"{names[backend]}/{rest}"
