"""Small tables whose answers are known in advance."""

from collections.abc import Sequence

import pandas as pd

Day = str | None


def releases(*rows: tuple[str, str, str, str, str, str, str]) -> pd.DataFrame:
    """Rows of upstream, port, country, version, its day, stage and the port's day."""
    columns = [
        "upstream", "port", "maker_country", "upstream_version", "upstream_date", "stage",
        "port_date",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).assign(maker="A maker")
    days = {name: pd.to_datetime(frame[name]) for name in ("upstream_date", "port_date")}
    return frame.assign(**days)


def support(rows: Sequence[tuple[str, str, Day, Day]], until: str = "2026-06-30") -> pd.DataFrame:
    """Rows of country, first day, day of documented support, and of the first mention in code."""
    columns = ["developer_country", "registered", "documented", "first_in_code"]
    frame = pd.DataFrame(rows, columns=columns)
    days = frame[columns[1:]].apply(pd.to_datetime)
    names = [f"m{place}" for place in range(len(frame))]
    return frame.assign(model=names, watched_until=pd.Timestamp(until), **days)


def training(*rows: tuple[str, str | None, str, str | None, float | None]) -> pd.DataFrame:
    """Rows of model, country, date, countries of the chips' makers, and share of peak."""
    columns = ["model", "country", "date", "chip_countries", "flop_utilisation"]
    frame = pd.DataFrame(rows, columns=columns)
    chips = frame["chip_countries"].map(
        {"CHN": "Huawei Ascend 910B", "USA": "NVIDIA A100", "CHN;USA": "NVIDIA A100;Ascend 910"},
        na_action="ignore",
    )
    return frame.assign(
        date=pd.to_datetime(frame["date"]),
        domain="Language",
        base_model=None,
        organization="Huawei Cloud",
        training_hardware=chips,
        training_compute_flop=[1e24 + place for place in range(len(frame))],
    )
