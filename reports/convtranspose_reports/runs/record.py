"""The lines of a run: what `results.jsonl` holds, one JSON object a line, told apart by their
`type`.

A run is written in this order: one `Header`, every `CaseLine`, every `Record`, every `Finding`, one
`Footer`. Canonical: the same versions give the same lines, byte for byte, but for the footer, where
times are.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

FORMAT = 1


class Check(StrEnum):
    """What was held against the golden."""

    OUTPUT = "output"
    OUTPUT_SHAPE = "output_shape"
    REJECTION = "rejection"
    GRADIENT = "gradient"
    REPEATABILITY = "repeatability"


class Outcome(StrEnum):
    """What was observed, whatever was expected."""

    AGREES = "AGREES"
    SHAPE_DIFFERS = "SHAPE_DIFFERS"
    DTYPE_DIFFERS = "DTYPE_DIFFERS"
    VALUES_DIFFER = "VALUES_DIFFER"
    INEXACT = "INEXACT"
    NOT_REPEATABLE = "NOT_REPEATABLE"
    INPUT_CHANGED = "INPUT_CHANGED"
    REJECTED = "REJECTED"
    ACCEPTED = "ACCEPTED"
    UNSUPPORTED = "UNSUPPORTED"
    DECLINED = "DECLINED"
    CRASHED = "CRASHED"
    TIMED_OUT = "TIMED_OUT"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_ASKED = "NOT_ASKED"


class Verdict(StrEnum):
    """An outcome against the golden and the deviations; `FAILS` and `STALE` are red."""

    CONFORMS = "conforms"
    DEVIATES = "deviates"
    FAILS = "fails"
    STALE = "stale"
    UNSUPPORTED = "unsupported"
    DECLINED = "declined"


RED = frozenset({Verdict.FAILS, Verdict.STALE})
NO_ANSWER = frozenset({Verdict.UNSUPPORTED, Verdict.DECLINED})


class _Line(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"
):
    pass


class BackendLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backend on this machine. `reason` says why an unusable one is so; `versions` is library ->
    version; `kernels` what decides which of its kernels compute (whether oneDNN is on, the
    instruction sets that they may use, variables that it was told), as its worker told it."""

    name: str
    title: str
    route: str
    version: str
    device: str
    usable: bool
    asked: bool
    reason: str = ""
    versions: dict[str, str] = {}
    kernels: dict[str, str] = {}

    @property
    def was_asked(self) -> bool:
        """Could it be asked, and was it one of those that the run asked?"""
        return self.usable and self.asked


class SuiteLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A suite and how many of its cases the run asked."""

    name: str
    title: str
    cases: int


class ClauseLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clause of the operator text, and its named readings (name -> one sentence of what it
    does)."""

    label: str
    title: str
    says: str
    open: bool
    readings: dict[str, str]


class PlaceLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where outputs begin and their size under one kind of padding, as formulas: those measured, ""
    where no short one was found, and the text's. `read` of `asked` calls showed where they land."""

    padding: str
    begin: str
    size: str
    begin_by_text: str
    size_by_text: str
    as_text: bool
    read: int
    asked: int


class RoundingLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sums of a dtype are rounded, in words, along `routes` that are alike: the format that
    sums are kept in, the order of terms, where B joins, whether a multiply-add is fused, what
    becomes of X and W, and of subnormal numbers. "" where that could not be read or is no matter.
    """

    dtype: str
    routes: list[str]
    width: str
    order: str
    bias: str
    fused: str
    inputs: str
    subnormals: str


class ComputesLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured of a backend once, of `version`, whatever a run asks."""

    backend: str
    version: str
    places: list[PlaceLine]
    rounding: list[RoundingLine]


class Header(_Line, frozen=True, kw_only=True, tag="header"):
    """What was run, on what."""

    format: int = FORMAT
    suite_version: str
    seed: int
    # why a run asked less than its suites hold ("--case ...", "--shard 1/4"); "" = the whole
    partial: str = ""
    environment: dict[str, str]
    backends: list[BackendLine]
    suites: list[SuiteLine]
    clauses: list[ClauseLine]
    features: dict[str, str]  # row of the matrix -> one sentence of what its cases have in common
    # share that each backend has to answer at least; left out of the line where none was named
    min_answered: float | msgspec.UnsetType = msgspec.UNSET
    # what was measured of backends of the run before; left out of the line where of none
    computes: list[ComputesLine] | msgspec.UnsetType = msgspec.UNSET


