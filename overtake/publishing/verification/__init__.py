"""Proof: a run is repeated from its recorded inputs and compared with what is on record.

`subject.named` turns what a reader has (an id, a citation, a picture, a crate)
into runs on record; `proof.verify` repeats and compares them; `outcomes` is
what the pages show of it.
"""
