import re

import pytest

from convtranspose_reports import (
    RED,
    BackendLine,
    CaseLine,
    Check,
    ClauseLine,
    Example,
    Finding,
    Footer,
    Header,
    Measured,
    Outcome,
    Record,
    Run,
    SuiteLine,
    Verdict,
    write_report,
)

FEATURES = {"group": "group above 1", "strides": "some stride above 1"}
CLAUSES = [
    ClauseLine(
        label="A",
        title="split",
        says="what the text says",
        open=True,
        readings={"text": "literal", "other": "else"},
    ),
    ClauseLine(label="F", title="shape", says="explicit", open=False, readings={"text": "literal"}),
]


def backend(name: str, **changes: object) -> BackendLine:
    values = {
        "title": name.title(),
        "route": "call",
        "version": "1.0",
        "device": "CPU",
        "usable": True,
        "asked": True,
    }
    return BackendLine(name=name, **(values | changes))  # type: ignore[arg-type]


def case(name: str, *features: str) -> CaseLine:
    return CaseLine(
        name=name,
        suite="core",
        summary=f"summary of {name}",
        features=list(features),
        clauses=["A"],
    )


def record(
    case: str, backend: str = "right", verdict: Verdict = Verdict.CONFORMS, **changes: object
) -> Record:
    outcome = {
        Verdict.CONFORMS: Outcome.AGREES,
        Verdict.UNSUPPORTED: Outcome.UNSUPPORTED,
        Verdict.DECLINED: Outcome.DECLINED,
    }.get(verdict, Outcome.VALUES_DIFFER)
    values = {"check": Check.OUTPUT, "outcome": outcome}
    return Record(case=case, backend=backend, verdict=verdict, **(values | changes))  # type: ignore[arg-type]


def measured(
    data: str = "dense", products: int = 1, dtype: str = "float32", **changes: object
) -> Measured:
    dense = {"rounded": 32, "worst": 0.5, "r": 0.75, "z": -1.5}
    values = {"outputs": 64} | (dense if data == "dense" else {"rounded": 64})
    return Measured(dtype=dtype, data=data, products=products, **(values | changes))  # type: ignore[arg-type]


def finding(
    name: str, backend: str = "wrong", verdict: Verdict = Verdict.DEVIATES, **changes: object
) -> Finding:
    values = {
        "id": f"{backend}-{name}",
        "check": Check.OUTPUT,
        "kind": "fault",
        "sentence": f"does {name}",
        "cases": 1,
    }
    return Finding(backend=backend, name=name, verdict=verdict, **(values | changes))  # type: ignore[arg-type]


def example(**changes: object) -> Example:
    values = {
        "case": "a",
        "summary": "summary of a",
        "expected_shape": "1x1x2",
        "actual_shape": "1x1x2",
        "expected": "[[[1 2]]]",
        "actual": "[[[1 3]]]",
        "differing": "1 of 2",
        "reproducer": "print(1 < 2)",
    }
    return Example(inputs={"X": "[[[1]]]"}, **(values | changes))  # type: ignore[arg-type]


# what an address of a file has kept, for this page and for the next
KEPT = "indexedDB.databases().then(each => each.length + localStorage.length)"


class Fake:
    """Small runs of two backends, `right` and `wrong`, and their lines."""

    backend = staticmethod(backend)
    case = staticmethod(case)
    record = staticmethod(record)
    finding = staticmethod(finding)
    measured = staticmethod(measured)
    example = staticmethod(example)

    def run(
        self,
        records: list[Record],
        findings: tuple[Finding, ...] = (),
        cases: list[CaseLine] | None = None,
        **header: object,
    ) -> Run:
        cases = (
            [case(name, "group") for name in dict.fromkeys(r.case for r in records)]
            if cases is None
            else cases
        )
        values = {
            "suite_version": "0.1",
            "seed": 1,
            "environment": {"python": "3.11"},
            "backends": [backend("right"), backend("wrong")],
            "suites": [SuiteLine(name="core", title="core", cases=len(cases))],
            "clauses": CLAUSES,
            "features": FEATURES,
        }
        red = any(line.verdict in RED for line in (*records, *findings))
        return Run(
            header=Header(**(values | header)),  # type: ignore[arg-type]
            cases=cases,
            records=records,
            findings=list(findings),
            footer=Footer(
                records=len(records),
                exit_status=int(red),
                finished="2026-01-01T00:00:00Z",
                seconds=1.0,
            ),
        )


@pytest.fixture(scope="session")
def fake() -> Fake:
    return Fake()


@pytest.fixture(scope="session")
def tabs(chromium):
    """What all pages are opened in, each in a tab of its own: a window takes more to open than a
    page to draw."""
    context = chromium.new_context()
    context.new_page()  # a window; while it is open, the next pages are tabs of it
    yield context
    context.close()


@pytest.fixture
def opened(tabs):
    """Opens pages that must neither fetch anything nor complain, nor leave anything to the next."""
    views, asked, messages = [], [], []

    def page(address, width=1200, **options):
        view = tabs.new_page()
        views.append(view)
        view.set_viewport_size({"width": width, "height": 800})
        view.on("request", lambda request: asked.append(request.url))
        view.on("console", lambda message: messages.append(message.text))
        view.on("pageerror", lambda error: messages.append(str(error)))
        view.goto(address)
        view.wait_for_selector("#answers:not([hidden])")
        view.wait_for_selector("main:not(:has(> section:not(.laid-out)))", state="attached")
        return view

    yield page
    assert [view.evaluate(KEPT) for view in views[-1:]] in ([], [0])
    for view in views:
        view.close()
    assert {re.sub("#.*", "", url) for url in asked if not url.startswith("data:")} <= {
        asked[0].partition("#")[0]
    }
    assert messages == []


@pytest.fixture
def written(tmp_path):
    """Writes a run's report; the address of its page."""
    return lambda run: write_report(tmp_path, run).as_uri()
