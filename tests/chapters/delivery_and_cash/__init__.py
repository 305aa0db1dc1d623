"""Whether the chapter on delivery and cash says what its inputs mean."""
