"""The book by plain Sphinx 9, without Jupyter Book 1, whose last release pins Sphinx 7."""
