"""How high the water stands."""
