"""Every remedy against a checkerboard, before and after, as PyTorch, TensorFlow and ONNX Runtime
compute it: `python benchmarks/lecture/remedies.py`, about two minutes.

Writes `remedies.json`: of each call and remedy the kernel that it is (an impulse goes in), what it
makes of a constant with weights of one and with random ones, what it costs in products and in time;
whether ICNR makes a sub-pixel convolution the resize that it promises; and jitter by the number of
shifts. The tables of docs/lecture.md and the pictures of docs/gallery.md are made from it.
"""

import os
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from benchmarks.lecture.frameworks import FRAMEWORKS, Framework
from benchmarks.lecture.remedy import LOW, REMEDIES, Remedy, drawn, remedies
from benchmarks.measured_of import ROOT, keep_figures, key_of, pins

from convtranspose_reference.artifacts import excess, jittered, unevenness
from convtranspose_reference.remedies import energies, gains, icnr

RESULTS = ROOT / "benchmarks" / "figures" / "remedies.json"
CALLS = ((3, 1), (6, 3), (5, 2), (3, 2), (4, 2), (5, 3), (7, 3), (5, 4))  # kernel, stride
SIDE, MIDDLE = 9, 4  # of X, and an input that borders do not reach
DRAWS = 400  # of random weights, by the reference
CHANNELS, IMAGE = 32, 32  # of what is timed
REPEATS, CALLED = 9, 2
HILL = (3, 2)  # the call whose remedies are drawn
SHIFTS, JITTERED = (1, 2, 4, 8, 16, 32, 64), 400


def _impulse() -> Any:
    X = np.zeros((1, 1, SIDE, SIDE), np.int64)
    X[0, 0, MIDDLE, MIDDLE] = 1
    return X


def _seen(framework: Framework, remedy: Remedy, own: Any) -> dict[str, Any]:
    """What a framework computes: the kernel that an impulse shows, against the reference's, and
    the unevenness of what it makes of a constant."""
    s, W = remedy.stride, drawn(remedy, 0)
    steps = remedy.steps(W, framework.order)
    Y = framework.run(steps, _impulse())[0, 0].astype(np.float64) * remedy.whole
    first = s * MIDDLE + remedy.begin
    there = Y[first : first + len(own), first : first + len(own)]
    ones = remedy.steps(np.ones_like(W), framework.order)
    constant = np.ones((1, 1, SIDE, SIDE))
    return {
        "off": float(np.abs(there - own).max() / np.abs(own).max()),
        "elsewhere": float(np.abs(Y).sum() - np.abs(there).sum()),
        "ones": _uneven(framework.run(ones, constant)[0, 0], s),
        "random": _uneven(framework.run(steps, constant)[0, 0], s),
    }


def _uneven(Y: Any, stride: int) -> float:
    """Of the outputs of one input, away from the borders."""
    period = Y[stride * MIDDLE : stride * (MIDDLE + 1), stride * MIDDLE : stride * (MIDDLE + 1)]
    exact = [Fraction(float(each)) for each in period.ravel()]
    squares = len(exact) * sum(each * each for each in exact)
    return float(1 - sum(exact) ** 2 / squares) if squares else 0.0


def before_and_after(frameworks: dict[str, Framework]) -> list[dict[str, Any]]:
    """A row for each call and remedy."""
    each = [Remedy(name=name, kernel=k, stride=s) for (k, s), name in product(CALLS, REMEDIES)]
    return [_row(remedy, frameworks) for remedy in each]


def _row(remedy: Remedy, frameworks: dict[str, Framework]) -> dict[str, Any]:
    strides = (remedy.stride, remedy.stride)
    kernel, ones = (remedy.as_kernel(W) for W in (drawn(remedy, 0), _ones(remedy)))
    random = [
        float(unevenness(gains(remedy.as_kernel(drawn(remedy, seed)), strides)))
        for seed in range(DRAWS)
    ]
    return {
        "kernel": remedy.kernel,
        "stride": remedy.stride,
        "remedy": remedy.name,
        "filter": remedy.side,
        "ones": str(unevenness(gains(ones, strides))),
        "random": str(unevenness(gains(kernel, strides))),
        "random_mean": float(np.mean(random)),
        "noise": str(unevenness(energies(ones, strides))),
        "gains": gains(kernel, strides).tolist(),
        "seen": {name: _seen(each, remedy, kernel) for name, each in frameworks.items()},
        "products_per_output": str(_per_output(remedy)),
        "products": remedy.products(CHANNELS, IMAGE),
    }


def _ones(remedy: Remedy) -> Any:
    return np.ones_like(drawn(remedy, 0))


def _per_output(remedy: Remedy) -> Fraction:
    """Products of one pair of channels away from the borders; a linear Resize's are shared by all
    maps, and counted with the layer."""
    if remedy.is_transposed:
        return Fraction(remedy.side**2, remedy.stride**2)
    return Fraction(remedy.side**2)


