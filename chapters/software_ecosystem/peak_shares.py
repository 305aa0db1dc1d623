"""Which share of its peak a chip reaches at the same task: serving one model, and training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.serving import realised_share
from models.serving.roofline import Accelerator, read_accelerator
from models.serving.transformer import read_architecture
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import date

Task = Literal["prefill", "decode", "training"]
_DOMESTIC = "domestic"
_CHINESE = "CHN"
_TASKS: dict[Task, str] = {
    "prefill": "Reading a prompt",
    "decode": "Writing an answer",
    "training": "Training",
}
_KINDS = 2
_SERVED = "DeepSeek-V3"  # by every published speed
_SLACK = 1 + 1e-9  # twice as long is still within a factor of two


@dataclass(frozen=True)
class Result:
    """One published result.

    Attributes
    ----------
    task : {"prefill", "decode", "training"}
        Reading a prompt, writing, or training.
    name, chip, chip_country : str
        Who or what was measured, on which chip, made where (ISO 3166 alpha-3).
    share : float
        Share of the chip's peak arithmetic that is reached, 0 to 1.
    published : date
        Day of publication.
    seconds_per_token : float or None
        Time that a user waits for an output token; None where there is no user.
    """

    task: Task
    name: str
    chip: str
    chip_country: str
    share: float
    published: date
    seconds_per_token: float | None = None

    @property
    def is_chinese(self) -> bool:
        """Whether the chip is of Chinese make."""
        return self.chip_country == _CHINESE


@dataclass(frozen=True)
class _Pair:
    """A result on a Chinese chip and one on an American chip at the same task.

    Attributes
    ----------
    ours, other : Result
        On the Chinese and on the American chip.
    peak : float
        Peak arithmetic of the former's chip over that of the latter's.
    balance : float
        Memory bandwidth for each unit of arithmetic, likewise.
    """

    ours: Result
    other: Result
    peak: float
    balance: float

    @property
    def ratio(self) -> float:
        """Share of peak arithmetic of the Chinese chip over the other's."""
        return self.ours.share / self.other.share


@dataclass(frozen=True)
class PeakShares:
    """Shares of peak that chips reach, and those of Chinese chips over the others'.

    Attributes
    ----------
    serving, training : tuple of Result
        All results that are compared.
    unlike : tuple of Result
        Results of serving without one of the other kind of chip at the same task, which
        are not compared.
    same_run : tuple of str
        Models left out because their training is that of another in the table.
    serving_ratios, bandwidth_ratios, training_ratios : tuple of float
        Each pair's or run's ratio, of which the estimates below are the means.
    serving_ratio, training_ratio : Estimate
        Share of a Chinese chip over that of the American ones: geometric mean of all pairs
        in serving, and of the Chinese chips' results over the median of the others in
        training; with the lowest and the highest.
    prefill_ratio : Estimate
        Share of peak of Chinese over American chips, mean of the pairs in reading a prompt.
    decode_ratio : Estimate
        Share of peak of Chinese over American chips, mean of the pairs in writing.
    decode_by_bandwidth : Estimate
        The pairs of writing for each unit of memory bandwidth, which bounds writing, in
        place of arithmetic.
    bandwidth_ratio : float
        Memory bandwidth for each unit of arithmetic, Chinese over American chips, median of
        the pairs in writing, times.
    peak_ratio : float
        Peak arithmetic of Chinese over American chips, median of the pairs in serving, times.
    served_from, served_until : date
        First and last day on which the compared speeds of serving were published.
    """

    serving: tuple[Result, ...]
    training: tuple[Result, ...]
    unlike: tuple[Result, ...]
    same_run: tuple[str, ...]
    serving_ratios: tuple[float, ...]
    bandwidth_ratios: tuple[float, ...]
    training_ratios: tuple[float, ...]
    serving_ratio: Estimate
    training_ratio: Estimate
    prefill_ratio: Estimate
    decode_ratio: Estimate
    decode_by_bandwidth: Estimate
    bandwidth_ratio: float
    peak_ratio: float
    served_from: date
    served_until: date

    @property
    def no_loss_in_serving(self) -> bool:
        """Whether no measure of serving lies below the American chips' in every pair.

        Writing counts for each unit of memory bandwidth too: with more bandwidth for its
        arithmetic a chip reaches a higher share of peak arithmetic without better software.
        """
        measures = (self.prefill_ratio, self.decode_ratio, self.decode_by_bandwidth)
        return all(measure.high >= 1 for measure in measures)

    @property
    def n_serving_chinese(self) -> int:
        """Results of serving on Chinese chips that are compared."""
        return sum(each.is_chinese for each in self.serving)

    @property
    def chinese_publishers(self) -> tuple[str, ...]:
        """Who published them."""
        return tuple(sorted({each.name for each in self.serving if each.is_chinese}))

    @property
    def n_training_american(self) -> int:
        """Training runs on American chips that are compared."""
        return len(self.training) - len(self.training_chinese)

    @property
    def training_chinese(self) -> tuple[Result, ...]:
        """A training run on Chinese chips."""
        return tuple(each for each in self.training if each.is_chinese)

    @property
    def n_training_between(self) -> int:
        """Of these, runs between the lowest and the highest on Chinese chips."""
        ends = [each.share for each in self.training_chinese]
        return sum(
            min(ends) <= each.share <= max(ends) for each in self.training if not each.is_chinese
        )

    @property
    def american_median(self) -> float:
        """Median share of peak arithmetic reached in training on American chips, 0 to 1."""
        return median(each.share for each in self.training if not each.is_chinese)


