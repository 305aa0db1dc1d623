"""Rules across columns, each by the name that a descriptor gives under ``rules``."""

import pandas as pd

from overtake.data.tables import rule


@rule("h100e_p5", "h100e_p50", "h100e_p95")
def percentiles_in_order(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require 5th percentile <= median <= 95th percentile, or a median alone."""
    low, middle, high = (frame[f"h100e_p{p}"] for p in (5, 50, 95))
    return ((low <= middle) & (middle <= high)) | (low.isna() & high.isna())


@rule("owner", "maker", "quarter_end", "h100e_p50")
def cumulative(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that the median of a cumulative series never falls."""
    holders = [c for c in ("owner", "maker") if c in frame]
    steps = frame.sort_values("quarter_end").groupby(holders)["h100e_p50"].diff()
    return ~(steps < 0).reindex(frame.index)


@rule("country", "countries")
def country_of_all(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that `country` is empty unless it is the only one of `countries`."""
    alone = (frame["countries"] == frame["country"]).fillna(value=False).astype(bool)
    return frame["country"].isna() | alone


@rule("programme", "milestone", "date")
def prototype_before_volume(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that a lithography generation has its prototype before volume production."""
    prototypes = frame[frame["milestone"] == "prototype"].groupby("programme")["date"].min()
    known = frame["programme"].map(prototypes)
    return (
        (frame["milestone"] != "first_volume_production") | known.isna() | (frame["date"] > known)
    )


@rule("operators", "native", "composite_only", "missing")
def operators_add_up(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that every operator has a kernel, has a form for any chip, or is missing."""
    return frame["operators"] == frame[["native", "composite_only", "missing"]].sum(axis=1)


@rule("registered", "documented", "watched_until")
def documented_after_registered(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Require that support comes no earlier than the model, and within the time watched."""
    came = frame["documented"].fillna(frame["watched_until"])
    return (came >= frame["registered"]) & (came <= frame["watched_until"])
