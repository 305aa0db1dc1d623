"""Where compute comes from: chips in use, tools that make them, power that feeds them."""
