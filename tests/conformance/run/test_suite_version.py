"""The suite's version, where it is installed and where it only lies on the path."""

from importlib.metadata import PackageNotFoundError

import pytest

from convtranspose_conformance.run import suite_version as module
from convtranspose_conformance.run.suite_version import suite_version
from support import ROOT


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", version)


@pytest.mark.usefixtures("not_installed")
def test_a_checkout_that_is_not_installed_has_its_version(monkeypatch) -> None:
    monkeypatch.setattr(module, "_CHECKOUT", ROOT)  # where the packages lie, may be installed ones
    assert f'version = "{suite_version()}"' in (ROOT / "pyproject.toml").read_text("utf-8")


@pytest.mark.usefixtures("not_installed")
@pytest.mark.parametrize("text", [None, "[", "[project]\nname = 'other'\nversion = '3'\n"])
def test_packages_in_a_plain_folder_have_none(tmp_path, monkeypatch, text) -> None:
    monkeypatch.setattr(module, "_CHECKOUT", tmp_path)
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert suite_version() == "unknown"
