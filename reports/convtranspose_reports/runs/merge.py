"""Several runs as one: the shards of a run, or the frameworks of a machine each."""

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from convtranspose_reports.errors import RunMergeError
from convtranspose_reports.held.cases import Cases
from convtranspose_reports.runs.answered import exit_status
from convtranspose_reports.runs.case_sets import SHARD, missing_suites, same_case_sets
from convtranspose_reports.runs.processors import told_apart
from convtranspose_reports.runs.record import (
    BackendLine,
    CaseLine,
    Check,
    ComputesLine,
    Finding,
    Footer,
    Header,
    SuiteLine,
)
from convtranspose_reports.runs.records import Records
from convtranspose_reports.runs.store import Run


def merge_runs(runs: list[Run]) -> Run:
    """Unite runs of the same suite version and seed.

    What two runs both hold must be identical. A backend that was asked anywhere counts as asked;
    one that computed with other kernels in another run is two, of two names. Findings of equal
    backend, check, kind, name and verdict become one, with the first one's example. `partial` is
    cleared only where every backend's shards are complete; it names what shards and suites are
    missing.

    Raises RunMergeError for no run, for another suite version or seed, for a backend in two
    versions, for a suite of other cases, and for a case, or the answer to one, that differs.
    """
    if not runs:
        raise RunMergeError("nothing to merge; accepted: at least one run")
    if len(runs) == 1:
        return runs[0]
    for run in runs[1:]:
        _same(
            "suite version",
            (runs[0].header.suite_version, runs[0]),
            (run.header.suite_version, run),
        )
        _same("seed", (runs[0].header.seed, runs[0]), (run.header.seed, run))
    _same_versions(runs)
    records = Records()
    cases = _cases(runs, records)
    same_case_sets(runs, records)
    runs = told_apart(runs)
    ids = _finding_ids(runs)
    seen_before = _unite(runs, ids, records)
    findings = _findings(runs, ids, seen_before)
    header = _header(runs, cases)
    return Run(
        header=header,
        cases=cases,
        records=records,
        findings=findings,
        footer=_footer(runs, header, records, findings),
        source=" + ".join(run.source for run in runs),
    )


def _same(what: str, first: tuple[object, Run], second: tuple[object, Run]) -> None:
    (one, one_run), (other, other_run) = first, second
    if one != other:
        raise RunMergeError(
            f"{what} differs, so these runs cannot be merged\n"
            f"  {one_run.source or 'first run'}: {one}\n  {other_run.source or 'second run'}: "
            f"{other}"
        )


def _cases(runs: list[Run], records: Records) -> Cases:
    """The united cases, whose names the records are foretold."""
    united, ends = Cases(records.cases), list[int]()
    for run in runs:
        for case in run.cases:
            number = records.number_of(case.name)
            if number is None:
                records.foresee(case.name)
                united.append(case)
            else:
                first = united[number], runs[bisect_right(ends, number)]
                _same(f"case {case.name!r}", first, (case, run))
        ends.append(len(united))
    return united


def _finding_key(finding: Finding) -> tuple[str, ...]:
    return finding.backend, finding.check, finding.kind, finding.name, finding.verdict


def _finding_ids(runs: list[Run]) -> list[dict[str, str]]:
    """Of each run, its finding ids -> the merged ones: the first run's, numbered where two findings
    claim the same."""
    merged: dict[tuple[str, ...], str] = {}
    taken: Counter[str] = Counter()
    renamed: list[dict[str, str]] = []
    for run in runs:
        names = {}
        for finding in run.findings:
            key = _finding_key(finding)
            if key not in merged:
                taken[finding.id] += 1
                merged[key] = (
                    finding.id if taken[finding.id] == 1 else f"{finding.id}-{taken[finding.id]}"
                )
            names[finding.id] = merged[key]
        renamed.append(names)
    return renamed


def _unite(runs: list[Run], ids: list[dict[str, str]], united: Records) -> list[Counter[str]]:
    """Puts the records of all runs into `united`, which knows the cases; of each run, merged
    finding id -> its records that were held before ("" counts all)."""
    nowhere = array("i", [-1]) * len(united.cases)
    held: defaultdict[tuple[str, Check], array[int]] = defaultdict(lambda: nowhere[:])
    ends, seen_before = list[int](), list[Counter[str]]()
    for run, names in zip(runs, ids, strict=True):
        repeated: Counter[str] = Counter()
        for record in run.records:
            finding = names.get(record.finding, record.finding)
            renamed = (
                record
                if finding == record.finding
                else msgspec.structs.replace(record, finding=finding)
            )
            places, number = held[record.backend, record.check], united.number_of(record.case)
            assert number is not None
            if (place := places[number]) < 0:
                places[number] = len(united)
                united.add(renamed)
                continue
            what = (
                f"the answer to case {record.case!r}, backend {record.backend!r}, check "
                f"{record.check}"
            )
            owner = runs[bisect_right(ends, place)]
            _same(what, (united[place], owner), (renamed, run))
            repeated.update({finding, ""})
        ends.append(len(united))
        seen_before.append(repeated)
    return seen_before


def _findings(
    runs: list[Run], ids: list[dict[str, str]], seen_before: list[Counter[str]]
) -> list[Finding]:
    united: dict[str, Finding] = {}
    for run, names, repeated in zip(runs, ids, seen_before, strict=True):
        nothing_new = bool(run.records) and repeated[""] == len(run.records)
        for finding in run.findings:
            name = names[finding.id]
            first = united.get(name)
            if first is None:
                united[name] = msgspec.structs.replace(finding, id=name)
                continue
            added = 0 if nothing_new else max(0, finding.cases - repeated[name])
            united[name] = msgspec.structs.replace(
                first,
                cases=first.cases + added,
                example=first.example or finding.example,
                clauses=_unique(first.clauses + finding.clauses),
            )
    return list(united.values())


