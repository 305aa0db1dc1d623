"""The models that the chapter compares, and how their premium is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
from models.capability import sparsity
from models.capability.compute_efficiency import Premium, estimate_premium
from models.compute.compute_disclosure import assume_compute

from chapters.shared import capability
from chapters.shared.countries import PAIR

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPUTE, DEVELOPER = capability.COMPUTE, capability.DEVELOPER


@dataclass(frozen=True)
class ComparedModels:
    """Models of the capability index, from all that have a date to those that are compared.

    Attributes
    ----------
    dated : pandas.DataFrame
        All with a date of release; beside the index's columns `developer`,
        `open_weights`, `coding` and `distilled`.
    recent : pandas.DataFrame
        Of those, released since `since`.
    pair : pandas.DataFrame
        Of those, of the United States or China alone.
    known : pandas.DataFrame
        Of those, with enough known training compute; with open weights if so chosen.
    since : pandas.Timestamp
        First day of release that counts.
    """

    dated: pd.DataFrame
    recent: pd.DataFrame
    pair: pd.DataFrame
    known: pd.DataFrame
    since: pd.Timestamp


def select_models(
    index: pd.DataFrame,
    distilled: pd.DataFrame,
    *,
    start_year: int,
    minimum_compute_flop: float,
    weights: Literal["all", "open"],
) -> ComparedModels:
    """Select the models of the comparison at equal compute.

    Parameters
    ----------
    index : pandas.DataFrame
        Table ``capability_index``.
    distilled : pandas.DataFrame
        Table ``distilled_models``; a model counts as distilled if all of its versions that
        were judged are, and one that no one judged does not.
    start_year : int
        First year of release that counts.
    minimum_compute_flop : float
        Smallest training compute that counts, FLOP.
    weights : {"all", "open"}
        All models, or those with open weights only.
    """
    dated = _describe(index[index["date"].notna()], distilled)
    recent = dated[dated["date"].dt.year >= start_year]
    pair = recent[recent["country"].isin(PAIR)]
    known = pair[pair[COMPUTE] >= minimum_compute_flop]
    if weights == "open":
        known = known[known["open_weights"]]
    return ComparedModels(dated, recent, pair, known, pd.Timestamp(start_year, 1, 1))


def measure_premium(
    frame: pd.DataFrame,
    *,
    level: float,
    quantity: str = COMPUTE,
    controls: Sequence[str] = (),
) -> Premium:
    """Measure the Chinese premium on the index as the whole chapter does.

    Parameters
    ----------
    frame : pandas.DataFrame
        Models as in `ComparedModels`, with known `quantity`.
    level : float
        Of the intervals.
    quantity : str
        Column of the resource that is held equal.
    controls : sequence of str
        Further columns that are held equal.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 models.
    """
    return estimate_premium(
        frame, quantity=quantity, controls=controls, cluster=DEVELOPER, level=level
    )


def fill_silent_models(pair: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Give each US model without known compute a multiple of its country's trend.

    Silent Chinese models are put at the trend of the known Chinese ones.

    Parameters
    ----------
    pair : pandas.DataFrame
        Models as in `ComparedModels`.
    factor : float
        Multiple of the trend.
    """
    return assume_compute(pair, {"USA": factor, "CHN": 1.0})


def read_active_shares(ai_models: pd.DataFrame) -> pd.DataFrame:
    """Read the active share of large language models off their training compute.

    Parameters
    ----------
    ai_models : pandas.DataFrame
        Table ``ai_models``.
    """
    return sparsity.infer_active_share(ai_models[ai_models["language_model"]])


def _describe(models: pd.DataFrame, distilled: pd.DataFrame) -> pd.DataFrame:
    """Add to each model its developer and what kind of model it is."""
    learnt = distilled.groupby("model")["distilled"].min().astype(bool)
    return models.assign(
        developer=capability.name_developers(models["organization"]),
        open_weights=models["open_weights"].fillna(value=False).astype(bool),
        coding=models["model"].str.contains("Coder", regex=False),
        distilled=models["model"].isin(learnt.index[learnt]),
    )
