"""The machinery of the book: parameters, runs, figures, tables."""
