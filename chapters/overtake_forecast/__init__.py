"""Whether and when a Chinese firm leads."""
