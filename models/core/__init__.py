"""What every family builds on: estimates, regressions, trends, draws and verdicts."""
