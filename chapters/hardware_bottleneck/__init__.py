"""How far hardware, and what makes it, holds China back."""
