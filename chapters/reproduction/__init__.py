"""Whether the results of others come back."""
