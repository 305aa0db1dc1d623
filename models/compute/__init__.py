"""How much compute two countries train with: the gap, the lag, and what goes unreported."""
