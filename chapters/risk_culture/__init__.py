"""Whether young Chinese founders, and their money, take more risk: what decides it."""
