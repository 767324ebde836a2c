"""How much of what no library holds is explained: `python benchmarks/diagnosis/random_rules.py`,
about half an hour on two cores.

Wrong backends drawn at random (`hidden_rules.py`) are asked `seeds` and a part of `core`; each
diagnosis is then held against calls that it never saw. Writes `random_rules.json`, of seeds that
are left alone while building, when all are measured; `--minutes 20` ends after so many, and what is
run again goes on behind the last one where the code is the same. `--seeds 1000 1060`, those that
thresholds are chosen on, or any others, are measured and not written. Ends with status 1 where a
statement is false.
"""

import argparse
import json
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.diagnosis.hidden_rules import Hidden, answer, drawn
from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.candidates import differs, fits
from convtranspose_conformance.diagnosis.claims import Claims
from convtranspose_conformance.diagnosis.conditions.contrast import meets
from convtranspose_conformance.diagnosis.fresh_calls import fresh_cases
from convtranspose_conformance.diagnosis.result import BY_RULE, Diagnosis
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.explanation import BY_TEXT
from convtranspose_conformance.rules.faults import UNDER
from convtranspose_conformance.verdict.reply import Ask, Reply, judged
from convtranspose_conformance.worker.observation import Seen
from convtranspose_reports import Check

RESULTS = ROOT / "benchmarks" / "figures" / "random_rules.json"
SO_FAR = ROOT / ".tox" / "random_rules.json"  # what is measured until all is
PUBLISHED = range(6600, 6660)
MOST_MINUTES = 10_080  # a week
EVERY, LEAST_WRONG = 4, 5
PROCESSES = 2
HELD_OUT_SEED, HELD_OUT_CASES, HELD_OUT = 7_000_003, 400, 40


def asked_cases() -> list[Case]:
    """`seeds`, and every fourth case of `core`, of ConvTranspose."""
    cases = (*suite_cases("seeds"), *suite_cases("core")[::EVERY])
    return [case for case in cases if case.op == "ConvTranspose"]


class Backend:
    """Follows hidden rules; what it is asked is remembered with the answers of the rules."""

    def __init__(self, rules: Sequence[Hidden]) -> None:
        self._rules = rules

    def reply(self, asked: Asked, rules: Sequence[Hidden] | None = None) -> Reply:
        seen = answer(asked, self._rules if rules is None else rules)
        return judged(BUILT_IN[0], asked, Check.OUTPUT, seen)

    def ask(self, cases: Iterable[Case]) -> list[Reply]:
        return [
            self.reply(Asked(c))
            for c in cases
            if c.op == "ConvTranspose" and not c.data.startswith("special")
        ]

    def is_true(self, said: Diagnosis, all_: Explanation, asked: Asked) -> bool:
        """Is it what some of the rules make of the call, or, together with all else that is said of
        the backend, what all of them do?"""
        some = (
            chosen
            for count in range(len(self._rules), 0, -1)
            for chosen in combinations(self._rules, count)
        )
        return any(
            fits(each, self.reply(asked, chosen)) for chosen in some for each in said.explanations
        ) or fits(all_, self.reply(asked))


def measured(seed: int) -> dict[str, Any] | None:
    """What is said of one drawn backend; None where hardly anything it answers is wrong."""
    rules = drawn(seed)
    backend = Backend(rules)
    replies = backend.ask(asked_cases())
    wrong = [each for each in replies if each.wrong]
    returned = [each for each in wrong if each.seen.seen is Seen.RETURNED]
    if len(returned) < LEAST_WRONG:
        return None
    started = time.process_time()
    found = diagnosed(replies, backend.ask)
    pairs = [(w, d) for w, d in zip(wrong, found, strict=True) if w.seen.seen is Seen.RETURNED]
    counts = Counter(d for _, d in pairs)
    all_ = together(counts)
    statements = [
        {
            "says": d.id,
            "kind": d.kind,
            "answers": count,
            "false": _false(backend, d, all_) if d.kind in BY_RULE else 0,
        }
        for d, count in counts.most_common()
    ]
    return {
        "seed": seed,
        "rules": [rule.says for rule in rules],
        "wrong": len(pairs),
        "explained": sum(one["answers"] for one in statements if one["kind"] in BY_RULE),
        "said": statements,
        "seconds": round(time.process_time() - started, 1),
    }


