"""What leaves the house: citations, proof, releases, newer data."""
