"""Tables from Epoch AI's files (CC BY 4.0 and MIT): models, hardware, benchmarks."""

from overtake.data.importing.epoch import benchmarks, hardware, models

__all__ = ["benchmarks", "hardware", "models"]
