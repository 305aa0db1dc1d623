"""Which programmes the reference classes hold, and how long each took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
from models.supply import duration_models
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import marks
from chapters.hardware_bottleneck.euv_chances import CLAIMED_YEAR, Euv
from chapters.hardware_bottleneck.euv_classes import (
    ASML_EUV,
    CANDIDATE,
    VOLUME,
    durations_to,
    milestones_of,
    select_class,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["EUV", "other new light", "increment"]

_NAMES = {
    "nikon-arf-dry": "ArF dry, Nikon",
    "asml-arf-immersion": "Immersion, ASML",
    "canon-arf-immersion": "Immersion, Canon",
    "asml-high-na-euv": "High-NA, ASML",
    "svg-arf-dry": "ArF dry, SVG",
    "nikon-euv": "EUV, Nikon",
    "nikon-krf": "KrF, Nikon",
    "asml-157nm": "157 nm, ASML",
    "yuliangsheng-arf-immersion": "Immersion, China",
}
_KINDS: tuple[Kind, ...] = ("EUV", "other new light", "increment")
_COLOURS = {"EUV": "#A04A80", "other new light": "#00694D", "increment": "#6A6A6A"}
_HEADINGS = {
    "EUV": "EUV programmes",
    "other new light": "and these: all lithography",
    "increment": "increments: not counted",
}


@dataclass(frozen=True)
class Programme:
    """One programme, or one of two counts of its way.

    Attributes
    ----------
    code, name : str
        In the table, and as it is shown: tool and firm.
    kind : {"EUV", "other new light", "increment"}
        The first two are counted.
    years : float
        Years from prototype to volume production, or to when it was last seen.
    reached, given_up : bool
        Whether volume was reached, and whether the programme was given up.
    """

    code: str
    name: str
    kind: Kind
    years: float
    reached: bool
    given_up: bool


@dataclass(frozen=True)
class Share:
    """Programmes in volume after some years, without any family (Kaplan and Meier).

    Attributes
    ----------
    years : float
        Years since the prototype.
    share : float
        Share in volume production, 0 to 1.
    low : float
        Lower end of the interval of the share in volume production, 0 to 1.
    high : float
        Upper end of the interval of the share in volume production, 0 to 1.
    """

    years: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class ReferenceClass:
    """The programmes of both reference classes, and those that are not counted.

    Attributes
    ----------
    programmes : tuple of Programme
        By kind, longest first.
    shares : tuple of Share
        All lithography, by Kaplan and Meier's curve.
    follower_years : float
        Years that the Chinese tool will have had by the end of the claimed year.

    Notes
    -----
    `shares` has the curve where it is below 1.
    """

    programmes: tuple[Programme, ...]
    shares: tuple[Share, ...]
    follower_years: float

    @property
    def fastest_of_other_light(self) -> Programme | None:
        """Programme with another new light that was soonest in volume.

        None if none was.
        """
        reached = [p for p in self.programmes if p.kind == "other new light" and p.reached]
        return min(reached, key=lambda programme: programme.years, default=None)

    @property
    def euv_years(self) -> tuple[float, float]:
        """Years from prototype to volume of EUV programmes that got there: shortest and longest."""
        years = [p.years for p in self.programmes if p.kind == "EUV" and p.reached]
        return min(years), max(years)


def describe_reference(lithography_milestones: pd.DataFrame, euv: Euv) -> ReferenceClass:
    """Describe the programmes behind the chances.

    Parameters
    ----------
    lithography_milestones : DataFrame
        As `chapters.hardware_bottleneck.euv_chances.estimate_euv` takes them.
    euv : Euv
        With the chapter's choices.
    """
    counted = euv.outlooks["lithography"].durations
    return ReferenceClass(
        programmes=_programmes(lithography_milestones, counted),
        shares=_shares(counted, euv.level),
        follower_years=euv.follower.years_by(CLAIMED_YEAR),
    )


def draw_reference(reference: ReferenceClass) -> Drawing:
    """Draw how long each programme took, or has been watched without success."""
    figure, axes = style.new_figure(4.9)
    rows: dict[float, str] = {}
    height, line = 0.0, reference.follower_years
    for kind in _KINDS:
        axes.text(line + 0.4, height, _HEADINGS[kind], color=_COLOURS[kind], va="center")
        for programme in (each for each in reference.programmes if each.kind == kind):
            height -= 1
            _draw_programme(axes, programme, height)
            rows[height] = programme.name + (" (given up)" if programme.given_up else "")
        height -= 1.2
    axes.axvline(line, color=style.REFERENCE_COLOUR, ls="--", lw=1)
    at = (line, min(rows))
    style.label_line(axes, at, f"China, end of {CLAIMED_YEAR}", colour=marks.LABEL_COLOUR)
    axes.set_yticks(list(rows), list(rows.values()))
    axes.set_ylim(height + 0.6, 0.8)
    axes.set_xlim(0, 20)
    axes.set_xticks([0, 5, 10, 15, 20])
    axes.set_xlabel("Years from prototype to volume production")
    table = pd.DataFrame([vars(programme) for programme in reference.programmes])
    return Drawing(figure, table, (milestones_of(table["code"], VOLUME),))


def _draw_programme(axes: Axes, programme: Programme, height: float) -> None:
    colour = _COLOURS[programme.kind]
    axes.plot([0, programme.years], [height, height], color=colour, lw=2)
    marker, face = ("o", colour) if programme.reached else (">", "white")
    axes.plot(programme.years, height, marker, color=colour, ms=7, mfc=face)


def _programmes(milestones: pd.DataFrame, counted: pd.DataFrame) -> tuple[Programme, ...]:
    earlier = milestones[milestones["programme"] != CANDIDATE]
    ends = earlier[earlier["milestone"] == VOLUME].set_index("programme")["outcome"]
    in_euv = set(select_class(milestones, "euv")["programme"])
    increments = earlier[earlier["increment"].astype(bool)]
    left_aside = (
        durations_to(increments, VOLUME, "full field") if len(increments) else counted.iloc[:0]
    )

    def programme(row: pd.Series, kind: Kind) -> Programme:
        code = str(row["programme"])
        return Programme(
            code=code,
            name=_name(code, float(row["duration_years"]), milestones),
            kind=kind,
            years=float(row["duration_years"]),
            reached=bool(row["observed"]),
            given_up=bool(ends[code] == "abandoned"),
        )

    rows = [
        programme(row, "EUV" if row["programme"] in in_euv else "other new light")
        for _, row in counted.iterrows()
    ] + [programme(row, "increment") for _, row in left_aside.iterrows()]
    return tuple(sorted(rows, key=lambda each: (_KINDS.index(each.kind), -each.years)))


def _name(code: str, years: float, milestones: pd.DataFrame) -> str:
    """Name a programme; ASML's EUV also by the year from which it is counted."""
    if code != ASML_EUV:
        return _NAMES.get(code, code)
    dates = milestones.set_index(["programme", "milestone"])["date"]
    return f"EUV, ASML, from {int(dates[code, VOLUME].year + 0.5 - years)}"


def _shares(durations: pd.DataFrame, level: float) -> tuple[Share, ...]:
    """Count each programme once: the mean of two counts of its way."""
    once = durations.groupby("programme", as_index=False)[["duration_years", "observed"]].mean()
    once = once.assign(observed=once["observed"] > 0)
    curve = duration_models.estimate_survival_curve(once, level=level)
    below_one = curve[curve["share"] < 1]
    columns = below_one[["duration_years", "share", "low", "high"]]
    return tuple(Share(*map(float, row)) for row in columns.itertuples(index=False))
