"""What decides a kernel: read off the processor and the environment, told by the worker, recorded,
and heard by every declaration that speaks of it."""

import pytest

from convtranspose_cases import make
from convtranspose_conformance.backends import processor
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.processor import capped, effective, level_of
from convtranspose_conformance.run.asking.one_case import interview_with
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.verdict.deviation_files import parse
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.machine import machine_facts
from convtranspose_conformance.worker.process import Limits, Worker
from convtranspose_reports import Record, Run, Verdict, summary

AVX2 = "sse sse2 ssse3 sse4_1 sse4_2 avx f16c fma avx2"
AVX512 = f"{AVX2} avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni avx512_bf16"
AMX = f"{AVX512} avx_vnni avx512_fp16 amx_tile amx_int8 amx_bf16"
FLIPPED = """
backend = "told"
[[deviation]]
name = "flipped_with_onednn"
check = "output"
versions = "==1.*"
machine = "{machine}"
when = "op == 'ConvTranspose'"
cause = "framework"
reason = "oneDNN reverses the kernel"
fault = "kernel_flipped"
"""


@pytest.fixture
def cpu(monkeypatch, tmp_path):
    """Makes this machine's processor another one, for this process."""
    for name in processor.ONEDNN_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def is_now(text: str | None) -> None:
        file = tmp_path / f"cpuinfo{len(list(tmp_path.iterdir()))}"
        if text is not None:
            file.write_text(text)
        monkeypatch.setattr(processor, "CPUINFO", file)

    return is_now


@pytest.mark.parametrize(
    ("level", "left", "isa"),
    [
        ("SSE41", "sse sse2 ssse3 sse4_1 sse4_2", "sse41"),
        ("AVX", "sse sse2 ssse3 sse4_1 sse4_2 avx", "avx"),
        ("avx2", AVX2, "avx2"),
        ("AVX2_VNNI", f"{AVX2} avx_vnni", "avx2_vnni"),
        (
            "AVX512_CORE",
            AVX512.removesuffix(" avx512_vnni avx512_bf16"),
            "avx512_core",
        ),
        ("AVX512_CORE_BF16", AVX512, "avx512_core_bf16"),
        ("AVX10_1_512", f"{AVX512} avx_vnni avx512_fp16", "avx512_core_fp16"),
        ("DEFAULT", AMX, "avx512_core_amx"),
        ("no such level", AMX, "avx512_core_amx"),
    ],
)
def test_a_level_leaves_what_it_holds(level: str, left: str, isa: str) -> None:
    assert capped(AMX.split(), level) == left.split()
    assert level_of(left.split()) == isa


def test_a_limit_of_onednn_counts_where_onednn_is_on(cpu, monkeypatch):
    cpu(f"model name\t: a processor\nflags\t\t: fpu smep {AVX512} sha_ni\n")
    assert processor.cpu_name() == "a processor"
    assert effective({}) == {"flags": AVX512}
    assert effective({"onednn": "float32"})["isa"] == "avx512_core_bf16"
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert effective({"onednn": "float32"}) == {"onednn": "float32", "isa": "avx2", "flags": AVX2}
    assert effective({"onednn": "off"}) == {"onednn": "off", "flags": AVX512}
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA")
    monkeypatch.setenv("DNNL_MAX_CPU_ISA", "AVX")
    assert effective({"onednn": "float32"})["isa"] == "avx"


def test_arm_names_its_sets_and_macos_none(cpu):
    cpu("processor\t: 0\nFeatures\t: fp asimd sve bf16\n")
    assert processor.cpu_flags() == ["asimd", "sve", "bf16"]
    assert effective({"onednn": "float32"}) == {"onednn": "float32", "flags": "asimd sve bf16"}
    cpu(None)
    assert processor.cpu_flags() == []
    assert processor.cpu_name()
    assert effective({"onednn": "off"}) == {"onednn": "off", "flags": ""}
    assert machine_facts(effective({})) == {
        "cpu_flags": [],
        "onednn": [],
        "isa": "",
        "aten": "",
    }


def entry(onednn: str) -> Entry:
    return Entry(
        name="told",
        title="told",
        route="",
        target="told:FlipsWithOneDnn",
        distributions=(),
        version="1.0",
        arguments=(onednn,),
        checks=("output",),
    )


CASES = [make("core", (4, 3), (3, 2)), make("core", (5,), (3,), strides=(2,))]


def declared(machine: str) -> list[Deviation]:
    return parse(FLIPPED.format(machine=machine), "told.toml", ["told"])


@pytest.fixture
def ran(tmp_path):
    """A run of the stub: what its worker tells decides."""

    def run(onednn: str, machine: str) -> Run:
        plan = Plan(
            entries=[entry(onednn)],
            listed=[],
            suites=["core"],
            cases=CASES,
            deviations=declared(machine),
        )
        return execute(plan, tmp_path)

    return run


def verdicts(records: list[Record]) -> set[tuple[Verdict, str]]:
    return {(record.verdict, record.note) for record in records}


def test_a_declaration_speaks_of_the_kernels_that_the_worker_told(ran):
    told = ran("float32", "onednn")
    assert verdicts(told.records) == {(Verdict.DEVIATES, "")}
    assert verdicts(ran("float32", "not onednn").records) == {(Verdict.DEVIATES, "unverified here")}
    conforming = ran("off", "onednn")
    assert verdicts(conforming.records) == {(Verdict.CONFORMS, "fixed?")}
    assert conforming.findings == []
    stale = ran("off", "not onednn")
    assert {finding.verdict for finding in stale.findings} == {Verdict.STALE}
    assert ran("", "onednn").footer.exit_status == 0


def test_what_the_worker_told_is_recorded(ran, monkeypatch):
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "SSE41")
    run = ran("float32", "onednn and 'avx' not in cpu_flags")
    assert verdicts(run.records) == {(Verdict.DEVIATES, "")}
    kernels = run.header.backends[0].kernels
    assert (kernels["onednn"], kernels["ONEDNN_MAX_CPU_ISA"]) == ("float32", "SSE41")
    assert "avx" not in kernels["flags"].split()
    assert summary(run)["backends"]["told"]["kernels"] == kernels


def test_an_interview_judges_by_what_its_worker_told(ran):
    with Worker(entry("float32"), Limits()) as worker:
        for machine, note in (("onednn", ""), ("not onednn", "unverified here")):
            (answer,) = interview_with(worker, declared(machine)).ask(CASES[0])
            assert (answer.judgement.verdict, answer.judgement.note) == (Verdict.DEVIATES, note)
