"""What the chapters on the race share."""

TABLES = ("capability_index", "ai_models", "chips_owned", "chips_sold")
"""What the joint model is fitted on, for the source lines of its figures."""