class CaseLine(_Line, frozen=True, kw_only=True, tag="case"):
    """A case as the page names it. `summary`: one line of shapes, attributes in ONNX spelling,
    dtype, data, opset."""

    name: str
    suite: str
    summary: str
    features: list[str]
    clauses: list[str]


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of one output of a probe of precision, rounded to four digits.

    `data` is the probe's kind of numbers, `products` what an output element sums at most, `outputs`
    how many elements there are, `rounded` how many of them are the exact result rounded once.
    `worst` is the largest error over its bound, where equality is not owed (None: it is owed
    everywhere, or a result is not finite). `r` and `z` are the rms error over that of a model of
    rounding, and the significance of the slope of error on result (None: another kind than `dense`,
    too few outputs, or numbers that the model is not for).
    """

    dtype: str
    data: str
    products: int
    outputs: int
    rounded: int
    worst: float | None = None
    r: float | None = None
    z: float | None = None


class Record(_Line, frozen=True, kw_only=True, tag="record"):
    """One case x backend x check.

    `finding` is the id of the finding that explains a difference ("" where there is none);
    `follows` the readings of open clauses that the outcome follows (clause label -> readings that
    fit); `reason` one bounded sentence of what differed, why the API cannot say it, or the
    backend's own message; `note` is "unverified here", "fixed?" or "", and says
    how the case ended the first time, where that did not repeat.
    `measured` is left out of the line where the case is no probe of precision.
    """

    case: str
    backend: str
    check: Check
    outcome: Outcome
    verdict: Verdict
    reason: str = ""
    finding: str = ""
    follows: dict[str, list[str]] = {}
    note: str = ""
    measured: Measured | msgspec.UnsetType = msgspec.UNSET


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The smallest case of a finding: numbers as text, to be shown, and a script that reproduces it
    alone.

    `arithmetic`: how the right answer comes about. `others`: what other backends answer, where the
    case is none of the run's.
    """

    case: str
    summary: str
    inputs: dict[str, str]
    expected_shape: str
    actual_shape: str
    expected: str
    actual: str
    differing: str
    reproducer: str
    arithmetic: str = ""
    others: dict[str, str] = {}


class Finding(_Line, frozen=True, kw_only=True, tag="finding"):
    """Records of one backend and check that one explanation covers.

    `verdict`: deviates (declared), fails (not declared), stale (declared, or of kind `claim` said
    by its author, and does not hold), conforms (kind `inconsistent`: readings mixed), declined
    (what the backend says that it does not do). `kind`: reading, fault, accuracy, error, differs,
    accepted, unexplained, inconsistent, stale, claim, declined or not asked. `sentence`
    says what the backend does instead.
    """

    id: str
    backend: str
    check: Check
    verdict: Verdict
    kind: str
    name: str
    sentence: str
    cause: str = ""  # framework, text or suite; "" where nothing is declared
    reason: str = ""
    upstream: list[str] = []
    clauses: list[str] = []
    versions: str = ""  # version range of the declaration
    where: str = ""  # predicate of the declaration, over the facts of a case
    note: str = ""
    cases: int
    example: Example | None = None
    # the releases that showed it, of those that were asked at any time; left out where of one alone
    since: str | msgspec.UnsetType = msgspec.UNSET


class Footer(_Line, frozen=True, kw_only=True, tag="footer"):
    """How the run ended; without it, it was cut short. `records` counts Record lines; `finished` is
    UTC in ISO 8601."""

    records: int
    exit_status: int
    finished: str
    seconds: float
    # backend -> seconds from the start of its processes to their last answers, those of several at
    # a time added up; left out where that is not known, as of what an earlier run had asked
    backend_seconds: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    # part of what follows the asking -> why it failed; left out of the line where none did
    failed: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


Line = Header | CaseLine | Record | Finding | Footer


def is_red(records: Iterable[Record], findings: Iterable[Finding]) -> bool:
    """Does anything fail, or is a declaration stale?"""
    return any(r.verdict in RED for r in records) or any(f.verdict in RED for f in findings)
