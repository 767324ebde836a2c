"""Three exported models, each with a difference planted that strikes one node: it is found there,
named, and nothing else is accused."""

import re
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from onnx import helper

from convtranspose_cases import find_case
from convtranspose_conformance.backends.entry import VALUE_CHECKS, Entry
from convtranspose_conformance.check.checking import checked
from convtranspose_conformance.check.feeds import feeds_of
from convtranspose_conformance.check.model.graph import model_of
from convtranspose_conformance.check.parting import first_parting
from convtranspose_conformance.check.result import RIGHT, Checked, NodeAnswer, Standing
from convtranspose_conformance.check.shown.text import text
from convtranspose_conformance.worker.process import Limits
from support.small_models import saved, weights

PLANTED = {  # model -> adapter, the node that it strikes, what it is called
    "generator": ("Kernel5Stride2", "/3/ConvTranspose", "kernel_flipped"),
    "unet": ("Grouped", "/last_up/ConvTranspose", "weights_of_first_group"),
    "decoder": ("OutputPaddingAtFront", "/up2/ConvTranspose", ""),
}


def entry(name: str, adapter: str) -> Entry:
    return Entry(
        name=name, title=name, route="-", target=adapter, distributions=(), checks=VALUE_CHECKS
    )


@cache
def _file(name: str) -> Path:
    from support.exported import exported  # PyTorch, which no other process is to load

    return exported(name, Path(mkdtemp()))


@cache
def check(name: str, adapter: str, right: str = "derives:Right") -> Checked:
    model = model_of(_file(name), {})
    asked = [entry("right", right), entry("planted", f"at_one_node:{adapter}")]
    return checked(model, feeds_of(model, {}, 0), asked, [], Limits())


def answers(found: Checked, backend: str) -> dict[str, NodeAnswer]:
    each = next(each for each in found.backends if each.entry.name == backend)
    return {node.step.name: each.answers[node.step.key] for node in found.nodes}


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_node_and_no_other_is_accused(name: str) -> None:
    adapter, struck, called = PLANTED[name]
    report = check(name, adapter)
    assert report.lost == []
    assert {a.standing for a in answers(report, "right").values()} == {Standing.EQUAL}
    planted = answers(report, "planted")
    assert [node for node, a in planted.items() if a.standing not in RIGHT] == [struck]
    explained = planted[struck].explained
    assert explained is not None
    if called:
        assert (explained.kind, called in explained.names) == ("explained", True)
    parting = first_parting(report)
    assert parting is not None
    assert parting.apart
    assert parting.node.step.name == struck
    assert [each.entry.name for each, _ in parting.others] == ["planted"]
    assert [each.entry.name for each in parting.right] == ["right"]


@pytest.mark.parametrize("name", PLANTED)
def test_the_chain_drifts_from_the_planted_node_on(name: str) -> None:
    adapter, struck, _ = PLANTED[name]
    found = check(name, adapter)
    right, planted = found.backends
    assert all(each.relative == 0 for each in (*right.drift.values(), *right.ends.values()))
    seen_struck = False
    for node in found.nodes:
        seen_struck |= node.step.name == struck
        assert (planted.drift[node.step.key].relative > 1e-3) == seen_struck
    assert all(each.relative > 1e-4 for each in planted.ends.values())


@pytest.mark.parametrize(
    ("adapter", "struck", "called"),
    [
        ("CornersOfLinear", "/3/Resize", "resize_align_corners"),
        ("OtherBlocks", "/5/DepthToSpace", "shuffle_in_the_other_order"),
    ],
)
def test_pixels_are_checked_too(adapter: str, struck: str, called: str) -> None:
    report = check("pixels", adapter, "at_one_node:Pixels")
    assert report.lost == []
    ops = [node.step.op for node in report.nodes]
    assert ops == ["Resize", "Conv", "Resize", "Conv", "DepthToSpace"]
    assert {a.standing for a in answers(report, "right").values()} == {Standing.EQUAL}
    planted = answers(report, "planted")
    assert [node for node, a in planted.items() if a.standing not in RIGHT] == [struck]
    explained = planted[struck].explained
    assert explained is not None
    assert explained.names == (called,)
    printed = re.findall(r"convtranspose (\w+) '?([^' ]+)", text(report))
    assert [command for command, _ in printed] == ["shrink"]  # `explain` is of convolutions
    assert find_case(printed[0][1]).is_composed


def test_a_lack_of_precision_is_called_one() -> None:
    answer = answers(check("unet", "Truncates"), "planted")["/join/Conv"]
    assert answer.standing is Standing.INEXACT
    assert answer.times is not None
    assert answer.times > 1


def test_what_gives_no_answer_goes_on_from_the_reference() -> None:
    report = check("unet", "NoGroups")
    planted = answers(report, "planted")
    standings = {name: a.standing for name, a in planted.items() if a.standing not in RIGHT}
    assert standings == {
        "/deep/Conv": Standing.REFUSED,
        "/join/Conv": Standing.REFUSED,
        "/out/Conv": Standing.REFUSED,
        "/last_up/ConvTranspose": Standing.UNSUPPORTED,
    }
    drift = {node.step.name: report.backends[1].drift[node.step.key] for node in report.nodes}
    assert drift["/last_up/ConvTranspose"].resumed
    assert report.fails


RANDOM: dict[str, tuple[list[str], dict[str, object]]] = {
    "RandomNormalLike": (["x"], {}),
    "RandomUniform": ([], {"shape": [1, 2, 5, 5]}),
    "Dropout": (["x", "half", "yes"], {}),
    "Bernoulli": (["half_x"], {}),
}


@pytest.mark.parametrize("op", RANDOM)
def test_random_nodes_draw_the_same_in_every_chain(tmp_path: Path, op: str) -> None:
    inputs, given = RANDOM[op]
    nodes = [
        helper.make_node("Sigmoid", ["x"], ["half_x"]),
        helper.make_node(op, inputs, ["a"], name="noise", **given),
        helper.make_node(op, inputs, ["b"], name="more", **given),
        helper.make_node("Sub", ["a", "b"], ["c"]),
        helper.make_node("ConvTranspose", ["c", "w"], ["y"], name="up"),
    ]
    constants = {"w": weights(2, 3, 2, 2), "half": np.float32(0.5), "yes": np.array(True)}
    model = model_of(saved(tmp_path / "m.onnx", nodes, constants), {})
    found = checked(model, feeds_of(model, {}, 0), [entry("right", "derives:Right")], [], Limits())
    assert np.abs(found.nodes[0].X).max() > 0
    assert found.backends[0].drift["y"].relative == 0
    said = " ".join(text(found).split())
    assert f"noise ({op}) and more ({op}) draw random numbers: the same ones in every ch" in said
