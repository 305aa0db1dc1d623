"""Which models Epoch AI compared in January 2025, from the files that are public.

The published notebook ranks models of every domain, keeps the language models
among the ten largest of their side, and leaves some out by name; the names are
its own (Epoch AI 2025, "China's AI models: trends in training compute").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from models.core.frontier import mark_top_n

if TYPE_CHECKING:
    from models.core.timescale import Moment

SMALL = (
    "JIANG", "FLM-101B", "Qwen-7B", "Baichuan2-13B", "Nanbeige-16B", "Skywork-13B",
    "Qwen-14B", "CodeFuse-13B", "BlueLM 70B",
)  # fmt: skip
"""Small Chinese models of 2023, left out after the ten largest were chosen."""

FINE_TUNED = (
    "MOSS-Moon-003", "TigerBot-70B", "Qwen2.5 Instruct (72B)", "WizardLM-7B",
    "DeepSeek-Coder-V2 236B",
)  # fmt: skip
"""Fine-tuned models, left out before."""

_GO_PROGRAMS = ("AlphaGo Master", "AlphaGo Zero")
CHINA = "CHN|HKG"
"""Pattern of countries that count as China: the mainland or Hong Kong."""

_COMPUTE = "training_compute_flop"


def select_candidates(language_models: pd.DataFrame, notable: pd.DataFrame) -> pd.DataFrame:
    """Return all models that may be among the largest: language models and other domains.

    Parameters
    ----------
    language_models : DataFrame
        Table ``language_models_2025_04``.
    notable : DataFrame
        Table ``ai_models``, of which the models of other domains are taken.
    """
    others = notable[~notable["language_model"].fillna(value=False)].dropna(subset=[_COMPUTE])
    others = others[~others["model"].isin(_GO_PROGRAMS)]
    return pd.concat([language_models, others], ignore_index=True).drop_duplicates("model")


def mark_chinese(models: pd.DataFrame, countries: str = CHINA) -> pd.Series[bool]:
    """Mark models whose countries match; by default any organisation in China or Hong Kong."""
    return models["countries"].fillna("").str.contains(countries).astype(bool)


def select_published_sides(
    models: pd.DataFrame, *, top: int, since: Moment, until: Moment
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the Chinese models and the others that the published trends rest on.

    Parameters
    ----------
    models : DataFrame
        From `select_candidates`: model, countries, date, language_model, training_compute_flop.
    top : int
        Largest runs of a side, at a model's own date, that count.
    since, until : str, date or Timestamp
        First and last day; models before the first still count for the ranking.

    Raises
    ------
    ModelInputError
        If a column is missing or a value is not positive.
    """
    seen = models[(models["date"] <= pd.Timestamp(until)) & ~models["model"].isin(FINE_TUNED)]
    chinese = mark_chinese(seen)
    china, others = (
        select_largest(seen[mask], top=top, since=since) for mask in (chinese, ~chinese)
    )
    return china[~china["model"].isin(SMALL)], others


def select_largest(side: pd.DataFrame, *, top: int, since: Moment) -> pd.DataFrame:
    """Return the language models that were among a side's largest at their own date.

    Parameters
    ----------
    side : DataFrame
        Models of one side, of every domain, from the first on.
    top : int
        Largest runs, at a model's own date, that count.
    since : str, date or Timestamp
        Last day that is left out of the answer; earlier models count for the ranking.

    Raises
    ------
    ModelInputError
        If a column is missing or a value is not positive.
    """
    side = side[mark_top_n(side, top=top)]
    recent = side["date"] > pd.Timestamp(since)
    return side[recent & side["language_model"].fillna(value=False)]
