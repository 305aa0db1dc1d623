"""The book in other forms: one PDF, one EPUB, and a brief of one page."""
