"""Who leads by when: the joint race, its rivals, its tests and the forecasts made from it."""
