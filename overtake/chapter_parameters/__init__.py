"""The parameters of each chapter; the chapters' notebooks repeat names and defaults."""

from collections.abc import Mapping
from types import MappingProxyType

from overtake.chapter_parameters.efficiency_through_scarcity import EfficiencyThroughScarcity
from overtake.chapter_parameters.forecast_explorer import ForecastExplorer
from overtake.chapter_parameters.hardware_bottleneck import HardwareBottleneck
from overtake.chapter_parameters.overtake_forecast import OvertakeForecast
from overtake.chapter_parameters.reproduction import Reproduction
from overtake.chapter_parameters.risk_culture import RiskCulture
from overtake.errors import ProjectError
from overtake.parameters import ChapterParameters

DECLARATIONS: Mapping[str, type[ChapterParameters]] = MappingProxyType(
    {
        "hardware-bottleneck": HardwareBottleneck,
        "efficiency-through-scarcity": EfficiencyThroughScarcity,
        "risk-culture": RiskCulture,
        "overtake-forecast": OvertakeForecast,
        "reproduction": Reproduction,
        "forecast-explorer": ForecastExplorer,
    }
)
"""Declaration by chapter name."""


HOMONYMS = frozenset({"first_year"})
"""Names that mean something else in each chapter."""

SYNONYMS: Mapping[str, str] = MappingProxyType({"us_compute_growth": "us_inflow_growth"})
"""Names that mean the same in another chapter under another name."""


def of_chapter(name: str) -> type[ChapterParameters]:
    """Return the declaration of a chapter.

    Raises
    ------
    ProjectError
        If the chapter declares no parameters.
    """
    if name not in DECLARATIONS:
        raise ProjectError(
            f"chapter {name!r} has no declaration in overtake/chapter_parameters/; "
            f"there are: {', '.join(sorted(DECLARATIONS)) or 'none'}"
        )
    return DECLARATIONS[name]
