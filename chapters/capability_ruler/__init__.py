"""Sections of the chapter on the capability index as a ruler."""
