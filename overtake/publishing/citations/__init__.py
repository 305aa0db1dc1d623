"""Citations of the book, a chapter, a table, a figure or a headline number."""