def compare_shares(
    serving_benchmarks: pd.DataFrame,
    serving_hardware: pd.DataFrame,
    model_architectures: pd.DataFrame,
    training_hardware: pd.DataFrame,
    *,
    alike_within: float,
    first_training_year: int,
    level: float,
) -> PeakShares:
    """Compare shares of peak between Chinese and American chips.

    Parameters
    ----------
    serving_benchmarks, serving_hardware, model_architectures, training_hardware : DataFrame
        The tables of these names.
    alike_within : float
        Chips are alike if their memory's bandwidth over their arithmetic, and tasks the
        same if the time for a token, is within this factor.
    first_training_year : int
        First year of the language models that are compared.
    level : float
        Written beside the ranges; they are extremes and no intervals.

    Raises
    ------
    ModelInputError
        If nothing is left to compare.
    """
    chips = {str(row["chip"]): read_accelerator(row) for row in _records(serving_hardware)}
    results = _serving_results(serving_benchmarks, chips, model_architectures)
    pairs = _pair_results(results, chips, alike_within)
    prefill = [pair for pair in pairs if pair.ours.task == "prefill"]
    decode = [pair for pair in pairs if pair.ours.task == "decode"]
    paired = {result for pair in pairs for result in (pair.ours, pair.other)}
    training, same_run = _training_results(training_hardware, first_training_year)
    if not prefill or not decode or len({each.is_chinese for each in training}) < _KINDS:
        raise ModelInputError(
            f"needs results on Chinese and American chips at the same task, got {len(prefill)} "
            f"pairs in reading, {len(decode)} in writing and {len(training)} results in training"
        )
    typical = median(each.share for each in training if not each.is_chinese)
    ratios = [pair.ratio for pair in pairs]
    by_bandwidth = [pair.ratio / pair.balance for pair in decode]
    trained = [each.share / typical for each in training if each.is_chinese]
    return PeakShares(
        serving=tuple(result for result in results if result in paired),
        training=training,
        unlike=tuple(result for result in results if result not in paired),
        same_run=same_run,
        serving_ratios=tuple(ratios),
        bandwidth_ratios=tuple(by_bandwidth),
        training_ratios=tuple(trained),
        serving_ratio=_spread(ratios, level),
        training_ratio=_spread(trained, level),
        prefill_ratio=_spread([pair.ratio for pair in prefill], level),
        decode_ratio=_spread([pair.ratio for pair in decode], level),
        decode_by_bandwidth=_spread(by_bandwidth, level),
        bandwidth_ratio=median(pair.balance for pair in decode),
        peak_ratio=median(pair.peak for pair in pairs),
        served_from=min(result.published for result in paired),
        served_until=max(result.published for result in paired),
    )


def draw_shares(shares: PeakShares) -> Drawing:
    """Draw every result as a dot in its task's row, by country of the chip's maker."""
    results = shares.serving + shares.training
    figure, axes = style.new_figure(3.3)
    for place, task in enumerate(_TASKS):
        for result in results:
            if result.task == task:
                height = -place + (0.16 if result.is_chinese else -0.16)
                axes.plot(
                    100 * result.share, height, "o" if result.is_chinese else "D", ms=7,
                    color=countries.COLOURS[result.chip_country], alpha=0.75, mec="none",
                )  # fmt: skip
    axes.set_yticks([-place for place in range(len(_TASKS))], list(_TASKS.values()))
    for code, y, name in ((_CHINESE, 1.11, "Chinese chips"), ("USA", 1.03, "American chips")):
        axes.text(
            0, y, f"{'●' if code == _CHINESE else '◆'} {name}", color=countries.COLOURS[code],
            fontweight="bold", transform=axes.transAxes,
        )  # fmt: skip
    axes.set(xlabel="Share of the chip's peak arithmetic in use (%)", xlim=(0, None))
    axes.set_ylim(-len(_TASKS) + 0.5, 0.5)
    rows = pd.DataFrame([vars(result) for result in results])
    return Drawing(figure, rows, _tables_behind(shares.serving))


