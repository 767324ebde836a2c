"""How a report is described and cited: by suite, seed, date and the versions that it speaks of."""

from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering

AUTHORS = "The convtranspose-conformance maintainers"  # as CITATION.cff has them
TITLE = "What each framework makes of ONNX ConvTranspose"


def citation(run: Run) -> str:
    """One sentence to paste: who, what, of which suite, seed, date, and of which versions."""
    header = run.header
    date = f"run of {run.footer.finished[:10]}" if run.footer else "a run that was cut short"
    versions = ", ".join(f"{backend.name} {backend.version}" for backend in answering(run))
    partial = f" Partial: {header.partial}." if header.partial else ""
    commit = header.environment.get("commit", "")
    at = f", commit {commit[:12]}" if commit else ""
    return (
        f"{AUTHORS}: {TITLE}. Report of convtranspose-conformance {header.suite_version}{at}, data "
        f"seed {header.seed}, {date}.{partial} Backends: {versions or 'none'}."
    )


def bibtex(run: Run) -> str:
    """The same as an entry for a bibliography. Braces in a version would end a field, and go."""
    year = run.footer.finished[:4] if run.footer else ""
    fields = {
        "author": f"{{{AUTHORS}}}",
        "title": TITLE,
        "year": year,
        "version": run.header.suite_version,
        "note": citation(run).partition(f"{TITLE}. ")[2],
    }
    lines = [f"  {name} = {{{_plain(name, text)}}}," for name, text in fields.items() if text]
    return "\n".join(["@software{convtranspose-conformance,", *lines, "}"])


def _plain(name: str, text: str) -> str:
    return text if name == "author" else text.translate({ord(c): None for c in "{}\\"})


def description(run: Run) -> str:
    """What the page is, in the sentence that a search engine or a link's preview shows."""
    versions = ", ".join(f"{backend.title} {backend.version}" for backend in answering(run))
    return (
        f"{len(run.cases)} cases of ONNX ConvTranspose and Conv, each answer held against an exact "
        f"reference: {versions or 'no backend answered'}."
    )
