"""How many chips a country's power can feed, year by year.

What runs at the start is fed. After that a country adds power for AI: never more than the
share of its new generation that AI may take and, where sites are known, never more than their
plans allow. A chip in use needs less power for the same computation each year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.arrays import FloatArray, require_bounded, require_positive
from models.core.random_draws import draw_lognormal, draw_normal
from models.supply.national_supply import SupplyScores, spread_by_factor

if TYPE_CHECKING:
    from models.core.estimates import Estimate

HOURS_PER_YEAR = 8760.0
_TWH_PER_GW_YEAR = HOURS_PER_YEAR / 1000


@dataclass(frozen=True)
class ChipPower:
    """What a chip takes, as a share of the power of its data centre.

    Attributes
    ----------
    kw : float
        Power of a whole site for one H100e, cooling and losses included, kW.
    efficiency_growth : float
        Growth of compute per watt of the chips in use, times a year.
    utilisation : float
        Mean over full power.

    Notes
    -----
    `kw` is that in use at the start, of chip, server, network, cooling and losses.
    """

    kw: float
    efficiency_growth: float
    utilisation: float

    def __post_init__(self) -> None:
        """Refuse powers that no machine can have."""
        require_positive(self.kw, "kw")
        require_positive(self.efficiency_growth, "efficiency_growth")
        require_bounded(
            require_positive(self.utilisation, "utilisation"), "utilisation", low=0, high=1
        )

    def kw_after(self, years: npt.ArrayLike) -> FloatArray:
        """Power of a site for one H100e some years after the start, kW."""
        return np.asarray(self.kw / self.efficiency_growth ** np.asarray(years, dtype=float))

    @property
    def twh_per_gw(self) -> float:
        """Electricity that a GW of site power takes in a year, TWh."""
        return self.utilisation * _TWH_PER_GW_YEAR


@dataclass(frozen=True)
class SitePlans:
    """What known sites had at the start, and what they are to have.

    Attributes
    ----------
    times : tuple of float
        Decimal years, ascending: the start, the day of the file, and days of plans.
    known_gw : tuple of float
        Power of known sites at the start, on the file's day, then by plan, GW.
    as_of : float
        Day of the file, decimal year: what is later is a plan.
    pace : Estimate
        Pace at which plans came true, as a share of the planned pace.
    coverage : Estimate
        Share of new power for AI in the year before the start that came at known sites.
    """

    times: tuple[float, ...]
    known_gw: tuple[float, ...]
    as_of: float
    pace: Estimate
    coverage: Estimate

    @property
    def planned_gw_a_year(self) -> float:
        """Mean addition that known sites plan from the file's day on, GW a year."""
        now = float(np.interp(self.as_of, self.times, self.known_gw))
        return (self.known_gw[-1] - now) / (self.times[-1] - self.as_of)

    def add_gw(self, years: npt.ArrayLike, scores: SupplyScores) -> FloatArray:
        """Power for AI added since the start by all sites, by the end of each year, GW.

        Plans run at the drawn pace: what was planned for a day comes later by the same share
        of the time to it. Beyond the last plan their mean pace goes on.
        """
        ends = np.asarray(years, dtype=float)[:, np.newaxis] + 1  # years in rows, paths in columns
        pace = draw_lognormal(self.pace, scores.of("usa sites"))
        ahead = np.maximum(ends - self.as_of, 0)
        planned = np.where(ends <= self.as_of, ends, self.as_of + pace * ahead)
        known = np.interp(planned, self.times, self.known_gw)
        known = known + self.planned_gw_a_year * np.maximum(planned - self.times[-1], 0)
        covered = draw_lognormal(self.coverage, scores.of("usa coverage"))
        return np.asarray((known - self.known_gw[0]) / covered).T


@dataclass(frozen=True)
class CountryPower:
    """What limits the power of one country's chips.

    Attributes
    ----------
    code : {"usa", "china"}
        Whose scores are drawn.
    chip : ChipPower
        AI chips.
    added_twh : Estimate
        Mean yearly addition to generation over a window of years, TWh.
    share : float
        Judged share of new generation that AI may take.
    share_factor : float
        90% of the draws of the share lie within this factor; it never exceeds 1.
    sites : SitePlans, optional
        Plans of sites.

    Notes
    -----
    `sites` is None where too few are known to tell.
    """

    code: str
    chip: ChipPower
    added_twh: Estimate
    share: float
    share_factor: float
    sites: SitePlans | None = None

    def add_gw_by_generation(self, years: npt.ArrayLike, scores: SupplyScores) -> FloatArray:
        """Power for AI that new generation allows by the end of each year, GW.

        The first of the years is the start.
        """
        elapsed = np.asarray(years, dtype=float) - float(np.asarray(years)[0])
        added = np.maximum(draw_normal(self.added_twh, scores.of(f"{self.code} generation")), 0)
        drawn = spread_by_factor(self.share, self.share_factor, scores.of(f"{self.code} share"))
        usable = added * np.minimum(drawn, 1.0) / self.chip.twh_per_gw
        return np.asarray(usable * elapsed[:, np.newaxis]).T

    def add_gw(self, years: npt.ArrayLike, scores: SupplyScores) -> FloatArray:
        """Power for AI added since the start by the end of each year, GW: the tighter limit."""
        by_generation = self.add_gw_by_generation(years, scores)
        if self.sites is None:
            return by_generation
        return np.minimum(by_generation, self.sites.add_gw(years, scores))

    def draw(self, years: npt.ArrayLike, scores: SupplyScores) -> DrawnPower:
        """Draw what power allows by the end of each year, whatever the stock of chips.

        Parameters
        ----------
        years : array_like of int, shape (k,)
            Calendar years, the first of which is the start.
        scores : SupplyScores
            Standard normal scores.
        """
        elapsed = np.asarray(years, dtype=float) - float(np.asarray(years)[0])
        return DrawnPower(self.chip, elapsed, self.add_gw(years, scores))


@dataclass(frozen=True)
class DrawnPower:
    """Power for one country's chips, path by path.

    Attributes
    ----------
    chip : ChipPower
        What a chip takes.
    elapsed : ndarray, shape (k,)
        Years since the start, the first of them 0.
    added_gw : ndarray, shape (n_paths, k)
        Power for AI added since then.
    """

    chip: ChipPower
    elapsed: FloatArray
    added_gw: FloatArray

    def feed(self, stock: FloatArray) -> FloatArray:
        """H100e that the power feeds at the end of each year, shape (n_paths, k).

        Parameters
        ----------
        stock : ndarray, shape (n_paths or 1, k)
            H100e at hand; what is there in the first year is fed.
        """
        running_gw = stock[:, [0]] * self.chip.kw / 1e6
        power = running_gw + self.added_gw
        return np.asarray(1e6 * power / self.chip.kw_after(self.elapsed))


@dataclass(frozen=True)
class WorldPower:
    """What limits the power of both countries' chips."""

    usa: CountryPower
    china: CountryPower

    def draw(self, years: npt.ArrayLike, scores: SupplyScores) -> tuple[DrawnPower, DrawnPower]:
        """Draw both countries' power, as `CountryPower.draw`: American, Chinese."""
        return self.usa.draw(years, scores), self.china.draw(years, scores)
