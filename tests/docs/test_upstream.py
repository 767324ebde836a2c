"""Every issue and pull request that is linked has its state in `upstream.toml`, and nothing else
has; pages that are kept say the same."""

from pathlib import Path

from made import upstream

from convtranspose_reports.upstream import State, states

LINK = "https://github.com/onnx/onnx/issues/"


def test_every_link_has_a_state_and_every_state_a_link() -> None:
    assert list(upstream.stale()) == []
    linked = upstream.linked()
    assert "onnx/onnx#4299" in linked  # of a declaration
    assert "microsoft/onnxruntime#23344" in linked  # of what ended with a release
    assert all(each.state in State for each in states().values())


def test_a_new_link_and_a_line_for_none_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "benchmarks" / "environments" / "history"
    folder.mkdir(parents=True)
    (folder / "upstream.toml").write_text(f'pull = "{LINK}7"\n"{LINK}8"', encoding="utf-8")
    (folder / "answers.xz").write_bytes(f"{LINK}9".encode())
    linked = upstream.linked(tmp_path)
    assert linked == dict.fromkeys(
        ("onnx/onnx#7", "onnx/onnx#8"), "benchmarks/environments/history/upstream.toml"
    )
    new, needless = upstream.unmatched(linked, {"onnx/onnx#7", "x/y#1"})
    assert "benchmarks/environments/history/upstream.toml links onnx/onnx#8;" in new
    assert new.endswith('"onnx/onnx#8" = { state = "unknown", read = YYYY-MM-DD }')
    assert needless.endswith("nothing links x/y#1: remove its line")


def test_a_page_is_given_the_states_of_now() -> None:
    """Once more changes nothing."""
    link = f"[onnx/onnx#4299]({LINK}4299)"
    read = "The states of issues and pull requests were read on 2001-01-01."
    new = upstream.restated(f"{read}\n{link} (open) (x), {link}")
    state = states()["onnx/onnx#4299"].state
    assert new.splitlines()[1] == f"{link} ({state}) (x), {link} ({state})"
    assert "2001" not in new
    assert upstream.restated(new) == new
