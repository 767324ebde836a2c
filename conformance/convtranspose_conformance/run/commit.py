"""Which commit of this project runs."""

import json
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def commit() -> str:
    """Of the checkout that it runs from, with `, changed` where files of it were; else the one that
    it was installed from; "" where neither is known."""
    return _checked_out(CHECKOUT) if (CHECKOUT / ".git").exists() else _installed_from()


def _installed_from() -> str:
    """By the record that installers keep of an address (PEP 610)."""
    try:
        text = distribution("convtranspose-conformance").read_text("direct_url.json")
    except PackageNotFoundError:
        return ""
    return str(json.loads(text or "{}").get("vcs_info", {}).get("commit_id", ""))


def _checked_out(checkout: Path) -> str:
    name = _git(checkout, "rev-parse", "HEAD")
    return f"{name}, changed" if name and _git(checkout, "status", "--porcelain", "-uno") else name


def _git(checkout: Path, *words: str) -> str:
    """What git says; "" where there is no git, or it knows nothing of the folder."""
    try:
        said = subprocess.run(
            ["git", "-C", checkout, *words], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip()
