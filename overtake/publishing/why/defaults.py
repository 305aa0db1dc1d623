"""What is asked if nothing else is said."""

NOW = "now"
"""What the checkout is called, as its files are, committed or not."""
OTHER_SEEDS = 3
"""With how many other seeds each end is run, to know what chance does."""
