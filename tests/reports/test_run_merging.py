from dataclasses import replace

import msgspec
import pytest

from convtranspose_reports import (
    Check,
    RunMergeError,
    SuiteLine,
    Verdict,
    merge_runs,
    read_run,
    summary,
    write_run,
)

DEVIATES, FAILS = Verdict.DEVIATES, Verdict.FAILS


def test_frameworks_merge(tmp_path, fake):
    absent = {"usable": False, "asked": False, "version": "", "reason": "not installed"}
    one = fake.run(
        [fake.record("a")], backends=[fake.backend("right"), fake.backend("wrong", **absent)]
    )
    other = fake.run(
        [fake.record("a", "wrong", FAILS, finding="wrong-flip")],
        (fake.finding("flip", verdict=FAILS),),
        backends=[fake.backend("right", **absent), fake.backend("wrong")],
        environment={"python": "3.12"},
    )
    merged = merge_runs([one, other])
    assert [(b.name, b.usable, b.reason) for b in merged.header.backends] == [
        ("right", True, ""),
        ("wrong", True, ""),
    ]
    assert merged.records == one.records + other.records
    assert merged.findings == other.findings
    assert merged.header.environment == {"python": "3.11 | 3.12"}
    assert merged.footer.exit_status == 1
    assert merged.footer.seconds == 2.0
    write_run(tmp_path, merged)
    assert read_run(tmp_path) == merged


def test_shards_that_are_missing_are_named(fake):
    runs = [
        fake.run([fake.record(name)], partial=f"--shard {i}/4", backends=[fake.backend("right")])
        for i, name in ((1, "a"), (3, "b"))
    ]
    partial = merge_runs(runs).header.partial
    assert partial == "--shard 1/4; --shard 3/4; without shard 2/4, 4/4 of right"


def test_shards_unite_findings_by_what_they_say(fake):
    first, second = fake.example(case="a"), fake.example(case="b")
    one = fake.run(
        [fake.record("a", "wrong", DEVIATES, finding="1")],
        (fake.finding("flip", id="1", example=first),),
        partial="--shard 1/2",
    )
    two = fake.run(
        [
            fake.record("b", "wrong", DEVIATES, finding="1"),
            fake.record("c", "wrong", DEVIATES, finding="2"),
        ],
        (fake.finding("swap", id="1"), fake.finding("flip", id="2", example=second)),
        partial="--shard 2/2",
    )
    merged = merge_runs([one, two])
    assert [(f.id, f.name, f.cases, f.example) for f in merged.findings] == [
        ("1", "flip", 2, first),
        ("1-2", "swap", 1, None),
    ]
    assert [(r.case, r.finding) for r in merged.records] == [("a", "1"), ("b", "1-2"), ("c", "1")]
    assert merged.header.partial == ""
    assert merged.header.suites[0].cases == 3


def test_a_run_merged_with_itself_is_itself(fake):
    findings = (
        fake.finding("flip"),
        fake.finding("mixed", verdict=Verdict.CONFORMS, kind="inconsistent", cases=3),
    )
    run = fake.run(
        [fake.record("a"), fake.record("a", "wrong", DEVIATES, finding="wrong-flip")], findings
    )
    merged = merge_runs([run, run])
    assert (merged.header, merged.cases, merged.records, merged.findings) == (
        run.header,
        run.cases,
        run.records,
        run.findings,
    )


def test_an_answer_that_two_runs_share_counts_once(fake):
    a, b, c = (fake.record(name, "wrong", DEVIATES, finding="wrong-flip") for name in "abc")
    one = fake.run([a, b], (fake.finding("flip", cases=2),), partial="--case [ab]")
    other = fake.run([b, c], (fake.finding("flip", cases=2),), partial="--case [bc]")
    merged = merge_runs([one, other])
    assert (merged.records, merged.findings[0].cases) == ([a, b, c], 3)


@pytest.mark.parametrize(
    ("partials", "left"),
    [
        (["--shard 1/2", "--shard 2/2"], ""),
        (["--shard 1/3", "--shard 2/3"], "--shard 1/3; --shard 2/3"),
        (["--shard 1/2", "--shard 2/3"], "--shard 1/2; --shard 2/3"),
        (["--shard 1/2", "--shard 2/2", "--case x*"], "--shard 1/2; --shard 2/2; --case x*"),
        (["--shard 1/2 --case x*", "--shard 2/2"], "--shard 1/2 --case x*; --shard 2/2"),
        (["", ""], ""),
    ],
)
def test_partial_is_cleared_by_all_shards_only(fake, partials, left):
    runs = [
        fake.run(
            [fake.record("case" if partial in ("", "--case x*") else partial)],
            partial=partial,
            cases=[fake.case("case"), fake.case(partial)][: 1 + partial.startswith("--shard")],
        )
        for partial in partials
    ]
    assert merge_runs(runs).header.partial.partition("; without shard ")[0] == left


