"""The picture of docs/scale.md: what reporting takes of memory and time, drawn from
`large_runs.json`."""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from ..figures.costs.large_runs import rows
from .svg import as_svg

PICTURE = Path(__file__).resolve().parents[2] / "pictures" / "large_runs.svg"


def texts() -> dict[Path, str]:
    """Memory and time against the number of records, both axes logarithmic."""
    counts = [row["records"] for row in rows()]
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "large runs", "font.size": 9}):
        figure = Figure(figsize=(7.0, 2.8), layout="constrained")
        for axes, (name, says) in zip(
            figure.subplots(1, 2), {"mib": "most MiB", "cpu_s": "CPU s"}.items(), strict=True
        ):
            axes.loglog(counts, [row[name] for row in rows()], marker="o")
            axes.set_xlabel("records")
            axes.set_ylabel(says)
            axes.grid(alpha=0.3)
        return {PICTURE: as_svg(figure)}
