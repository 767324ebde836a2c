"""The page of who computes what: measured of the page's own words too, and beside it what was read
off each backend, as it is recorded."""

from benchmarks.measured_of import FIGURES
from made import compatibility


def test_the_key_holds_the_words_of_the_page() -> None:
    assert FIGURES["compatibility"].kept() == FIGURES["compatibility"].now()


def test_what_each_computes_is_as_it_is_recorded() -> None:
    assert compatibility.COMPUTES.read_text(encoding="utf-8") == compatibility.computes()


def test_it_is_short() -> None:
    text = compatibility.PAGE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 240  # two tables by feature: what is computed, what is stated
    assert text.count("No CUDA backend could be asked here") == 1
