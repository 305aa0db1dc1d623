"""The shape in which a chapter hands over a number; how it is written is no input of a run."""

from typing import Protocol


class EstimateLike(Protocol):
    """A number with an interval, as the models report it."""

    @property
    def value(self) -> float:
        """Point estimate."""

    @property
    def low(self) -> float:
        """Lower end of the interval."""

    @property
    def high(self) -> float:
        """Upper end of the interval."""

    @property
    def level(self) -> float:
        """Coverage that the interval claims."""

    @property
    def kind(self) -> str:
        """What the interval says: confidence, credible, prediction or range."""

    @property
    def n(self) -> int:
        """Number of independent observations."""

    @property
    def unit(self) -> str:
        """Unit of the numbers."""