def test_one_backends_shards_do_not_complete_another(fake):
    def shard(name, partial):
        return fake.run(
            [fake.record(partial, name)], partial=partial, backends=[fake.backend(name)]
        )

    runs = [
        shard("right", "--shard 1/2"),
        shard("right", "--shard 2/2"),
        shard("wrong", "--shard 1/2"),
    ]
    missing = "; without shard 2/2 of wrong"
    assert merge_runs(runs).header.partial == f"--shard 1/2; --shard 2/2{missing}"
    assert merge_runs([*runs, shard("wrong", "--shard 2/2")]).header.partial == ""


def test_conflicting_runs_are_named(tmp_path, fake):
    run = fake.run([fake.record("a")])
    write_run(tmp_path, run)
    others = {
        r"answer to case 'a', backend 'right', check output differs": fake.run(
            [fake.record("a", reason="else")]
        ),
        r"case 'a' differs": fake.run([fake.record("a")], cases=[fake.case("a", "strides")]),
        r"suite version differs(.|\n)*results.jsonl: 0\.1\n  second run: 0\.2": fake.run(
            [fake.record("a")], suite_version="0.2"
        ),
        r"seed differs": fake.run([fake.record("a")], seed=2),
        r"version of backend 'right' differs": fake.run(
            [fake.record("b")], backends=[fake.backend("right", version="2.0")]
        ),
        r"version of backend 'right' differs(.|\n)*numpy": fake.run(
            [fake.record("b")], backends=[fake.backend("right", versions={"numpy": "2"})]
        ),
    }
    for message, other in others.items():
        with pytest.raises(RunMergeError, match=message):
            merge_runs([read_run(tmp_path), other])
    with pytest.raises(RunMergeError, match="nothing to merge"):
        merge_runs([])


def core(fake, *names, backend="right", **changes):
    """A run of suite core, whose cases these are."""
    return fake.run(
        [fake.record(name, backend) for name in names], backends=[fake.backend(backend)], **changes
    )


def test_whole_runs_of_other_cases_are_refused_with_what_differs(fake):
    one = core(fake, *"abcdefg")
    other = core(fake, *"abcxy", backend="wrong")
    with pytest.raises(RunMergeError) as refused:
        merge_runs([one, other])
    assert str(refused.value).splitlines() == [
        "suite 'core' is of other cases there, so these runs cannot be merged",
        "  the run of right: 7 cases",
        "  the run of wrong: 5 cases",
        "  only in the first: d, e, f and 1 more",
        "  only in the second: x, y",
        "  accepted: runs whose suites are of the same cases, or parts of them",
    ]


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ({"b": "--shard 1/2", "x": "--shard 2/2"}, {"a": "", "b": ""}),
        ({"a": "--shard 1/2", "b": "--shard 2/2"}, {"a": "--shard 1/2", "x": "--shard 2/2"}),
        ({"x": "--shard 2/3"}, {"a": "", "b": ""}),
        ({"x": "--case x"}, {"a": "", "b": ""}),
    ],
)
def test_parts_of_another_whole_are_refused(fake, one, others):
    """Of shards and of single cases, whichever comes first."""

    def runs(parts, backend):
        whole = [name for name, partial in parts.items() if not partial]
        return [core(fake, *whole, backend=backend)] * bool(whole) + [
            core(fake, name, backend=backend, partial=partial)
            for name, partial in parts.items()
            if partial
        ]

    both = [*runs(one, "right"), *runs(others, "wrong")]
    for order in (both, both[::-1]):
        with pytest.raises(
            RunMergeError, match=r"suite 'core' is of other cases(.|\n)*only in the"
        ):
            merge_runs(order)


def test_parts_of_the_same_whole_merge(fake):
    whole = core(fake, *"abc", backend="wrong")
    shards = [core(fake, *"ac", partial="--shard 1/2"), core(fake, "b", partial="--shard 2/2")]
    assert merge_runs([whole, *shards]).header.partial == ""
    assert merge_runs([*shards, whole]).header.partial == ""
    partial = merge_runs([whole, shards[0]]).header.partial
    assert partial == "--shard 1/2; without shard 2/2 of right"


