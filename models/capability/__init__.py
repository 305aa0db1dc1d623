"""How capable the models are, how far one side trails the other, and what compute buys."""
