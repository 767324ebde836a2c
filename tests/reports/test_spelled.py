"""Words taken apart into pieces and numbers, and back: in Python, and in the page's own script."""

from hypothesis import given
from hypothesis import strategies as st

from convtranspose_reports import Check, Outcome, Verdict
from convtranspose_reports.page.spelled import Spelled, spelled

ODD = [
    "",
    "5",
    "007 of 12345678901",
    "x_1_k_00_strides_2",
    "3 of 4: 0x10, 1.50, -2",
    "999999999 and 9999999999",
    "a\x005b",
    "<b>0</b>",
    "٣ is a digit too",
]


def _again(apart: Spelled) -> list[str]:
    """As the page does it."""
    words = [apart.pieces[of][0] for of in apart.of]
    numbers = [
        sum(number << 8 * byte for byte, number in enumerate(numbers))
        for numbers in zip(*apart.numbers, strict=True)
    ]
    rest = iter(numbers)
    for slot in range(1, max((len(pieces) for pieces in apart.pieces), default=0)):
        for at, of in enumerate(apart.of):
            if slot < len(pieces := apart.pieces[of]):
                words[at] += f"{next(rest, 0)}{pieces[slot]}"
    return words


@given(st.lists(st.text(st.sampled_from("01279٣ -_.[]\x00x"), max_size=12)))
def test_they_come_back_as_they_were(words):
    assert _again(spelled(words + ODD)) == words + ODD


def test_words_that_differ_in_numbers_share_their_pieces():
    apart = spelled(f"x_{n}_k_{n % 7}" for n in range(300))
    assert apart.pieces == [("x_", "_k_", "")]
    assert [len(plane) for plane in apart.numbers] == [600, 600]


def test_the_page_shows_them_as_they_were(opened, written, fake):
    records = [
        fake.record(f"case_{n}_{word}", "wrong", Verdict.FAILS, reason=word)
        for n, word in enumerate(ODD)
    ]
    view = opened(written(fake.run(records)))
    rows = view.locator("#answers tbody tr")
    shown = rows.evaluate_all(
        "rows => rows.map(row => [row.querySelector('.id').textContent,"
        " row.querySelector('.clamped')?.textContent ?? ''])"
    )
    assert shown == [[f"case_{n}_{word}", word] for n, word in enumerate(ODD)]


def test_a_list_of_forbidden_calls_ends(opened, written, fake):
    records = [
        fake.record(
            f"call_{n}",
            "wrong",
            Verdict.FAILS,
            check=Check.REJECTION,
            outcome=Outcome.ACCEPTED,
            reason="returned",
        )
        for n in range(203)
    ]
    view = opened(written(fake.run(records)))
    assert view.locator("#rejections .rejections tbody tr").count() == 200
    view.click("#rejections p:has-text('And 3 more') a")
    assert view.locator("#answers").inner_text().count("rejection") >= 20
