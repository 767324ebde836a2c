"""What `convtranspose measure` prints of three backends: `python benchmarks/measuring/measured.py`,
a minute.

Writes `measured.json`, from which `docs/refresh.py` makes the transcripts of docs/measure.md.
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

RESULTS = ROOT / "benchmarks" / "figures" / "measured.json"
ASKED = (
    ("onnxruntime-cpu", "core/x_4_k_1_auto_same_upper_strides_2"),
    ("torch-cpu", "call/x_1_2_3_w_2_1_3_strides_2_pads_1_1_group_2"),
    ("onnx-reference", ""),
)


def transcript(backend: str, call: str) -> dict[str, str]:
    """The command, and what it prints. Raises CalledProcessError."""
    command = ["convtranspose", "measure", "--backend", backend, *([call] if call else [])]
    run = [sys.executable, "-m", "convtranspose_conformance", *command[1:]]
    printed = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return {"command": " ".join(command), "prints": printed}


def main() -> None:
    """Asks, writes."""
    said = {
        "measured_of": key_of("measured"),
        "transcripts": [transcript(*asked) for asked in ASKED],
    }
    keep_figures(RESULTS, said)


if __name__ == "__main__":
    main()
