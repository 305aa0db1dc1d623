"""Whether scarce compute has made Chinese models leaner."""
