"""Where the saving of DeepSeek-V3 lies: in operations, not in operations per second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core.timescale import DAYS_PER_YEAR, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

_SECONDS_PER_HOUR = 3600
_TERA = 1e12
_MILLION = 1e6


@dataclass(frozen=True)
class TrainingRun:
    """One training run, and what it got out of each GPU.

    Attributes
    ----------
    model : str
        Name of the model.
    chip : str
        The GPU, as the table of chips calls it.
    released : datetime.date
        Release of the model.
    flop : float
        Training compute.
    gpu_hours : float
        Hours of GPUs, as the developer reports them.
    peak_flop_per_s : float
        Dense 16-bit peak of the GPU.
    active_share : float
        Share of the parameters that works on a token.
    index_points : float
        Capability index.
    """

    model: str
    chip: str
    released: date
    flop: float
    gpu_hours: float
    peak_flop_per_s: float
    active_share: float
    index_points: float

    @property
    def million_gpu_hours(self) -> float:
        """Hours of GPUs, million."""
        return self.gpu_hours / _MILLION

    @property
    def tflop_per_s(self) -> float:
        """Training operations for each GPU and second, 10¹² FLOP/s."""
        return self.flop / (_SECONDS_PER_HOUR * self.gpu_hours) / _TERA

    @property
    def peak_share(self) -> float:
        """Share of the GPU's 16-bit peak that the run reached."""
        return self.tflop_per_s * _TERA / self.peak_flop_per_s


@dataclass(frozen=True)
class PairedRuns:
    """A lean run beside a large one.

    Attributes
    ----------
    lean : TrainingRun
        DeepSeek-V3.
    large : TrainingRun
        Llama 3.1 405B.
    """

    lean: TrainingRun
    large: TrainingRun

    @property
    def over(self) -> dict[str, float]:
        """Training of Llama 3.1 405B over that of DeepSeek-V3, times."""
        names = ("flop", "gpu_hours", "tflop_per_s", "peak_share", "active_share")
        return {name: getattr(self.large, name) / getattr(self.lean, name) for name in names}

    @property
    def points_ahead(self) -> float:
        """Index points of DeepSeek-V3 above Llama 3.1 405B."""
        return self.lean.index_points - self.large.index_points

    @property
    def months_later(self) -> float:
        """Months by which DeepSeek-V3 came later than Llama 3.1 405B."""
        days = (self.lean.released - self.large.released).days
        return MONTHS_PER_YEAR * days / DAYS_PER_YEAR


def compare_runs(
    active_shares: pd.DataFrame,
    capability_index: pd.DataFrame,
    ai_chips: pd.DataFrame,
    *,
    lean_gpu_hours: float,
    large_gpu_hours: float,
) -> PairedRuns:
    """Set the training of DeepSeek-V3 beside that of Llama 3.1 405B.

    Parameters
    ----------
    active_shares : DataFrame
        Columns model, date, training_compute_flop and active_share.
    capability_index : DataFrame
        Columns model and eci.
    ai_chips : DataFrame
        Columns chip and fp16_flop_per_s.
    lean_gpu_hours, large_gpu_hours : float
        Hours of GPUs that either run took.

    Raises
    ------
    KeyError
        If a model or a chip is absent.
    """
    runs = active_shares.set_index("model").to_dict("index")
    scores = capability_index.set_index("model")["eci"]
    peaks = ai_chips.set_index("chip")["fp16_flop_per_s"]

    def run(model: str, chip: str, gpu_hours: float) -> TrainingRun:
        return TrainingRun(
            model,
            chip,
            runs[model]["date"],
            float(runs[model]["training_compute_flop"]),
            gpu_hours,
            float(peaks.loc[chip]),
            float(runs[model]["active_share"]),
            float(scores.loc[model]),
        )

    return PairedRuns(
        run("DeepSeek-V3", "NVIDIA H800 SXM5", lean_gpu_hours),
        run("Llama 3.1-405B", "NVIDIA H100 SXM5 80GB", large_gpu_hours),
    )
