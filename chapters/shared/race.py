"""What the chapters on the race share."""

TABLES = ("capability_index", "ai_models", "chips_owned", "chips_sold")
"""What the joint model is fitted on, for the source lines of its figures."""
DRAWS = 4000
"""Draws of what is fitted that the published forecast has, and the sliders where they start."""