def _tables_behind(serving: Sequence[Result]) -> tuple[str | Used, ...]:
    """Return what the results of serving that are compared come from, and those of training."""
    chips = tuple({result.chip for result in serving})
    publishers = tuple({result.name for result in serving})
    speeds = Used("serving_benchmarks", {"chip": chips, "publisher": publishers})
    peaks = Used("serving_hardware", {"chip": chips}, columns=("flop_per_s_8bit",))
    shapes = Used("model_architectures", {"model": [_SERVED]})
    return speeds, peaks, shapes, "training_hardware"


def _serving_results(
    benchmarks: pd.DataFrame, chips: dict[str, Accelerator], architectures: pd.DataFrame
) -> list[Result]:
    models = {str(row["model"]): read_architecture(row) for row in _records(architectures)}
    return [
        Result(
            row["stage"],
            row["publisher"],
            row["chip"],
            _CHINESE if chips[row["chip"]].group == _DOMESTIC else "USA",
            realised_share.compute_used_share(
                chips[row["chip"]],
                models[row["model"]],
                stage=row["stage"],
                tokens_per_s=row["tokens_per_s"],
                tokens=row["context_tokens"],
            ),
            row["date"].date(),
            None if pd.isna(row["seconds_per_token"]) else row["seconds_per_token"],
        )
        for row in _records(benchmarks)
    ]


def _pair_results(
    results: Sequence[Result], chips: dict[str, Accelerator], within: float
) -> list[_Pair]:
    """Pair each result on a Chinese chip with those of the same task on alike chips."""
    candidates = [
        (ours, other, chips[ours.chip], chips[other.chip])
        for ours in results
        for other in results
        if ours.is_chinese and not other.is_chinese and _same_task(ours, other, within)
    ]
    return [
        _Pair(
            ours,
            other,
            peak=chip.flop_per_s_8bit / foreign.flop_per_s_8bit,
            balance=_balance(chip) / _balance(foreign),
        )
        for ours, other, chip, foreign in candidates
        if _near(_balance(chip), _balance(foreign), within)
    ]


def _training_results(
    training_hardware: pd.DataFrame, first_year: int
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Read runs on chips of one country, each once, and name the rows that repeat one."""
    known = training_hardware[
        training_hardware["flop_utilisation"].notna()
        & training_hardware["base_model"].isna()
        & training_hardware["chip_countries"].isin(["USA", _CHINESE])
        & training_hardware["domain"].fillna("").str.split(";").map(lambda each: "Language" in each)
        & (training_hardware["date"].dt.year >= first_year)
    ].sort_values(["date", "model"])
    run = ["organization", "training_hardware", "training_compute_flop", "flop_utilisation"]
    again = known.duplicated(run)
    results = tuple(
        Result(
            "training", row["model"], row["training_hardware"], row["chip_countries"],
            row["flop_utilisation"], row["date"].date(),
        )
        for row in _records(known[~again])
    )  # fmt: skip
    return results, tuple(known.loc[again, "model"])


def _same_task(ours: Result, other: Result, within: float) -> bool:
    if ours.task != other.task:
        return False
    if ours.seconds_per_token is None or other.seconds_per_token is None:
        return True
    return _near(ours.seconds_per_token, other.seconds_per_token, within)


def _balance(chip: Accelerator) -> float:
    """Return bytes of memory bandwidth for each FLOP."""
    return chip.memory_bytes_per_s / chip.flop_per_s_8bit


def _near(one: float, other: float, within: float) -> bool:
    return max(one, other) <= within * min(one, other) * _SLACK


def _spread(ratios: Sequence[float], level: float) -> Estimate:
    middle = math.exp(sum(map(math.log, ratios)) / len(ratios))
    return Estimate(middle, min(ratios), max(ratios), level, "range", len(ratios), units.TIMES)


def _records(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return frame.to_dict("records")
