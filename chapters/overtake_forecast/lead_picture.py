"""The summary's picture: both frontiers with their models' names, and the gap as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
from models.race.race_definitions import trace_steps
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared import countries
from chapters.shared.capability import SCORES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from chapters.overtake_forecast.frontiers import Standing

_SUMMIT = pd.Timestamp("2026-01-10")
_HEIGHT_INCHES = 4.1
_NAMED_FROM = 115.0
"""Points; below lie the first small models of both countries, which few readers know."""
_MOST_NAMED = 5
_APART = 4.5
"""Points between two names of a country: a line of text is as high."""
_ROOM = {"left": pd.DateOffset(months=12), "right": pd.DateOffset(months=18)}
"""For the names left of the first record and right of the last day."""
_YEAR, _AROUND = pd.DateOffset(years=1), pd.DateOffset(months=4)
_NUDGE, _END_NUDGE, _TICK = 4, 11, 6
"""Points of the page between a dot and its name, the last day and what stands at it, bracket."""


@dataclass(frozen=True)
class NewestRecord:
    """The last time that either country's best score changed.

    Attributes
    ----------
    country : str
        ISO 3166 alpha-3 code of the developer's country.
    model, developer : str
        What set the record.
    date : Timestamp
        Day of its release.
    gained : float
        Points over that country's best model before.
    gap_before, gap_after : float
        Best American score less best Chinese one, points.
    """

    country: str
    model: str
    developer: str
    date: pd.Timestamp
    gained: float
    gap_before: float
    gap_after: float

    @property
    def is_american(self) -> bool:
        """Whether an American developer set it."""
        return self.country == "USA"

    @property
    def changed_the_lead(self) -> bool:
        """Whether first place went from one country to the other."""
        return (self.gap_before > 0) != (self.gap_after > 0)


@dataclass(frozen=True)
class Closest:
    """The day on which both countries' best scores lay closest, by today's index.

    Attributes
    ----------
    date : Timestamp
        The day, which is that of a record.
    model : str
        The record.
    apart : float
        Points between the two best scores.
    gained : dict of str to float
        Points by which a country's best score has risen since.
    """

    date: pd.Timestamp
    model: str
    apart: float
    gained: dict[str, float]


@dataclass(frozen=True)
class LeadPicture:
    """What the summary's first figure shows.

    Attributes
    ----------
    as_of : Timestamp
        Day of the latest model in the index.
    frontiers : mapping of str to DataFrame
        Models that set a record, by country, in order of date.
    """

    as_of: pd.Timestamp
    frontiers: Mapping[str, pd.DataFrame]

    @cached_property
    def best(self) -> dict[str, float]:
        """Score on the capability index of each country's best model, points."""
        return {code: float(rows["eci"].iloc[-1]) for code, rows in self.frontiers.items()}

    @property
    def gap(self) -> float:
        """Best American score less best Chinese one on the capability index, points."""
        return self.best["USA"] - self.best["CHN"]

    @property
    def china_is_ahead(self) -> bool:
        """Whether the best model of all is Chinese."""
        return self.gap < 0

    @property
    def ahead(self) -> str:
        """Country of the best model, as a sentence has it."""
        return countries.IN_TEXT["CHN" if self.china_is_ahead else "USA"]

    @property
    def behind(self) -> str:
        """The other country."""
        return countries.IN_TEXT["USA" if self.china_is_ahead else "CHN"]

    @cached_property
    def best_models(self) -> dict[str, str]:
        """Name of each country's best model."""
        return {code: _short(rows["model"].iloc[-1]) for code, rows in self.frontiers.items()}

    @cached_property
    def newest(self) -> NewestRecord:
        """The newest record of either country."""
        code = max(self.frontiers, key=lambda each: self.frontiers[each]["date"].iloc[-1])
        own = self.frontiers[code]
        gained = float(own["eci"].iloc[-1] - own["eci"].iloc[-2]) if len(own) > 1 else 0.0
        last = own.iloc[-1]
        return NewestRecord(
            country=code,
            model=_short(last["model"]),
            developer=str(last["organization"]),
            date=last["date"],
            gained=gained,
            gap_before=self.gap - gained if code == "USA" else self.gap + gained,
            gap_after=self.gap,
        )

    @cached_property
    def closest(self) -> Closest:
        """The day on which the American and the Chinese best score lay closest.

        It is looked for since both countries have had a model in the index.
        """
        sides = [
            rows[["date", "model", "eci"]].assign(country=code)
            for code, rows in self.frontiers.items()
        ]
        records = pd.concat(sides).sort_values("date", kind="stable")
        best = records.pivot_table(index="date", columns="country", values="eci", aggfunc="max")
        best = best.ffill().dropna()
        apart = (best["USA"] - best["CHN"]).abs().to_numpy()
        row = int(apart.argmin())
        day, then = best.index[row], best.iloc[row]
        return Closest(
            date=pd.Timestamp(day),
            model=_short(records[records["date"] == day].iloc[-1]["model"]),
            apart=float(apart[row]),
            gained={code: score - float(then[code]) for code, score in self.best.items()},
        )

    @cached_property
    def records_in_a_year(self) -> dict[str, int]:
        """Times that a country's best score rose within the last twelve months."""
        first = self.as_of - _YEAR
        return {code: int((rows["date"] > first).sum()) for code, rows in self.frontiers.items()}

    @property
    def windows(self) -> dict[str, tuple[str, str]]:
        """First and last day, as ISO dates, of what sentences about the picture are about."""
        closest = self.closest.date
        spans = {
            "closest": (closest - _AROUND, closest + _AROUND),
            "since": (closest, self.as_of),
            "year": (self.as_of - _YEAR, self.as_of),
            "newest": (self.newest.date - _AROUND, self.as_of),
        }
        return {name: (f"{a:%Y-%m-%d}", f"{b:%Y-%m-%d}") for name, (a, b) in spans.items()}


