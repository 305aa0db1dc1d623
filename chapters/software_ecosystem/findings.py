"""What the chapter finds: headline numbers and the formal test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overtake.chapter.results import FormalTest, Number

from chapters.software_ecosystem.obstacle import CLAIM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chapters.software_ecosystem.model_waits import ModelWaits
    from chapters.software_ecosystem.peak_shares import PeakShares
    from chapters.software_ecosystem.release_lags import ReleaseLags


def collect_numbers(
    lags: ReleaseLags, waits: ModelWaits, shares: PeakShares, *, data_until: Mapping[str, str]
) -> dict[str, Number]:
    """Return the chapter's headline numbers by name.

    Parameters
    ----------
    lags, waits, shares
        Facts of the chapter's sections.
    data_until : mapping of str to str
        Day to which each table's data reach.
    """
    return {
        "model_wait": Number(waits.median, data_until["model_support"]),
        "framework_wait": Number(lags.ascend, data_until["port_releases"]),
        "serving_share": Number(shares.serving_ratio, data_until["serving_benchmarks"]),
        "writing_by_bandwidth": Number(
            shares.decode_by_bandwidth, data_until["serving_benchmarks"]
        ),
        "training_share": Number(shares.training_ratio, data_until["training_hardware"]),
    }


def list_tests(waits: ModelWaits) -> dict[str, FormalTest]:
    """Return the chapter's formal test by id."""
    return {"software-origins": FormalTest(waits.test, claim=CLAIM)}
