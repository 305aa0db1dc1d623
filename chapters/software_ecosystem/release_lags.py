"""How long after PyTorch and vLLM their ports to other chips come out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.core import survival, units

if TYPE_CHECKING:
    from models.core.estimates import Estimate

ASCEND = "torch_npu"
"""The port of PyTorch to Huawei's Ascend."""

_RELEASE, _CANDIDATE, _ANY_TAG = "first release", "first release candidate", "first tag"
_PYTORCH = "PyTorch"
_FEWEST = 3
_STAGES = (_RELEASE, _CANDIDATE)


@dataclass(frozen=True)
class PortLag:
    """How long after a release a port's comes out.

    Attributes
    ----------
    upstream, port, maker, country : str
        What is brought to whose chip; the country as ISO 3166 alpha-3.
    stage : str
        Which release of the port is meant.
    days : float
        Median days from a version's release to its port, of versions that were ported.
    n : int
        The versions that were ported.
    last_version : str
        The highest of them.
    """

    upstream: str
    port: str
    maker: str
    country: str
    stage: str
    days: float
    n: int
    last_version: str


@dataclass(frozen=True)
class ReleaseLags:
    """Days from a release to that of its port.

    Attributes
    ----------
    ports : tuple of PortLag
        Ports with at least three releases, slowest first within an upstream and a stage.
    ascend : Estimate
        Median days from PyTorch to the first release for Ascend; versions that still wait
        count as waiting.
    ascend_any_tag : Estimate
        Median days from a release of PyTorch to the first version for Ascend, trial or full.
    waiting : tuple of str
        Versions of PyTorch that had a trial version for Ascend and no release.
    newest : str
        Highest version of PyTorch that any port brought out, trial versions included.
    since : int
        First year of the releases.
    """

    ports: tuple[PortLag, ...]
    ascend: Estimate
    ascend_any_tag: Estimate
    waiting: tuple[str, ...]
    newest: str
    since: int

    @property
    def quickest(self) -> PortLag:
        """American maker whose port of PyTorch comes soonest."""
        return min(self._foreign, key=lambda port: port.days)

    @property
    def slowest(self) -> PortLag:
        """American maker whose port of PyTorch comes latest."""
        return max(self._foreign, key=lambda port: port.days)

    @property
    def ascend_ported(self) -> PortLag:
        """Full releases of PyTorch for Huawei's Ascend."""
        return next(port for port in self.releases if port.port == ASCEND)

    @property
    def later_than_all_american(self) -> bool:
        """Whether Ascend's port of PyTorch comes later than each American maker's, of what came."""
        return self.ascend_ported.days > self.slowest.days

    @property
    def american_end_early(self) -> bool:
        """Whether an American maker's port of PyTorch has not come to the newest version."""
        return any(port.last_version != self.newest for port in self._foreign)

    @property
    def releases(self) -> tuple[PortLag, ...]:
        """Full releases of all ports."""
        return tuple(port for port in self.ports if port.stage == _RELEASE)

    @property
    def _foreign(self) -> list[PortLag]:
        return [
            port for port in self.releases if port.country == "USA" and port.upstream == _PYTORCH
        ]


def estimate_lags(
    port_releases: pd.DataFrame, *, first_year: int, until: str, level: float
) -> ReleaseLags:
    """Time the ports of releases since a year.

    Parameters
    ----------
    port_releases : DataFrame
        The table of that name.
    first_year : int
        First year of the upstream releases.
    until : str
        Last day that was looked at.
    level : float
        Of the confidence intervals.

    Raises
    ------
    ModelInputError
        If too few releases came to Ascend to bound the median.
    """
    recent = port_releases[port_releases["upstream_date"].dt.year >= first_year]
    days = (recent["port_date"] - recent["upstream_date"]).dt.days
    timed = recent.assign(days=days)
    own = timed[timed["port"] == ASCEND]
    released = own[own["stage"] == _RELEASE]
    waiting = own[~own["upstream_version"].isin(released["upstream_version"])]
    still = (pd.Timestamp(until) - waiting["upstream_date"]).dt.days
    return ReleaseLags(
        ports=_list_ports(timed),
        ascend=_median(pd.concat([released["days"], still]), len(released), level),
        ascend_any_tag=_median(own.loc[own["stage"] == _ANY_TAG, "days"], len(own), level),
        waiting=tuple(waiting["upstream_version"]),
        newest=_last_version(timed.loc[timed["upstream"] == _PYTORCH, "upstream_version"]),
        since=first_year,
    )


def _list_ports(timed: pd.DataFrame) -> tuple[PortLag, ...]:
    keys = ["upstream", "port", "maker", "maker_country", "stage"]
    medians = (
        timed[timed["stage"].isin(_STAGES)]
        .groupby(keys)
        .agg(
            median=("days", "median"),
            size=("days", "size"),
            last=("upstream_version", _last_version),
        )
        .reset_index()
    )
    kept = medians[medians["size"] >= _FEWEST]
    ordered = kept.sort_values(["upstream", "stage", "median"], ascending=[True, True, False])
    return tuple(
        PortLag(
            upstream=str(row["upstream"]),
            port=str(row["port"]),
            maker=str(row["maker"]),
            country=str(row["maker_country"]),
            stage=str(row["stage"]),
            days=float(row["median"]),
            n=int(row["size"]),
            last_version=str(row["last"]),
        )
        for row in ordered.to_dict("records")
    )


def _last_version(versions: pd.Series[str]) -> str:
    """Return the highest version by its numbers; as text 2.9 would come after 2.10."""
    return max(versions, key=lambda version: tuple(map(int, re.findall(r"\d+", version))))


def _median(days: pd.Series[int], ended: int, level: float) -> Estimate:
    """Take the median; a port that came before the release did not wait."""
    waits = pd.DataFrame(
        {"duration": days.clip(lower=0), "ended": [place < ended for place in range(len(days))]}
    )
    return survival.estimate_median(waits, level=level, unit=units.DAYS)
