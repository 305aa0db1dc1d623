"""All that a chapter may call, besides tables and style."""
