"""What the public record holds of Chinese chips: training runs, a benchmark, developers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_CHINESE, _AMERICAN = "CHN", "USA"
ENGINE, PORT = "vllm-project/vllm", "vllm-project/vllm-ascend"
"""A serving engine, and its port to Ascend."""

_QUARTERS_A_YEAR = 4


@dataclass(frozen=True)
class TrainedIn:
    """Large Chinese models of one year by the chips of their training.

    Attributes
    ----------
    year : int
        Year of publication.
    chinese, both, foreign : int
        Models trained on Chinese chips, on both kinds, and on foreign ones.
    silent : int
        Models whose chips are not known.
    """

    year: int
    chinese: int
    both: int
    foreign: int
    silent: int

    @property
    def told(self) -> int:
        """Models whose chips are known."""
        return self.chinese + self.both + self.foreign

    @property
    def models(self) -> int:
        """All models."""
        return self.told + self.silent

    @property
    def silent_share(self) -> float:
        """Share of the models whose training chips are not known, 0 to 1."""
        return self.silent / self.models


@dataclass(frozen=True)
class TrainingChips:
    """Chips on which large Chinese models were trained, by year.

    Attributes
    ----------
    years : tuple of TrainedIn
        Oldest first.
    models_on_chinese_chips : tuple of str
        Models trained on Chinese chips alone, newest first.
    by_chip_maker : int
        Of these, models of a firm that makes the chips.
    american_silent_share : float
        Share of large American models whose training chips are not known, in the years of the
        Chinese models, 0 to 1.
    """

    years: tuple[TrainedIn, ...]
    models_on_chinese_chips: tuple[str, ...]
    by_chip_maker: int
    american_silent_share: float

    @property
    def total(self) -> TrainedIn:
        """Large Chinese models of all years.

        The year is the last.
        """
        counts = ("chinese", "both", "foreign", "silent")
        sums = {name: sum(getattr(year, name) for year in self.years) for name in counts}
        return TrainedIn(self.years[-1].year, **sums)

    @property
    def n_on_chinese_chips(self) -> int:
        """Models trained on Chinese chips alone."""
        return len(self.models_on_chinese_chips)


@dataclass(frozen=True)
class BenchmarkRecord:
    """Submissions to MLPerf.

    Attributes
    ----------
    chinese_results : int
        Results on Chinese chips that were submitted to MLPerf, all rounds.
    american_results : int
        Results on American chips that were submitted to MLPerf, all rounds.
    chinese_makers : tuple of str
        Makers of the Chinese chips.
    last_training_round, last_inference_round : str
        Last rounds with a Chinese chip; empty if none.
    newest_training_round, newest_inference_round : str
        Newest rounds of the table.
    """

    chinese_results: int
    american_results: int
    chinese_makers: tuple[str, ...]
    last_training_round: str
    last_inference_round: str
    newest_training_round: str
    newest_inference_round: str

    @property
    def absent_from_newest(self) -> bool:
        """Whether no Chinese chip is in the newest round of either benchmark."""
        return (
            self.last_training_round != self.newest_training_round
            and self.last_inference_round != self.newest_inference_round
        )


@dataclass(frozen=True)
class Developers:
    """Authors of a serving engine and of its port to Ascend, in a whole quarter.

    Attributes
    ----------
    quarter : str
        The last quarter that the data hold whole.
    engine, port : int
        Addresses of authors.
    port_a_year_before : int
        Those of the port four quarters earlier.
    """

    quarter: str
    engine: int
    port: int
    port_a_year_before: int


def count_training_chips(training_hardware: pd.DataFrame) -> TrainingChips:
    """Count large Chinese models by chips of their training; the silent ones apart.

    Parameters
    ----------
    training_hardware : DataFrame
        The table of that name.
    """
    rows = training_hardware.assign(year=training_hardware["date"].dt.year)
    chinese = rows[rows["country"] == _CHINESE]
    years = tuple(_count_year(int(str(year)), own) for year, own in chinese.groupby("year"))
    alone = chinese[chinese["chip_countries"] == _CHINESE].sort_values("date", ascending=False)
    american = rows[(rows["country"] == _AMERICAN) & rows["year"].isin([y.year for y in years])]
    makers = [
        chips.split()[0] in str(organization)
        for chips, organization in zip(
            alone["training_hardware"], alone["organization"], strict=True
        )
    ]
    return TrainingChips(
        years,
        tuple(alone["model"]),
        sum(makers),
        float(american["training_hardware"].isna().mean()),
    )


def read_record(mlperf_submissions: pd.DataFrame) -> BenchmarkRecord:
    """Find how far Chinese chips took part in MLPerf.

    Parameters
    ----------
    mlperf_submissions : DataFrame
        The table of that name.
    """
    results = mlperf_submissions[mlperf_submissions["results"] > 0]
    own = results[results["maker_country"] == _CHINESE]
    foreign = results[results["maker_country"] == _AMERICAN]
    return BenchmarkRecord(
        int(own["results"].sum()),
        int(foreign["results"].sum()),
        tuple(sorted(set(own["maker"]))),
        *(_last_round(own, suite) for suite in ("training", "inference")),
        *(_last_round(results, suite) for suite in ("training", "inference")),
    )


def count_developers(developer_activity: pd.DataFrame) -> Developers:
    """Count the authors of a serving engine and of its port in the last whole quarter.

    Parameters
    ----------
    developer_activity : DataFrame
        The table of that name; its last quarter is not whole.
    """
    authors = developer_activity.set_index(["repository", "quarter"])["authors"]
    quarters = sorted(set(developer_activity["quarter"]))
    last, before = quarters[-2], quarters[-2 - _QUARTERS_A_YEAR]
    return Developers(
        last, int(authors[ENGINE, last]), int(authors[PORT, last]), int(authors[PORT, before])
    )


def _count_year(year: int, rows: pd.DataFrame) -> TrainedIn:
    makers = rows["chip_countries"].dropna()
    chinese = makers == _CHINESE
    both = ~chinese & makers.str.split(";").map(lambda each: _CHINESE in each)
    foreign = len(makers) - int(chinese.sum()) - int(both.sum())
    return TrainedIn(
        year, int(chinese.sum()), int(both.sum()), foreign, int(rows["chip_countries"].isna().sum())
    )


def _last_round(rows: pd.DataFrame, suite: str) -> str:
    rounds = rows.loc[rows["suite"] == suite, "round"]
    return max(rounds, key=_order, default="")


def _order(round: str) -> tuple[int, ...]:
    return tuple(map(int, round.split(".")))