def pictures(framework: Framework) -> list[dict[str, Any]]:
    """What a framework returns: ones through every call with weights of one, away from the borders,
    and a hill through every remedy of one call, with weights of one and random ones."""
    rows = []
    for (k, s), name in product(CALLS, REMEDIES[:1]):
        remedy = Remedy(name=name, kernel=k, stride=s)
        Y = framework.run(remedy.steps(_ones(remedy)), np.ones((1, 1, SIDE, SIDE)))[0, 0]
        first = s * MIDDLE
        cut = Y[first : first + 3 * s, first : first + 3 * s]
        rows.append({"kernel": k, "stride": s, "of": "ones", "map": cut.astype(int).tolist()})
    (k, s), X = HILL, hill()
    for remedy, weights in product(remedies(k, s), ("ones", "random")):
        W = _ones(remedy) if weights == "ones" else drawn(remedy, 1)
        Y = framework.run(remedy.steps(W, framework.order), X)[0, 0]
        first = s * 2
        cut = Y[first : first + s * (len(X[0, 0]) - 4), first : first + s * (len(X[0, 0]) - 4)]
        row = {"kernel": k, "stride": s, "of": "hill", "remedy": remedy.name, "weights": weights}
        rows.append(row | {"map": np.rint(cut).astype(int).tolist()})
    return rows


def hill() -> Any:
    """Something smooth, of whole numbers."""
    down, across = np.meshgrid(np.arange(16), np.arange(16), indexing="ij")
    return np.rint(64 * np.exp(-((down - 6) ** 2 + (across - 9) ** 2) / 40))[None, None]


def times(frameworks: dict[str, Framework]) -> dict[str, dict[str, list[float]]]:
    """Framework -> remedy -> processor time for each call over that of the ConvTranspose, the least
    of REPEATS rounds of either."""
    X = np.random.default_rng(0).normal(size=(1, CHANNELS, IMAGE, IMAGE)).astype(np.float32)
    took: dict[str, dict[str, list[float]]] = {n: {r: [] for r in REMEDIES} for n in frameworks}
    for (name, framework), (k, s) in product(frameworks.items(), CALLS):
        x = framework.taken(X)
        calls = {
            r.name: framework.applied(r.steps(drawn(r, 0, CHANNELS), framework.order), X.shape)
            for r in remedies(k, s)
        }
        rounds = [{r: _seconds(call, x) for r, call in calls.items()} for _ in range(REPEATS)]
        least = {r: min(each[r] for each in rounds) for r in REMEDIES}
        for r in REMEDIES:
            took[name][r].append(round(least[r] / least["ConvTranspose"], 2))
    return took


def _seconds(call: Any, x: Any) -> float:
    """Of one call out of a few: a clock tells no single one."""
    before = time.process_time()
    for _ in range(CALLED):
        call(x)
    return time.process_time() - before


def initialised(frameworks: dict[str, Framework]) -> list[dict[str, Any]]:
    """Sub-pixel convolutions of 2 to 3 channels with ICNR: equal, bit for bit, to the nearest
    Resize of the convolution in the same framework?"""
    X = np.random.default_rng(1).integers(-8, 9, (1, 2, 6, 6))
    rows = []
    for s in (2, 3, 4):
        W = np.random.default_rng(s).integers(-8, 9, (3, 2, LOW, LOW))
        equal = {}
        for name, framework in frameworks.items():
            weights = icnr(W, (s, s), framework.order)
            shuffled = framework.run([("conv", weights), ("shuffle", s)], X)
            resized = framework.run([("conv", W), ("nearest", s)], X)
            equal[name] = bool((shuffled == resized).all())
        rows.append({"scale": s, "equal": equal})
    return rows


def jitter() -> list[dict[str, Any]]:
    """Of each uneven call the contrast (root of the excess) after n random shifts, and over every
    way to shift twice."""
    rows = []
    for k, s in CALLS:
        pattern = gains(np.ones((k, k), np.int64), (s, s))
        if not unevenness(pattern):
            continue
        source = np.random.default_rng(0)
        means = []
        for n in SHIFTS:
            every = source.integers(0, s, (JITTERED, n, 2)).tolist()
            means.append(np.mean([float(excess(jittered(pattern, each))) for each in every]))
        twice = list(product(product(range(s), repeat=2), repeat=2))
        exact = sum(excess(jittered(pattern, each)) for each in twice) / len(twice)
        rows.append(
            {
                "kernel": k,
                "stride": s,
                "excess": str(excess(pattern)),
                "over_every_two": str(exact),
                "contrast": [float(each) ** 0.5 for each in means],
            }
        )
    return rows


def main(names: Sequence[str] = tuple(FRAMEWORKS)) -> None:
    """Measures, writes."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    frameworks = {name: FRAMEWORKS[name]() for name in names}
    figures = {
        "measured_of": key_of("remedies"),
        "versions": pins("torch", "tensorflow", "onnxruntime"),
        "rows": before_and_after(frameworks),
        "pictures": pictures(frameworks["PyTorch"]),
        "channels": CHANNELS,
        "image": IMAGE,
        "times": times(frameworks),
        "icnr": initialised(frameworks),
        "shifts": SHIFTS,
        "jitter": jitter(),
    }
    keep_figures(RESULTS, figures, indent=None)


if __name__ == "__main__":
    main()
