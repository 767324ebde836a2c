"""A run's questions, sent to a dask.distributed cluster in batches, and its answers as they come.

A worker of the cluster declares the backends that it holds as resources of these names, and `GPU`
where it has one (`dask worker ADDRESS --resources "torch-cpu=1 onnxruntime-cpu=1"`); a batch goes
to a worker that holds its backend. What a lost worker was asked is asked of another one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from distributed import Client, as_completed
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.registry import get_backend

from ...backends.api import Call, Unusable
from ...backends.entry import Entry
from ...backends.registry import registered
from ...worker.observation import Observation
from ...worker.process import HarnessError, Limits
from ...worker.questions import Believed, never
from ..asking.conversation import AnsweredCase, not_asked
from ..asking.parallel import Progress
from ..session import Session
from . import leaf

BATCH = 200  # cases
CONNECT_S = 15.0
FOLLOW_UP_PRIORITY = 10  # before batches


class ClusterError(HarnessError):
    """A cluster that cannot be asked, or whose machines do not agree; the message names them."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that answers at `address`."""

    address: str
    client: Client

    def held(self, names: Sequence[str] = ()) -> dict[str, str]:
        """The backends that its workers declare and can use, or those of these names among them,
        each with its version there. Raises ClusterError where there is none, or two workers have
        different versions of one."""
        declared = {name for each in self._resources().values() for name in each}
        known = [name for name in registered() if name in declared]
        known += sorted(name for name in declared if set(name) & set(":.@"))
        told = {name: self._told(name) for name in known if name in names or not names}
        usable = {name: version for name, (version, why) in told.items() if not why}
        if not usable:
            raise ClusterError(
                f"--dask {self.address}: {self._holding(told, names)}; accepted are workers that "
                'declare what they hold, as `dask worker ADDRESS --resources "onnxruntime-cpu=1"` '
                "does"
            )
        return usable

    def _holding(self, told: Mapping[str, tuple[str, str]], names: Sequence[str]) -> str:
        if told:
            return "; ".join(f"{name}: {why}" for name, (_, why) in told.items())
        wanted = " or ".join(names) or "a backend"
        return f"none of its {len(self._resources())} workers declares {wanted}"

    def _resources(self) -> dict[str, dict[str, float]]:
        workers: dict[str, Any] = self.client.scheduler_info(n_workers=-1)["workers"]
        return {address: each["resources"] for address, each in workers.items()}

    def _told(self, backend: str) -> tuple[str, str]:
        """Its version, and why it cannot be used, alike wherever it is held."""
        holders = [w for w, resources in self._resources().items() if backend in resources]
        versions = self.client.run(leaf.version_here, backend, workers=holders)
        if len(set(versions.values())) > 1:
            lines = ", ".join(f"{version or why} on {w}" for w, (version, why) in versions.items())
            raise ClusterError(
                f"--dask {self.address}: {backend} is not the same everywhere: {lines}; accepted "
                "is one version for a run"
            )
        found: tuple[str, str] = next(iter(versions.values()))
        return found

    @contextmanager
    def asking(self, session: Session, progress: Progress) -> Iterator[Iterator[AnsweredCase]]:
        """The answers as `ask_all` gives them; what findings ask besides goes to the cluster,
        too, until the block ends."""
        futures = {
            self._submitted(entry, batch): (entry, batch) for entry, batch in _batches(session)
        }
        for entry in session.plan.entries:
            session.kept[entry.name] = _Remote(self, entry, session.plan.limits)
        try:
            yield _answers(session, self, futures, progress)
        finally:
            self.client.cancel(list(futures))  # type: ignore[no-untyped-call]
            with suppress(
                OSError, TimeoutError
            ):  # of a worker that is lost, and holds nothing any more
                self.client.run(leaf.let_go)

    def _submitted(self, entry: Entry, batch: leaf.Batch) -> Any:
        return self.client.submit(leaf.answers, batch, pure=False, resources=resources_of(entry))


