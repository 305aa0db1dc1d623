"""What share of adults fear of failure holds back, by year and as reported since."""

from dataclasses import dataclass

import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.risk_culture.survey_paths import SurveyPath, read_path
from chapters.shared.countries import COLOURS, PAIR
from chapters.shared.marks import draw_country_lines, draw_median, label_countries

_VALUE = "fear_percent"
_REPORTED_YEAR = 2023
_REPORTED = "fear-of-failure-chn-2023"


@dataclass(frozen=True)
class FearOfFailure:
    """Adults whom fear of failure would keep from starting a business.

    Attributes
    ----------
    china : SurveyPath
        Adults in China whom fear of failure would keep from starting a business.
    usa : SurveyPath
        Adults in the United States whom fear of failure would keep from starting a business.
    median : SurveyPath
        Median of the G20 countries surveyed in a year.
    reported_year : int
        Year of a later report of China.
    reported_china : float
        Of Chinese adults who see good opportunities, those whom fear of failure would hold back, %,
        in a later report.
    world_before : float
        Of adults in all economies who see good opportunities, those whom fear would hold back, %,
        2019.
    world_since : float
        Of adults in all economies who see good opportunities, those whom fear would hold back, %,
        2024.
    by_year : pandas.DataFrame
        `country`, `year`, `fear_percent`; "median" is that of the G20.
    """

    china: SurveyPath
    usa: SurveyPath
    median: SurveyPath
    reported_year: int
    reported_china: float
    world_before: float
    world_since: float
    by_year: pd.DataFrame

    @property
    def rose_worldwide(self) -> bool:
        """Whether the share in all economies rose after the table's last years."""
        return self.world_since > self.world_before


def read_fear_of_failure(
    attitudes: pd.DataFrame, published: pd.DataFrame, *, last_year: int
) -> FearOfFailure:
    """Read the shares held back by fear, and what was reported later.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        Table ``entrepreneurial_attitudes``.
    published : pandas.DataFrame
        Table ``published_estimates``, by id.
    last_year : int
        Last year to read: the last in which China was surveyed.
    """
    rows = attitudes[attitudes["year"] <= last_year]
    pair = rows.loc[rows["country"].isin(PAIR), ["country", "year", _VALUE]]
    median = rows.groupby("year")[_VALUE].median().reset_index().assign(country="median")
    value = published["value"]
    return FearOfFailure(
        china=read_path(pair, "CHN", _VALUE),
        usa=read_path(pair, "USA", _VALUE),
        median=read_path(median, "median", _VALUE),
        reported_year=_REPORTED_YEAR,
        reported_china=float(value[_REPORTED]),
        world_before=float(value["fear-of-failure-seeing-2019"]),
        world_since=float(value["fear-of-failure-seeing-2024"]),
        by_year=pd.concat([pair, median], ignore_index=True),
    )


def draw_fear_of_failure(fear: FearOfFailure) -> Drawing:
    """Draw both countries' shares, the median of the G20, and the later report."""
    figure, axes = style.new_figure(3.4)
    is_median = fear.by_year["country"] == "median"
    draw_median(axes, fear.by_year[is_median], _VALUE)
    draw_country_lines(axes, fear.by_year[~is_median], _VALUE)
    place, colour = (fear.reported_year, fear.reported_china), COLOURS["CHN"]
    axes.plot(*place, "o", mfc="white", mec=colour, markersize=6)
    axes.annotate(
        f"reported, {fear.reported_year}", place, xytext=(-8, 0), textcoords="offset points",
        ha="right", va="center", color=colour,
    )  # fmt: skip
    label_countries(axes, {"CHN": (2016, 50, "above"), "USA": (2008.2, 23, "below")})
    style.label_line(axes, (2005.2, 37), "Median of G20", colour=COLOURS["other"], side="above")
    axes.set_ylim(0, 70)
    axes.set_xticks([2005, 2010, 2015, 2020])
    axes.set_xlabel("Survey year")
    axes.set_ylabel("Held back by fear, %")
    said = Used("published_estimates", {"id": [_REPORTED]})
    return Drawing(figure, fear.by_year, ("entrepreneurial_attitudes", said))
