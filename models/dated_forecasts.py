"""The address at which forecasts of the log are settled that name it; its lines never change."""

from models.race.dated_forecasts import settle

__all__ = ["settle"]
