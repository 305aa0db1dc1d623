"""What it costs to serve a language model, what saves on it, and how its price falls."""
