"""Figures that readers can explore: hover for values, zoom in time, hide a country.

A chart is declared in `overtake.book.interactive.charts` over the columns of its
figure's CSV; the page carries those rows, and `theme/interactive.js` draws them
when the reader asks. See ``docs/interactive.md``.
"""
