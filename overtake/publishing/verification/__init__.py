"""Proof: a run is repeated from its recorded inputs and compared with what is on record."""