def resources_of(entry: Entry) -> dict[str, int]:
    """What a worker has to declare to be asked this backend."""
    return {entry.name: 1} | ({"GPU": 1} if entry.device == "cuda" else {})


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster at this address. Raises ClusterError where none answers, it has no worker, or
    they have another version of this project."""
    try:
        _require_address(address)  # before there is a client, which takes long to be let go
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=CONNECT_S, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"--dask {address}: no scheduler answers there ({type(error).__name__}: {error}); "
            "accepted is the address that `dask scheduler` prints, such as tcp://10.0.0.1:8786"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_S)
            versions: dict[str, str] = client.run(leaf.suite_version)
        except TimeoutError as error:
            raise ClusterError(f"--dask {address}: it has no worker") from error
        except ImportError as error:
            raise ClusterError(
                f"--dask {address}: this project cannot be imported there ({error}); accepted are "
                "workers whose environment has it"
            ) from error
        _require_one_version(address, versions)
        yield Cluster(address, client)


def _require_address(address: str) -> None:
    """Raises ValueError for what is none."""
    scheme, place = parse_address(address)
    get_backend(scheme)
    parse_host_port(place)


def _require_one_version(address: str, versions: Mapping[str, str]) -> None:
    here = leaf.suite_version()
    others = {worker: there for worker, there in versions.items() if there != here}
    if others:
        said = ", ".join(f"{there} on {worker}" for worker, there in others.items())
        raise ClusterError(
            f"--dask {address}: {here} of this project is here, {said}; accepted is one version"
        )


class _Remote:
    """A backend on the cluster, asked one call at a time."""

    def __init__(self, cluster: Cluster, entry: Entry, limits: Limits) -> None:
        self._cluster, self._entry, self._limits = cluster, entry, limits

    def ask(
        self, call: Call, checks: tuple[str, ...], believed: Believed = never
    ) -> dict[str, Observation]:
        """As `Worker.ask`. `believed` is a function of a module, which the cluster imports."""
        entry = self._entry
        observations: dict[str, Observation] = self._cluster.client.submit(
            leaf.answer,
            entry.name,
            entry.version,
            self._limits,
            call,
            checks,
            believed,
            pure=False,
            priority=FOLLOW_UP_PRIORITY,
            resources=resources_of(entry),
        ).result()
        return observations


def _batches(session: Session) -> Iterator[tuple[Entry, leaf.Batch]]:
    """What is still to be asked, a piece of every backend in turn."""
    plan = session.plan
    total = len(plan.cases)
    for start in range(0, total, BATCH):
        for entry in plan.entries:
            answered = session.answered[entry.name]
            numbers = [n for n in range(start, min(start + BATCH, total)) if n not in answered]
            if numbers:
                yield (
                    entry,
                    leaf.Batch(
                        backend=entry.name,
                        version=entry.version,
                        cases=[plan.cases[n] for n in numbers],
                        numbers=numbers,
                        seed=plan.seed,
                        limits=plan.limits,
                    ),
                )


def _answers(
    session: Session,
    cluster: Cluster,
    futures: Mapping[Any, tuple[Entry, leaf.Batch]],
    progress: Progress,
) -> Iterator[AnsweredCase]:
    done = {e.name: len(session.answered[e.name]) for e in session.plan.entries}
    errors: list[BaseException] = []
    lost: list[tuple[Entry, int, str]] = []
    come = as_completed(futures, loop=cluster.client.loop)  # type: ignore[no-untyped-call]
    for future in come:
        entry, batch = futures[future]
        error = future.exception()
        if error is not None:
            errors.append(error)
            lost += [(entry, number, _why(error)) for number in batch.numbers]
            continue
        came: leaf.BatchAnswers = future.result()
        future.release()
        _require_alike(session, cluster, came)
        for number, found in came.found:
            yield entry, number, found
            done[entry.name] += 1
            progress(entry.name, done[entry.name], len(session.plan.cases))
    if errors and not any(done.values()):
        raise _raised(errors[0], cluster)
    for entry, number, why in lost:
        checks = session.plan.checks(entry, number)
        yield entry, number, not_asked(checks, {}, why)
        done[entry.name] += 1
        progress(entry.name, done[entry.name], len(session.plan.cases))


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _raised(error: BaseException, cluster: Cluster) -> BaseException:
    if isinstance(error, Unusable | HarnessError):
        return error
    return ClusterError(f"--dask {cluster.address}: nothing was answered: {_why(error)}")


def _require_alike(session: Session, cluster: Cluster, came: leaf.BatchAnswers) -> None:
    """Raises ClusterError where two machines compute with other libraries or kernels: their answers
    are no answers of one backend."""
    name = came.backend
    if not came.versions:  # it was never ready there
        return
    libraries = came.versions, came.kernels
    if name not in session.kernels:
        session.told(name, *libraries)
    before = session.versions[name], session.kernels[name]
    if before != libraries:
        raise ClusterError(
            f"--dask {cluster.address}: {name} computes with {_words(*libraries)} on "
            f"{came.machine}, elsewhere with {_words(*before)}; accepted are machines of one kind "
            "for a run: ask the others in a run of their own, and merge both with `convtranspose "
            "report`"
        )


def _words(versions: Mapping[str, str], kernels: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in (*versions.items(), *kernels.items()))
