"""Newer data from the publishers: fetched, compared, and put in place if that is asked for."""
