"""`COMPATIBILITY.md`: a run as one Markdown page, for a repository or a release."""

import re
from collections.abc import Sequence
from urllib.parse import quote

import jinja2

from convtranspose_reports import legend, sentences, upstream
from convtranspose_reports.page.matrix import Table, tables
from convtranspose_reports.runs.accuracy import DTYPES, accuracies
from convtranspose_reports.runs.answered import answered, too_few
from convtranspose_reports.runs.record import ComputesLine
from convtranspose_reports.runs.rejections import rejections
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering, state, totals

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINE_ENDS = re.compile(r"\s*[\r\n]\s*")


_COMPUTED = (
    "What is computed: outputs, gradients and repetitions, and which forbidden calls are refused."
)
_STATED = (
    "What is stated without computing: the shape of the output; of a backend that computes nothing "
    "which forbidden calls it refuses, too."
)


class Markdown(str):
    """Text that is Markdown already and is not escaped again."""

    __slots__ = ()


def escaped(value: object) -> str:
    """Anything as Markdown text on one line: nothing in it is markup, HTML or a table's column
    mark."""
    if isinstance(value, Markdown):
        return value
    return _SPECIAL.sub(r"\\\1", _LINE_ENDS.sub(" ", str(value)))


def web_link(address: str) -> Markdown:
    """An http(s) address as a link, that of an issue or a pull request by its short name and with
    its state; any other text as text."""
    if not address.startswith(("https://", "http://")):
        return Markdown(escaped(address))
    if name := upstream.short_name(address):
        return Markdown(f"[{escaped(name)}]({address}) {upstream.in_brackets(address)}".rstrip())
    return Markdown(f"<{quote(address, safe=':/?#[]@!$&()*+,;=%~')}>")


def code(text: str) -> Markdown:
    """Text as code on one line."""
    line = _LINE_ENDS.sub(" ", text)
    return Markdown(escaped(line) if {"`", "|"} & set(line) else f"`{line}`")


def compatibility(run: Run) -> str:
    """The Markdown page of a run: who answered how much, what differs in sentences and since which
    version, what is computed and what is stated by feature, accuracy and forbidden calls where
    asked, readings followed, and the machine."""
    fingerprints, rejected = accuracies(run), rejections(run)
    backends = answering(run)
    differs = {each.name: sentences.differences(run, each) for each in backends}
    return (
        _environment()
        .get_template("COMPATIBILITY.md.j2")
        .render(
            run=run,
            backends=backends,
            state=state(run),
            meaning=sentences.STATES[state(run)],
            totals=totals(run),
            answered=answered(run.header, run.records),
            too_few=too_few(run.header, run.records),
            unusable=list(sentences.unusable(run)),
            differs=differs,
            when_read=upstream.when_read(
                address for each in differs.values() for line in each for address in line.upstream
            ),
            left_out={each.name: sentences.left_out(run, each) for each in backends},
            features=_by_feature(run),
            readings=list(sentences.followed(run)),
            dtypes=[dtype for dtype in DTYPES if any(each.dtype == dtype for each in fingerprints)],
            classes={(each.backend, each.dtype): each for each in fingerprints},
            rejected=list(sentences.refusals(rejected)) if rejected.calls else [],
            environment=list(sentences.machine(run)),
            kernels_text=legend.kernels_text,
        )
    )


def _by_feature(run: Run) -> dict[str, Table]:
    """The tables of features that have a row: what is computed, and what is stated."""
    computed, stated, _ = tables(run)
    named = {_COMPUTED: computed, _STATED: stated}
    return {says: table for says, table in named.items() if table.groups}


def computes_text(computes: Sequence[ComputesLine]) -> str:
    """The section of what was measured of backends, as that page has it."""
    return _environment().get_template("_computes.md.j2").render(computes=computes)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("convtranspose_reports.page"),
        autoescape=False,  # Markdown: `finalize` escapes every expression instead
        finalize=escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"web_link": web_link, "code": code}
    return environment
