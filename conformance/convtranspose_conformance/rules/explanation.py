"""What a backend could be doing in place of the text."""

from dataclasses import dataclass

from convtranspose_reference.readings import READINGS

from .faults import sentence_of

APART = " ; "


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Readings ("C:clamped") and faults, in the order in which they apply. Empty: the text."""

    readings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Those of its readings and faults."""
        return (*self.readings, *self.faults)

    def sentences(self) -> list[str]:
        """What a backend that follows this does."""
        return [READINGS[name].sentence for name in self.readings] + [
            sentence_of(name) for name in self.faults
        ]

    @property
    def name(self) -> str:
        """Joined by " + "; by " ; " where formulas or conditions are among them."""
        plain = all(name.isidentifier() for name in self.faults)
        return (" + " if plain else APART).join(self.names)

    def under(self, *readings: str) -> "Explanation":
        """This one under more readings."""
        return Explanation(readings=(*self.readings, *readings), faults=self.faults)


BY_TEXT = Explanation()