def test_a_suite_that_a_backend_was_not_asked_is_named(fake):
    """But for one of whose checks it offers none."""
    suites = {
        name: [msgspec.structs.replace(fake.case(name), suite=name)]
        for name in ("seeds", "core", "gradients")
    }

    def run(backend, suite, check):
        return fake.run(
            [fake.record(suite, backend, check=check)],
            cases=suites[suite],
            suites=[SuiteLine(name=suite, title=suite, cases=1)],
            backends=[fake.backend(backend)],
        )

    runs = [
        run("right", "seeds", Check.OUTPUT),
        run("right", "core", Check.OUTPUT),
        run("right", "gradients", Check.GRADIENT),
        run("wrong", "seeds", Check.OUTPUT),
    ]
    assert merge_runs(runs).header.partial == "without suite core of wrong"
    assert merge_runs([*runs, run("wrong", "core", Check.OUTPUT)]).header.partial == ""


def test_a_backends_time_is_that_of_all_shards_where_all_know_it(fake):
    def shard(case, **seconds):
        run = fake.run([fake.record(case), fake.record(case, "wrong")], partial=f"--case {case}")
        footer = msgspec.structs.replace(run.footer, backend_seconds=seconds or msgspec.UNSET)
        return replace(run, footer=footer)

    both = merge_runs([shard("a", right=1.25, wrong=2.0), shard("b", right=0.5)])
    assert both.footer.backend_seconds == {"right": 1.75}
    assert merge_runs([shard("a"), shard("b")]).footer.backend_seconds is msgspec.UNSET


def test_a_shard_that_was_cut_short_leaves_the_whole_without_footer(fake, tmp_path):
    file = write_run(tmp_path, fake.run([fake.record("a")]))
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.warns(UserWarning, match="no footer"):
        cut = read_run(file)
    assert merge_runs([cut, fake.run([fake.record("b")], partial="--case b")]).footer is None


AVX2 = {"onednn": "off", "flags": "sse4_1 avx avx2"}
AVX512 = {
    "onednn": "float32 bfloat16",
    "isa": "avx512_core",
    "flags": "sse4_1 avx avx2 avx512f",
}


def _on(fake, cpu, kernels, case, **options):
    """A shard's or machine's run, in which backend `right` differs in a declared way."""
    found = fake.finding("flip", backend="right", id="right/output/flip")
    return fake.run(
        [fake.record(case, "right", DEVIATES, finding=found.id)],
        (found,),
        backends=[fake.backend("right", kernels=kernels), fake.backend("wrong")],
        environment={"cpu": cpu},
        **options,
    )


def test_other_kernels_are_another_backend_named_by_its_processor(fake):
    merged = merge_runs(
        [
            _on(fake, "old", AVX2, "a", partial="--shard 1/2"),
            _on(fake, "new", AVX512, "a", partial="--shard 1/2"),
            _on(fake, "old", AVX2, "b", partial="--shard 2/2"),
        ]
    )
    assert [(b.name, b.kernels) for b in merged.header.backends] == [
        ("right on old", AVX2),
        ("wrong", {}),
        ("right on new", AVX512),
    ]
    assert [(r.case, r.backend, r.finding) for r in merged.records] == [
        ("a", "right on old", "right on old/output/flip"),
        ("a", "right on new", "right on new/output/flip"),
        ("b", "right on old", "right on old/output/flip"),
    ]
    assert [(f.id, f.backend, f.cases) for f in merged.findings] == [
        ("right on old/output/flip", "right on old", 2),
        ("right on new/output/flip", "right on new", 1),
    ]
    missing = "; without shard 2/2 of right on new"
    assert merged.header.partial == f"--shard 1/2; --shard 2/2{missing}"
    assert merged.header.environment["cpu"] == "old | new"
    assert set(summary(merged)["backends"]) == {"right on old", "right on new", "wrong"}


def test_other_kernels_on_one_processor_are_named_by_what_they_were_told(fake):
    told = AVX512 | {"isa": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "flags": "sse4_1 avx avx2"}
    runs = [_on(fake, "new", kernels, "a") for kernels in (AVX512, told)]
    assert [b.name for b in merge_runs(runs).header.backends] == [
        "right (up to avx512_core)",
        "wrong",
        "right (up to avx2, ONEDNN_MAX_CPU_ISA=AVX2)",
    ]


def test_one_kind_of_kernels_is_one_backend_wherever_it_ran(fake):
    shards = {"old": ("a", "--shard 1/2"), "older": ("b", "--shard 2/2")}
    merged = merge_runs(
        [_on(fake, cpu, AVX2, case, partial=partial) for cpu, (case, partial) in shards.items()]
    )
    assert [b.name for b in merged.header.backends] == ["right", "wrong"]
    assert merged.findings[0].cases == 2


def test_a_version_of_another_processor_is_another_version(fake):
    other = fake.run(
        [fake.record("b")], backends=[fake.backend("right", version="2.0", kernels=AVX512)]
    )
    with pytest.raises(RunMergeError, match="version of backend 'right' differs"):
        merge_runs([_on(fake, "old", AVX2, "a"), other])
