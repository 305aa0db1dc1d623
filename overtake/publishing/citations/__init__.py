"""Citations of the book, a chapter, a table or a figure."""
