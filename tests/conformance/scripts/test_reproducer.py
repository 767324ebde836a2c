"""A reproducer computes what the adapter returns, bit for bit, and refuses with the adapter's
reason."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from convtranspose_cases import Case, find_case, make
from convtranspose_cases.inputs import tensors
from convtranspose_conformance.backends.api import Call, Declined, Refused, Unsupported
from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.onnx.model import model_of
from convtranspose_conformance.backends.registry import BUILT_IN, UnknownBackend, named
from convtranspose_conformance.scripts.literals import tensor_source
from convtranspose_conformance.scripts.reproducer import reproducer
from convtranspose_conformance.scripts.transcripts import transcript

CPU = [entry for entry in BUILT_IN if entry.device == "cpu"]
FRAMEWORKS = sorted({entry.distributions[0] for entry in CPU})
# each in a process of its own; a slow one would compile every case
REQUESTED = {
    e.name: e for e in ON_REQUEST if e.device == "cpu" and e.sample == 1 and not e.why_unusable()
}


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make("source", x, k, **given)  # type: ignore[arg-type]


CASES = [
    *map(
        find_case,
        (
            "resize/x_4_5_resize_nearest_sizes_8_10_nearest_round-prefer-ceil_k_2_2_c2_m2",
            "resize/x_4_8_resize_nearest_sizes_8_8_policy_not-larger_k_1_1",
            "resize/x_8_4_resize_linear_sizes_4_8_coordinates_align-corners_k_1_1_opset_11",
            "subpixel/x_2_3_resize_nearest_scales_2_2_coordinates_asymmetric_nearest_floor_k_2_2"
            "_c1_m8_shuffle_CRD_2",
        ),
    ),
    _case((5,), (3,)),
    _case((4,), (3,), strides=(2,), dilations=(3,), output_padding=(2,), c=2, m=3, bias=True),
    _case((4, 5), (3, 2), c=2, m=3, bias=True),
    _case((4, 5), (3, 2), strides=(2, 3), dilations=(2, 1), c=4, m=6, group=2, n=2),
    _case((4, 5), (3, 2), c=4, m=2, group=2, bias=True, initializer=False),
    _case((4, 5), (3, 4), strides=(2, 1), pads=(1, 2, 1, 2)),
    _case((4, 5), (3, 4), strides=(2, 1), pads=(0, 2, 1, 1)),
    _case((4, 3), (3, 4), strides=(2, 3), auto_pad="SAME_UPPER", c=2, m=3),
    _case((4, 3), (3, 4), strides=(2, 3), auto_pad="SAME_LOWER"),
    _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", output_shape=(7,)),
    _case((4, 3), (3, 4), strides=(2, 3), output_shape=(8, 9), pads=(1, 1, 1, 1)),
    _case((3, 4), (3, 2), strides=(3, 2), auto_pad="VALID"),
    _case((2, 3, 4), (3, 2, 3), strides=(2, 1, 3), output_padding=(1, 0, 2), c=3, m=2),
    _case((2, 3, 4), (3, 2, 3), auto_pad="SAME_UPPER", kernel_shape=(3, 2, 3)),
    _case((4, 5), (3, 2), dtype="float16", data="dense", c=2, m=2),
    _case((4, 5), (3, 2), dtype="bfloat16", data="sparse", c=2, m=2),
    _case((4, 5), (3, 2), dtype="bfloat16", bias=True),
    _case((4, 5), (3, 2), dtype="float64", data="dense", strides=(2, 1)),
    _case((4, 5), (3, 3), data="dense", c=4, m=4, strides=(1, 2)),
    _case((4, 3), (3, 2), n=0, c=2, m=3),
    _case(
        (6, 5),
        (3, 2),
        op="Conv",
        strides=(2, 1),
        dilations=(1, 2),
        pads=(1, 0, 1, 0),
        c=2,
        m=4,
        group=2,
        bias=True,
    ),
    _case((7,), (3,), op="Conv", c=2, m=3, auto_pad="SAME_UPPER"),
    _case((4, 5, 4), (3, 2, 2), op="Conv", strides=(2, 1, 2), dilations=(1, 2, 1)),
    _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", opset=1),
    _case((2, 2, 2, 2), (2, 1, 2, 1)),
    find_case("core/x_12_14_k_12_14_c54_m2_wide_w"),
    find_case("seeds/decoder_layer_2"),
]


def answers(framework: str) -> list[dict[str, str]]:
    """What adapter and script say of every case, for every route of one framework, or of one
    backend on request; run in a process of its own."""
    rows = []
    routes = [e for e in CPU if e.distributions[0] == framework]
    for entry in routes or [REQUESTED[framework]]:
        module, _, name = entry.target.partition(":")
        adapter = getattr(import_module(module), name)(*entry.arguments)
        for case in CASES:
            rows.append(
                {
                    "case": f"{case.name} on {entry.name}",
                    "adapter": _adapter(adapter, case),
                    "script": _script(entry.name, case),
                }
            )
            if "output_shape" in entry.checks:
                stated, printed = _stated(adapter, case), _script(entry.name, case, static=True)
                rows.append(
                    {
                        "case": f"shape of {case.name} on {entry.name}",
                        "adapter": stated,
                        "script": printed,
                    }
                )
    return rows


def _lines(backend: str, case: Case) -> str:
    """The call alone: what it imports, and the lines that make Y."""
    script = transcript(named(backend), Call.of(case, *tensors(case).arrays(case.dtype)))
    return "\n".join([*script.imports, *script.call])


def _said(array: object) -> str:
    Y = np.asarray(array)
    return f"{Y.dtype} {list(Y.shape)} {np.ascontiguousarray(Y).tobytes().hex()}"


def _adapter(adapter: object, case: Case) -> str:
    call = Call.of(case, *tensors(case).arrays(case.dtype))
    try:
        return _said(adapter.run(call))  # type: ignore[attr-defined]
    except (Declined, Unsupported) as why:
        if "no values" in str(why):
            return f"shape {list(adapter.static_shape(call))}"  # type: ignore[attr-defined]
        return f"unsupported: {why}"
    except Refused as why:
        return f"{why.kind}: {why.message}"


def _stated(adapter: object, case: Case) -> str:
    call = Call.of(case, *tensors(case).arrays(case.dtype))
    try:
        return f"shape {list(adapter.static_shape(call))}"  # type: ignore[attr-defined]
    except (Declined, Unsupported) as why:
        return f"unsupported: {why}"
    except Refused as why:
        return f"{why.kind}: {why.message}"


def _script(backend: str, case: Case, *, static: bool = False) -> str:
    try:
        source = reproducer(named(backend), case, tensors(case), "", static=static)
    except Unsupported as why:
        return f"unsupported: {why}"
    variables: dict[str, object] = {}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source, variables)
    except Exception as error:
        kind = type(error).__name__
        return f"unsupported: {error}" if kind == "NotImplemented" else f"{kind}: {error}"
    return f"shape {variables['Y_shape']}" if "Y_shape" in variables else _said(variables["Y"])


@pytest.mark.parametrize("framework", [*FRAMEWORKS, *REQUESTED])
def test_a_reproducer_gives_what_the_adapter_gives(framework: str) -> None:
    ran = subprocess.run(
        [sys.executable, __file__, framework],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert len(found) >= len(CASES)
    assert sum(not each["script"].startswith("unsupported") for each in found) >= 5
    assert any(each["script"].startswith("shape ") for each in found)
    assert not [each for each in found if _plain(each["script"]) != _plain(each["adapter"])]


def _plain(text: str) -> str:
    """Without what differs from run to run: addresses in messages, and names of graphs and of
    nodes."""
    return re.sub(
        r"\{\{function_node [^}]*\}\} | \[Op:[^]]*\]|(?<=BackpropData_)\d+",
        "",
        re.sub(r"0x[0-9a-f]+", "0x", text),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_model_of_a_script_is_the_adapters(case: Case) -> None:
    X, W, B = tensors(case).arrays(case.dtype)
    made: dict[str, object] = {"X": X, "W": W, "B": B}
    lines = _lines("onnx-reference", case).split("\nY = ")[0]
    exec(lines, made)
    assert made["model"] == model_of(Call.of(case, X, W, B))


@pytest.mark.parametrize("backend", [entry.name for entry in BUILT_IN])
def test_a_script_imports_nothing_of_this_project_and_fits_on_a_page(backend: str) -> None:
    case = _case((4, 3), (3, 4), strides=(2, 3), c=2, m=3)
    source = reproducer(named(backend), case, tensors(case), "shape [1, 3, 9, 13]")
    compile(source, backend, "exec")
    assert "convtranspose_" not in source
    assert max(map(len, source.splitlines())) <= 120


def test_a_script_runs_in_a_fresh_interpreter_and_prints_what_was_expected(tmp_path: Path) -> None:
    case = _case((2,), (2,), strides=(2,))
    script = tmp_path / "script.py"
    script.write_text(
        reproducer(named("onnx-reference"), case, tensors(case), 'Y = [1, 2]\nsays "so" \\ and 🦆')
    )
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        encoding="utf-8",
        env=clean | {"PYTHONUTF8": "1"},
        check=True,
    )
    assert ran.stdout.splitlines()[-3:] == ["expected:", "Y = [1, 2]", 'says "so" \\ and 🦆']
    assert "Y.shape is (1, 1, 4)" in ran.stdout


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("name", ["dense", "sparse", "wide_x", "wide_w"])
def test_large_tensors_are_short_and_the_same(name: str, seed: int) -> None:
    import ml_dtypes

    case = find_case(f"core/x_12_14_k_12_14_c54_m2_{name}")
    drawn = tensors(case, seed)
    for letter, tensor in (("X", drawn.X), ("W", drawn.W)):
        source = tensor_source(case, letter, tensor, seed)
        made: dict[str, object] = {"np": np, "ml_dtypes": ml_dtypes}
        exec(source, made)
        assert len(source) < 2000
        assert _said(made[letter]) == _said(tensor.array(case.dtype))


def test_numbers_that_no_recipe_gives_are_listed() -> None:
    case = find_case("core/x_12_14_k_12_14_c54_m2_dense")
    made: dict[str, object] = {"np": np}
    exec(tensor_source(case, "X", tensors(case, 7).X, 0), made)
    assert _said(made["X"]) == _said(tensors(case, 7).X.array(case.dtype))


def test_a_module_of_the_backend_api_is_prepared_and_run() -> None:
    case = _case((4,), (3,), c=2, m=2, bias=True, initializer=False)
    source = _lines("some.module:holder.backend@CUDA", case)
    assert "import some.module\n" in source
    assert 'prepared = some.module.holder.backend.prepare(model, "CUDA")' in source
    assert "outputs = prepared.run([X, W, B])\n" in source
    assert 'onnxruntime.backend.prepare(model, "CPU")' in _lines("onnxruntime.backend", case)


def test_a_module_that_returns_its_output_bare_or_in_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = _case((4,), (3,), n=2)
    (tmp_path / "answering.py").write_text(
        "def prepare(model, device):\n    return __import__('sys').modules[__name__]\n\n"
        "def run(inputs):\n    return inputs[0] if bare else (inputs[0],)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    X, W, _ = tensors(case).arrays(case.dtype)
    for bare in (False, True):
        import_module("answering").bare = bare  # type: ignore[attr-defined]
        made: dict[str, object] = {"X": X, "W": W}
        exec(_lines("answering@CPU", case), made)
        assert made["Y"] is X


@pytest.mark.parametrize("name", ["torch cpu", "torch-gpu", "a:b:c", "os;exit()", ""])
def test_a_name_that_is_nobodys_is_an_error(name: str) -> None:
    with pytest.raises(UnknownBackend, match=r"module\[?:attribute"):
        named(name)


def test_a_backend_without_a_shape_rule_has_no_script_for_one() -> None:
    case = _case((4,), (3,))
    for backend in ("onnx-reference", "onnxruntime.backend"):
        with pytest.raises(Unsupported, match="states no output shape"):
            reproducer(named(backend), case, tensors(case), "", static=True)


def test_what_is_expected_of_a_call_that_stops_is_printed_before_it() -> None:
    case = _case((4,), (3,))
    source = reproducer(named("torch-cpu"), case, tensors(case), "an answer", stops=True)
    assert source.index('print("an answer", flush=True)') < source.index("torch.nn.functional")
    assert source.count('print("an answer"') == 1


def test_a_refusal_is_explained_by_the_text() -> None:
    case = _case((4,), (3,), pads=(9, 9))
    source = reproducer(named("torch-cpu"), case, tensors(case), "a refusal")
    assert (
        "# The operator text of ConvTranspose, opset 11, forbids this call: output size" in source
    )


if __name__ == "__main__":
    print(json.dumps(answers(sys.argv[1])))
