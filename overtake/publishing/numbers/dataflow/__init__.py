"""A chapter's code read as what each value is made of; nothing is executed or imported."""
