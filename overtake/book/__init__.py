"""Runs into pages: the Sphinx extension."""
