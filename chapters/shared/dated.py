"""The day of the questions that stand beside the headline judgements."""

WATCHED_UNTIL = "2027-09-30"
"""Last quarter's end within twelve months of the judgements."""
LAST_FULL_YEAR = "2026-12-31"
"""End of the year that tables of whole years settle within twelve months."""
