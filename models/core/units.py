"""Units as a reader sees them, each written once.

A number is compared with another only if both have the same unit, so that two spellings of
one unit would part numbers that belong together.
"""

TIMES = "times"
TIMES_A_YEAR = "times a year"
ORDERS = "orders of magnitude"
ORDERS_A_YEAR = "orders of magnitude a year"
POINTS = "points"
POINTS_A_YEAR = "points a year"
SHARE = "share"  # between 0 and 1, shown as a percentage
PERCENT = "%"
SHARE = "share"  # from 0 to 1, also a probability; read as a percentage
PERCENTAGE_POINTS = "percentage points"
DAYS = "days"
MONTHS = "months"
YEARS = "years"
CALENDAR_YEAR = "calendar year"
H100E = "H100e"  # computing power in chips of the type H100
