"""What is searched is held as numbers and as pieces that many words share: that finds what reading
every word finds."""

import json
import random
from importlib.resources import files

import pytest

from convtranspose_cases import suite_cases
from convtranspose_reports.page.spelled import spelled

SUMMARIES = [
    *(case.summary() for suite in ("core", "convolution") for case in suite_cases(suite)[::5]),
    "ConvTranspose X[1, 1, 9000000001] W[1, 1, 2] strides=[2] (float32, integers, opset 11)",
    "ConvTranspose X[1, 1, 1.5] W[1, 1, 007] strides=[-2], group=02 (float32, integers, opset 9)",
    "no call <b>12</b>",
    "",
]
TERMS = [
    *(("strides", value) for value in ("1", "2", "[2]", "[2, 2]", "02", "-2", "none")),
    *(("kernel", value) for value in ("2", "7", "[2, 3]", "[]", "[1,1,7]")),
    *(("X", value) for value in ("[1, 1, 5]", "[1, 1, 9000000001]", "[1,1,1.5]")),
    *(("group", value) for value in ("1", "2", "02", "3")),
    *(("dtype", value) for value in ("float32", "float16", "float", "float032")),
    *(("opset", value) for value in ("11", "22", "1")),
    *(("auto_pad", value) for value in ("notset", "same_upper", "same")),
    *(("bias", "yes"), ("op", "conv"), ("data", "integers"), ("pads", "0"), ("pads", "[1, 0]")),
]
SAME = """([pieces, of, planes, terms]) => {
  const summaries = new Spelled(pieces, of, planes), words = of.map((_, i) => summaries.at(i));
  const flagged = terms.map(([name, value]) => {
    const asked = (text, places) => attributeHolding(saidBy(text, places), name, value, places);
    return [...summaries.flags(asked)];
  });
  const read = terms.map(([name, value]) =>
    words.map((word) => Number(attributeHolding(readSummary(word), name, value, 0) !== null)));
  const places = words.map((word) => [...summaries.equal(word.toLowerCase())].indexOf(1));
  return [words, flagged, read, places];
}"""
LOOKED_FOR = """([texts, words]) => {
  const haystack = new Haystack(texts.length, (i) => texts[i]);
  return words.map((word) => [[...haystack.flags(word)], [...haystack.flags(word, true)]]);
}"""


@pytest.fixture(scope="module")
def scripts(chromium):
    """A page that holds the scripts of the search and nothing else."""
    page = chromium.new_page()
    here = files("convtranspose_reports.page").joinpath("static", "script")
    names = ("spelled.js", "query.js", "meaning.js")
    page.add_script_tag(content="\n".join(here.joinpath(name).read_text("utf-8") for name in names))
    yield page
    page.close()


def test_attributes_are_found_as_in_every_summary(scripts):
    apart = spelled(SUMMARIES)
    planes = [[*plane] for plane in apart.numbers]
    words, flagged, read, places = scripts.evaluate(
        SAME, [apart.pieces, [*apart.of], planes, TERMS]
    )
    assert words == SUMMARIES
    for term, one, other in zip(TERMS, flagged, read, strict=True):
        assert one == other, term
    assert sum(map(any, read)) > 20
    assert places == [SUMMARIES.index(word) for word in SUMMARIES]


def test_words_are_found_as_in_every_text(scripts):
    rng = random.Random(1)
    drawn = ["".join(rng.choices("abA1\x00 ", k=rng.randrange(9))) for _ in range(6000)]
    texts = [*zip(drawn[::2], drawn[1::2], strict=True)]
    words = ["a", "ab", "aba", "b a", "\x00", "1a1", "", "abababababab"]
    for word, flagged in zip(words, scripts.evaluate(LOOKED_FOR, [texts, words]), strict=True):
        lower = [(head.lower(), (head + text).lower()) for head, text in texts]
        assert flagged[0] == [int(word in whole) for _, whole in lower], json.dumps(word)
        assert flagged[1] == [int(word in head) for head, _ in lower], json.dumps(word)
