"""How readers find things: search, old addresses that keep working, links that lead somewhere."""
