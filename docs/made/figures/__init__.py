"""Tables and sentences made of the files of figures in `benchmarks/figures/`."""

from pathlib import Path

FIGURES = Path(__file__).resolve().parents[3] / "benchmarks" / "figures"