def _header(runs: list[Run], cases: Sequence[CaseLine]) -> Header:
    headers = [run.header for run in runs]
    return msgspec.structs.replace(
        headers[0],
        partial=_partial(headers, missing_suites(runs)),
        environment=_environment(headers),
        backends=_backends(runs),
        suites=_suites(headers, cases),
        clauses=list(
            {
                clause.label: clause for header in reversed(headers) for clause in header.clauses
            }.values()
        ),
        features={row: says for header in headers for row, says in header.features.items()},
        computes=_computes(headers),
    )


def _computes(headers: list[Header]) -> list[ComputesLine] | msgspec.UnsetType:
    """What was measured of each backend, as the last run that was handed over has it."""
    lines = {each.backend: each for header in headers for each in header.computes or ()}
    return list(lines.values()) or msgspec.UNSET


def _partial(headers: list[Header], suites: list[str]) -> str:
    """Why the whole is partial: "" where every backend that was asked has one whole run, or all N
    shards of N, and none is without a suite of the others'. `suites`: which those are."""
    reasons = _unique(header.partial for header in headers if header.partial)
    if all(SHARD.fullmatch(reason) for reason in reasons) and all(
        map(_complete, _asked(headers).values())
    ):
        return "; ".join(suites)
    return "; ".join([*reasons, *_missing(headers), *suites])


def _missing(headers: list[Header]) -> list[str]:
    """What no run holds of the shards that each backend's runs are of."""
    missing = []
    for name, reasons in _asked(headers).items():
        shards = [match for match in map(SHARD.fullmatch, reasons) if match]
        if _complete(reasons) or not shards:
            continue
        of = max(int(match[2]) for match in shards)
        held = {int(match[1]) for match in shards if int(match[2]) == of}
        # a shard number is somebody's text: no range is made of a huge one
        absent = [f"{i}/{of}" for i in range(1, min(of, 1000) + 1) if i not in held]
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        missing.append(f"without shard {', '.join(absent[:5])}{more} of {name}")
    return missing


def _asked(headers: list[Header]) -> dict[str, set[str]]:
    reasons: defaultdict[str, set[str]] = defaultdict(set)
    for header in headers:
        for backend in header.backends:
            if backend.was_asked:
                reasons[backend.name].add(header.partial)
    return reasons


def _complete(reasons: set[str]) -> bool:
    shards = [(int(match[1]), int(match[2])) for match in map(SHARD.fullmatch, reasons) if match]
    return "" in reasons or any(
        {i for i, of in shards if of == n} >= set(range(1, n + 1)) for _, n in shards
    )


def _environment(headers: list[Header]) -> dict[str, str]:
    rows = _unique(row for header in headers for row in header.environment)
    return {
        row: " | ".join(_unique(h.environment[row] for h in headers if row in h.environment))
        for row in rows
    }


def _same_versions(runs: list[Run]) -> None:
    held: dict[str, tuple[object, Run]] = {}
    for run in runs:
        for backend in (each for each in run.header.backends if each.was_asked):
            mine = ((backend.version, backend.versions), run)
            first = held.setdefault(backend.name, mine)
            _same(f"the version of backend {backend.name!r}", first, mine)


def _backends(runs: list[Run]) -> list[BackendLine]:
    held: dict[str, tuple[BackendLine, Run]] = {}
    for run in runs:
        for backend in run.header.backends:
            first, owner = held.setdefault(backend.name, (backend, run))
            if not backend.was_asked:
                continue
            if first.was_asked:
                device = " | ".join(_unique([*first.device.split(" | "), backend.device]))
                held[backend.name] = (msgspec.structs.replace(first, device=device), owner)
            else:
                held[backend.name] = (backend, run)
    return [backend for backend, _ in held.values()]


def _suites(headers: list[Header], cases: Sequence[CaseLine]) -> list[SuiteLine]:
    counts = Counter(case.suite for case in cases)
    suites = {suite.name: suite for header in reversed(headers) for suite in header.suites}
    order = _unique(suite.name for header in headers for suite in header.suites)
    return [msgspec.structs.replace(suites[name], cases=counts[name]) for name in order]


def _footer(
    runs: list[Run], header: Header, records: Records, findings: list[Finding]
) -> Footer | None:
    footers = [run.footer for run in runs if run.footer is not None]
    if len(footers) < len(runs):
        return None
    failed = {part: why for footer in footers for part, why in (footer.failed or {}).items()}
    return Footer(
        records=len(records),
        exit_status=exit_status(header, records, findings, failed),
        failed=failed or msgspec.UNSET,
        finished=max(footer.finished for footer in footers),
        seconds=sum(footer.seconds for footer in footers),
        backend_seconds=_backend_seconds(runs, footers) or msgspec.UNSET,
    )


def _backend_seconds(runs: list[Run], footers: list[Footer]) -> dict[str, float]:
    """Of the backends of which every run that asked them knows it."""
    told: dict[str, list[float | None]] = {}
    for run, footer in zip(runs, footers, strict=True):
        for backend in (each.name for each in run.header.backends if each.was_asked):
            told.setdefault(backend, []).append((footer.backend_seconds or {}).get(backend))
    known = {name: [s for s in each if s is not None] for name, each in told.items()}
    whole = [name for name, each in told.items() if len(known[name]) == len(each)]
    return {name: round(sum(known[name]), 3) for name in whole}


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
