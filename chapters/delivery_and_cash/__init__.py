"""Sections of the chapter on what serves users, and on money."""
