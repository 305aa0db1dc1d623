"""A page for every figure, with its data, its citation, and what programs read of it."""
