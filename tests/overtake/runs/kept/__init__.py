"""Tests of the results that are kept."""
