"""How much power AI data centres have, and how soon they get it."""
