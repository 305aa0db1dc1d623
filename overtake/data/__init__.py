"""Tables: loaded, checked, imported."""
