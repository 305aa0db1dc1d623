"""The figures that can be explored, and why these.

A figure is here if a reader will ask of it what a picture can't answer: which
model is that dot, what is the value in that year, what without that country.
"""

from collections.abc import Mapping
from types import MappingProxyType

from overtake.book.interactive.spec import Axis, Chart, Column, Layer, Level
from overtake.chapter.style import TEXT_COLOUR

_BOTH = ("USA", "CHN")
COUNTRY_NAMES = {"USA": "United States", "CHN": "China"}
COUNTRY_COLOURS = {"USA": "#0072B2", "CHN": "#D55E00"}
_CHINA = COUNTRY_COLOURS["CHN"]
_LIN_BELOW = 0.2  # Lin Junyang's "less than 20%"


def _points(code: str, y: str) -> Layer:
    return Layer(COUNTRY_NAMES[code], COUNTRY_COLOURS[code], y, {"country": code}, "points")


_RUNS = Chart(
    figure="hardware-growth",
    why="Each of the dots is a model with a name, a day and a compute that the picture can't say.",
    x=Axis("date", "Publication of the model", kind="date"),
    y=Axis("training_compute_flop", "Training compute (FLOP)", scale="log"),
    layers=tuple(_points(code, "training_compute_flop") for code in _BOTH),
    details=(Column("model"),),
    note="The fitted lines and their bands stand in the picture.",
)

_STOCK = Chart(
    figure="hardware-stock",
    why="On a logarithmic scale nobody reads the stock of a year, or its interval, from a picture.",
    x=Axis("year", "End of year"),
    y=Axis("median", "Stock of compute (million H100e)", scale="log"),
    layers=tuple(
        Layer(
            COUNTRY_NAMES[code],
            COUNTRY_COLOURS[code],
            "median",
            {"country": code},
            "line",
            interval=("low", "high"),
            inner=("q25", "q75"),
        )
        for code in _BOTH
    ),
    interval="prediction interval",
    levels=(Level("x", "euv_volume_year", "EUV in volume"),),
)

_FRONTIERS = Chart(
    figure="forecast-frontiers",
    why="Which day was each record, and how high? The steps of 2025 lie too close to tell.",
    x=Axis("date", "Release date", kind="date"),
    y=Axis("eci", "Capability index, points"),
    layers=tuple(
        Layer(COUNTRY_NAMES[code], COUNTRY_COLOURS[code], "eci", {"country": code}, "steps")
        for code in _BOTH
    ),
)

_LAG = Chart(
    figure="capability-lag",
    why="Each lag is a pair: the Chinese record and the US model that had the score before.",
    x=Axis("date", "Release of the Chinese record", kind="date"),
    y=Axis("lag_months", "Months behind the US"),
    layers=(
        Layer("Lag", _CHINA, "lag_months", {"status": "lag"}, "points"),
        Layer("Lag, at least", _CHINA, "lag_months", {"status": "lag_at_least"}, "triangles"),
        Layer("Lead", _CHINA, "lag_months", {"status": "lead"}, "points"),
        Layer("Lead, at least", _CHINA, "lag_months", {"status": "lead_at_least"}, "triangles"),
    ),
    details=(
        Column("model"),
        Column("score", "Score, index points", kind="number"),
        Column("leader_model", "First US model with it"),
        Column("leader_date", "Released"),
    ),
    note="Triangles are bounds: the first US model of the index was better already. "
    "Epoch AI's mean and range stand in the picture.",
)

_PREMIUM = Chart(
    figure="premium",
    why="Which models lie far above or below what their compute predicts?",
    x=Axis("date", "Release", kind="date"),
    y=Axis("points", "Index points above the US line"),
    layers=tuple(_points(code, "points") for code in _BOTH),
    details=(Column("model"),),
    levels=(Level("y", 0.0, "US line"),),
)

_PROBABILITY = Chart(
    figure="forecast-probability",
    why="The answer of the book: the chance of each year with its interval, one model at a time.",
    x=Axis("date", "10 January of the year", kind="date"),
    y=Axis("ever", "Chance, %", kind="share", limits=(0.0, 1.0)),
    layers=(
        Layer(
            "Random walk, has led by then",
            TEXT_COLOUR,
            "ever",
            {"model": "random walk"},
            "dotted line",
            interval=("ever_low", "ever_high"),
            interval_as="words",
        ),
        Layer(
            "Leads on that day",
            _CHINA,
            "terminal",
            {"model": "joint"},
            "dotted line",
            stroke="dashed",
            interval=("terminal_low", "terminal_high"),
            interval_as="words",
        ),
        Layer(
            "Has led by then",
            _CHINA,
            "ever",
            {"model": "joint"},
            "dotted line",
            interval=("ever_low", "ever_high"),
        ),
    ),
    interval="credible interval",
    levels=(
        Level("y", "likely_from", "Yao: “high likelihood”"),
        Level("y", _LIN_BELOW, "Lin: “less than 20%”"),
    ),
)

CHARTS: Mapping[str, Chart] = MappingProxyType(
    {chart.figure: chart for chart in (_RUNS, _STOCK, _FRONTIERS, _LAG, _PREMIUM, _PROBABILITY)}
)
"""Interactive charts by the id of their figure."""
