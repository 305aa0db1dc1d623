"""A formal test as models report it: with its own null hypothesis, p-value and n."""

from dataclasses import dataclass

from models.core.errors import ModelInputError


@dataclass(frozen=True)
class HypothesisTest:
    """A test of a null hypothesis.

    Attributes
    ----------
    null : str
        The null hypothesis, as a sentence.
    p_value : float
        Two-sided p-value, uncorrected, 0 to 1.
    n : int
        Number of independent observations.

    Raises
    ------
    ModelInputError
        If the p-value is no probability, the null is not stated, or there is no observation.
    """

    null: str
    p_value: float
    n: int

    def __post_init__(self) -> None:
        """Refuse a test that no correction could use."""
        if not 0 <= self.p_value <= 1:
            raise ModelInputError(f"a p-value lies between 0 and 1, got {self.p_value}")
        if not self.null.strip():
            raise ModelInputError("a test needs its null hypothesis, got none")
        if self.n < 1:
            raise ModelInputError(f"a test needs observations, got n = {self.n}")