def show_race(standing: Standing) -> LeadPicture:
    """Take from the measured gap what the picture shows.

    Parameters
    ----------
    standing : Standing
        The two countries' frontiers.
    """
    return LeadPicture(standing.as_of, standing.frontiers)


def choose_named(records: pd.DataFrame) -> pd.DataFrame:
    """Choose the records that are named: the newest, then those that raised the best score most.

    Names of a country lie apart by a line of text.

    Parameters
    ----------
    records : DataFrame
        A country's models that set a record, in order of date.
    """
    gains = records["eci"].diff()
    known = records[records["eci"] >= _NAMED_FROM]
    by_gain = known.assign(gain=gains).sort_values("gain", ascending=False, kind="stable").index
    chosen: list[int] = []
    for label in [records.index[-1], *by_gain]:
        score = records.loc[label, "eci"]
        is_free = all(abs(score - records.loc[other, "eci"]) >= _APART for other in chosen)
        if is_free and len(chosen) < _MOST_NAMED:
            chosen.append(label)
    return records.loc[sorted(chosen, key=list(records.index).index)]


def draw_race(race: LeadPicture) -> Drawing:
    """Draw both frontiers as steps with names of models, and a bracket for the gap."""
    from matplotlib.dates import date2num

    figure, axes = style.new_figure(_HEIGHT_INCHES)
    for code, records in race.frontiers.items():
        _draw_country(axes, code, records, race)
    _draw_summit(axes)
    _draw_gap(axes, race)
    first = min(records["date"].iloc[0] for records in race.frontiers.values())
    years = range(first.year, race.as_of.year + 1)
    starts = [date2num(pd.Timestamp(year, 1, 1)) for year in years]
    axes.set_xticks(starts, list(map(str, years)))
    axes.set_xlim(date2num(first - _ROOM["left"]), date2num(race.as_of + _ROOM["right"]))
    axes.set_ylabel("Capability index, points")
    axes.margins(y=0.13)
    return Drawing(figure, _rows(race), tables=(SCORES,))


def _rows(race: LeadPicture) -> pd.DataFrame:
    """Return the steps, each record with its model's name."""
    steps = trace_steps(race.frontiers, until=race.as_of)
    names = [
        pd.concat([records["model"], records["model"].tail(1)])
        for records in race.frontiers.values()
    ]
    return steps.assign(model=pd.concat(names).to_numpy())


def _draw_country(axes: Axes, code: str, records: pd.DataFrame, race: LeadPicture) -> None:
    """Draw one country's steps; the leader's names stand above its line, the other's below."""
    colour = countries.COLOURS[code]
    dates = [*records["date"], race.as_of]
    axes.step(dates, [*records["eci"], race.best[code]], where="post", color=colour)
    axes.plot(records["date"], records["eci"], "o", color=colour, markersize=4)
    is_above = (code == "CHN") == race.china_is_ahead
    named = choose_named(records)
    for _, row in named[named["eci"] < race.best[code]].iterrows():
        _write(axes, (row["date"], row["eci"]), _short(row["model"]), colour, is_above=is_above)
    end = f"{countries.NAMES[code]}\n{race.best_models[code]}"
    axes.annotate(
        end, (race.as_of, race.best[code]), xytext=(_END_NUDGE, 0), textcoords="offset points",
        ha="left", va="bottom" if is_above else "top", color=colour, fontweight="bold",
        annotation_clip=False,
    )  # fmt: skip


def _write(
    axes: Axes, at: tuple[pd.Timestamp, float], text: str, colour: str, *, is_above: bool
) -> None:
    """Write a name on the free side of a rising line: above to the left, or below to the right."""
    sign = 1 if is_above else -1
    axes.annotate(
        text, at, xytext=(-sign * _NUDGE, sign * _NUDGE), textcoords="offset points",
        ha="right" if is_above else "left", va="bottom" if is_above else "top", color=colour,
        annotation_clip=False,
    )  # fmt: skip


def _draw_summit(axes: Axes) -> None:
    """Mark the day of the claim on the time axis."""
    from matplotlib.dates import date2num

    axes.axvline(date2num(_SUMMIT), ymax=0.09, color=style.REFERENCE_COLOUR, linewidth=1.2)
    axes.annotate(
        "AGI-Next summit", (_SUMMIT, 0.03), xycoords=("data", "axes fraction"), xytext=(-4, 0),
        textcoords="offset points", ha="right", color=style.TEXT_COLOUR, bbox=style.GROUND,
    )  # fmt: skip


def _draw_gap(axes: Axes, race: LeadPicture) -> None:
    """Draw a bracket from one country's best to the other's, and write how far they lie apart."""
    low, high = sorted(race.best.values())
    bracket = {"arrowstyle": f"|-|, widthA={_TICK / 20}, widthB={_TICK / 20}", "shrinkA": 0,
               "shrinkB": 0, "color": style.TEXT_COLOUR}  # fmt: skip
    edge = race.as_of + pd.DateOffset(days=18)
    axes.annotate("", (edge, low), xytext=(edge, high), arrowprops=bracket, annotation_clip=False)
    axes.annotate(
        f"{abs(race.gap):.1f} points", (race.as_of, (low + high) / 2), xytext=(_END_NUDGE + 4, 0),
        textcoords="offset points", ha="left", va="center", color=style.TEXT_COLOUR,
        annotation_clip=False,
    )  # fmt: skip


def _short(model: str) -> str:
    """Return a model's name without what stands in brackets."""
    return re.sub(r"\s*\(.*?\)", "", model)
