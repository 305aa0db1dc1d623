"""Runs: identity, execution, store, words, comparison, scenarios, sweeps."""
