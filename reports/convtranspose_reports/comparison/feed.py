"""An Atom feed of changes: an entry for each comparison in which something changed."""

import xml.etree.ElementTree as ET
from pathlib import Path

from convtranspose_reports.comparison.change import (
    BackendChanges,
    RunChanges,
)
from convtranspose_reports.comparison.changes import ComparisonError
from convtranspose_reports.comparison.words import counts, text, verdict, versions
from convtranspose_reports.xml_text import legal

_ATOM = "http://www.w3.org/2005/Atom"
_ID = "urn:convtranspose-conformance"
TITLE = "ConvTranspose conformance: what changed"


def add_entry(path: Path, comparison: RunChanges) -> bool:
    """Puts the comparison on top of the feed in `path`, which is made where it is missing; was
    there anything to tell? The same comparison twice is one entry (RFC 4287, 4.1.2).

    Raises ComparisonError where the file is no such feed, or the new run was cut short and has no
    time.
    """
    if not comparison.new.finished:
        raise ComparisonError("the new run was cut short; accepted for a feed is one that ended")
    if not any(map(_has_news, comparison.backends)):
        return False
    ET.register_namespace("", _ATOM)
    feed = _read(path) if path.exists() else _empty()
    entry = _entry(comparison)
    name = entry.findtext(_tag("id"))
    for other in [e for e in feed.findall(_tag("entry")) if e.findtext(_tag("id")) == name]:
        feed.remove(other)
    _set(feed, "updated", comparison.new.finished)
    first = next((i for i, child in enumerate(feed) if child.tag == _tag("entry")), len(feed))
    feed.insert(first, entry)
    ET.indent(feed)
    ET.ElementTree(feed).write(path, encoding="utf-8", xml_declaration=True)
    return True


def _has_news(backend: BackendChanges) -> bool:
    """Has it another version, or does it answer otherwise? One that a single run asked is none."""
    renewed = backend.old_version != backend.new_version
    asked_by_both = bool(backend.old_version and backend.new_version)
    return bool(backend.changes) or (renewed and asked_by_both)


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _read(path: Path) -> ET.Element:
    wrong = f"--feed {path}: is no Atom feed; accepted is one that this command made, or a new file"
    try:
        feed = ET.parse(path).getroot()
    except (ET.ParseError, OSError, UnicodeDecodeError, LookupError, ValueError) as error:
        raise ComparisonError(f"{wrong} ({error})") from error
    if feed.tag != _tag("feed") or feed.findtext(_tag("id")) != _ID:
        raise ComparisonError(wrong)
    return feed


def _empty() -> ET.Element:
    feed = ET.Element(_tag("feed"))
    for name, value in (("id", _ID), ("title", TITLE), ("updated", "")):
        _set(feed, name, value)
    author = ET.SubElement(feed, _tag("author"))
    _set(author, "name", "convtranspose-conformance")
    return feed


def _entry(comparison: RunChanges) -> ET.Element:
    entry = ET.Element(_tag("entry"))
    changed = [backend for backend in comparison.backends if _has_news(backend)]
    said = "; ".join(f"{b.name} {versions(b)}: {counts(b)}" for b in changed)
    _set(entry, "id", f"{_ID}:{comparison.old.finished}:{comparison.new.finished}")
    _set(entry, "title", f"{verdict(comparison)} ({', '.join(b.name for b in changed)})")
    _set(entry, "updated", comparison.new.finished)
    _set(entry, "summary", said)
    content = _set(entry, "content", text(comparison))
    content.set("type", "text")
    return entry


def _set(parent: ET.Element, name: str, value: str) -> ET.Element:
    element = parent.find(_tag(name))
    if element is None:
        element = ET.SubElement(parent, _tag(name))
    element.text = legal(value)
    return element
