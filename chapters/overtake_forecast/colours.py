"""Colours that several figures of the chapter share."""

from overtake.chapter import style

POOL = style.CATEGORY_COLOURS[0]
"""Of the pool of methods, in every figure."""
