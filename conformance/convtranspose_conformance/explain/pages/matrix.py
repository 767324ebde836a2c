"""The matrix that a convolution is along one axis, and its transpose: what "transposed" means
(Dumoulin & Visin 2016, section 4.1)."""

from dataclasses import dataclass

from convtranspose_cases import Case

from ..geometry.along_axis import short_convs
from ..geometry.terms import LETTERS
from .drawing import Drawing

MOST_WORDS = 40  # rows or columns: cells of more have no room for words


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Names of rows and columns, and (row, column, tap from 1) of each cell that is not 0. `number`
    of what a cell's colour stands for: its row, or, `turned`, its column."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, int, int], ...]
    turned: bool = False

    @property
    def transpose(self) -> "Matrix":
        return Matrix(
            name=self.name,
            rows=self.columns,
            columns=self.rows,
            cells=tuple((column, row, tap) for row, column, tap in self.cells),
            turned=not self.turned,
        )

    @property
    def has_words(self) -> bool:
        return max(len(self.rows), len(self.columns)) <= MOST_WORDS

    @property
    def across(self) -> int:
        """The width of a cell, in which its longest word has room."""
        words = [*self.columns, *(f"w{tap}" for _, _, tap in self.cells)]
        return max(30, 14 + 8 * max(map(len, words))) if self.has_words else 7

    @property
    def down(self) -> int:
        return 22 if self.has_words else 7


def of_drawing(d: Drawing) -> Matrix:
    """Of a drawn axis of ConvTranspose: C of the Conv that leads from Y's size to X's, a row for
    each input."""
    return Matrix(
        name=d.name,
        rows=tuple(letter for _, letter in d.inputs),
        columns=tuple(f"y{output}" for output in range(d.size)),
        cells=tuple(
            (each.number, place - d.begin, tap)
            for each in d.footprints
            for place, tap in each.taps
            if d.kept(place)
        ),
    )


def of_conv(case: Case) -> list[Matrix]:
    """C of each axis of a Conv that can be written down, a row for each output."""
    return [
        Matrix(
            name=name,
            rows=tuple(f"y{output}" for output in range(size)),
            columns=tuple(LETTERS[: axis.input]),
            cells=tuple(
                (output, place, tap + 1)
                for output in range(size)
                for tap in range(axis.kernel)
                if 0 <= (place := axis.stride * output + axis.dilation * tap - begin) < axis.input
            ),
        )
        for name, axis, begin, size in short_convs(case)
    ]
