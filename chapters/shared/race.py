"""What the chapters on the race share."""

from models.supply.power_data import PUBLISHED_SYSTEM
from overtake.data.used import Used

OF_PATHS: tuple[str | Used, ...] = (
    "capability_index",
    "ai_models",
    "chips_owned",
    "chips_sold",
    "electricity",
    "data_centers",
    "data_center_timelines",
    "data_center_plans_2026_01",
    "ai_chips",
    Used("published_estimates", {"id": PUBLISHED_SYSTEM}),
)
"""What the joint model is fitted on, for the source lines of its figures."""
TABLES = (*OF_PATHS, "index_scores", "index_vintages")
"""Those, and what the error of the index is measured on, by more than which a lead counts."""