def diagnosed(replies: Sequence[Reply], ask: Ask) -> list[Diagnosis]:
    """A diagnosis of each wrong one of the replies to `asked_cases`, of outputs."""
    wrong, right = ([each for each in replies if each.wrong is w] for w in (True, False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return diagnose(wrong, right, Check.OUTPUT, ask=ask, pool=fresh_cases)


def together(said: Iterable[Diagnosis]) -> Explanation:
    """All faults that are named, each under its condition, and the readings that hold
    everywhere."""
    told = list(said)
    conditions = ((d.where, name) for d in told for e in d.explanations[:1] for name in e.faults)
    names = (f"{name}{UNDER}{where}" if where else name for where, name in conditions)
    of_all = (d.explanations[0] for d in told if d.explanations and not d.where)
    readings = (name for each in of_all for name in each.readings)
    return Explanation(readings=tuple(dict.fromkeys(readings)), faults=tuple(dict.fromkeys(names)))


def _false(backend: Backend, said: Diagnosis, all_: Explanation) -> int:
    """Of how many calls held out it speaks falsely: of a call with which something else is wrong
    that nothing explains, what is said may be true all the same. An accuracy class is none of these
    rules'."""
    if said.accuracy:
        return 1
    count = false = 0
    claims = Claims(backend.ask)
    for case in suite_cases("random", HELD_OUT_SEED)[:HELD_OUT_CASES]:
        if count == HELD_OUT or not meets(said.where, case):
            continue
        asked = Asked(case)
        if differs(said.explanations[0], Check.OUTPUT, asked):
            seen = backend.reply(asked)
            if seen.seen.seen is Seen.RETURNED:
                count += 1
                false += not (backend.is_true(said, all_, asked) or is_open(said, seen, claims))
    return false


def is_open(said: Diagnosis, reply: Reply, claims: Claims, all_: Explanation = BY_TEXT) -> bool:
    """Is something wrong with the call that nothing explains, and is each part of what is said,
    beside `all_` else, true of it?"""
    acting = [
        part.explanations[0]
        for part in said.parts
        if part.explanations
        and meets(part.where, reply.case)
        and differs(part.explanations[0], reply.check, reply.asked)
    ]
    return (
        reply.wrong
        and bool(acting)
        and all(fits(each, reply) or claims.is_true_besides(each, reply, [all_]) for each in acting)
    )


def results(
    seeds: Iterable[int], say: Callable[[str], None], until: float
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Each seed with its row, None for a backend of which hardly anything is wrong."""
    seeds = list(seeds)
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for seed, row in zip(seeds, pool.imap(measured, seeds), strict=True):
            if time.monotonic() > until:
                break
            if row is None:
                yield seed, row
                continue
            say(f"{seed} {row['explained']} of {row['wrong']} ({row['seconds']} s): {row['rules']}")
            for one in row["said"]:
                false = "FALSE " * bool(one["false"])
                say(f"      {one['answers']:4d} {false}{one['kind']} {one['says']}")
            yield seed, row


def _kept(key: dict[str, str]) -> tuple[int, list[dict[str, Any]]]:
    """The first seed that is left to ask, and the rows of those before it, where the file is of
    this code."""
    for content in (json.loads(p.read_text("utf-8")) for p in (SO_FAR, RESULTS) if p.exists()):
        if content["measured_of"] == key and content["seeds"][0] == PUBLISHED[0]:
            return content["seeds"][1] + 1, content["rows"]
    return PUBLISHED[0], []


def main() -> None:
    """Measures, writes, prints the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs=2, metavar=("FIRST", "END"))
    parser.add_argument("--minutes", type=float, default=24 * 60, metavar="N")
    given = parser.parse_args()
    key, rows = key_of("random_rules"), list[dict[str, Any]]()
    if given.seeds:
        seeds = range(*given.seeds)
    else:
        first, rows = _kept(key)
        seeds = range(first, PUBLISHED[-1] + 1)
    until = time.monotonic() + 60 * given.minutes
    for seed, row in results(seeds, lambda line: print(line, file=sys.stderr, flush=True), until):
        rows += [row] if row else []
        if not given.seeds:
            SO_FAR.parent.mkdir(exist_ok=True)
            keep_figures(SO_FAR, {"measured_of": key, "seeds": [PUBLISHED[0], seed], "rows": rows})
            first = seed + 1
    wrong, explained = (sum(row[word] for row in rows) for word in ("wrong", "explained"))
    false = sum(bool(one["false"]) for row in rows for one in row["said"])
    said = sum(one["kind"] in BY_RULE for row in rows for one in row["said"])
    print(f"{len(rows)} backends: {explained} of {wrong} explained; {false} of {said} false")
    if not given.seeds:
        left = [f"seeds {first} to {PUBLISHED[-1]}: run it again, it goes on from there"]
        content = {"measured_of": key, "seeds": [PUBLISHED[0], PUBLISHED[-1]], "rows": rows}
        keep_figures(RESULTS, content, left * (first <= PUBLISHED[-1]))
        SO_FAR.unlink(missing_ok=True)
    sys.exit(false > 0)


if __name__ == "__main__":
    main()
