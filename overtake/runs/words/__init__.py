"""Words of the book, rendered from facts when a page is read."""
