"""The chapters of the second book: their sections and parameters."""
