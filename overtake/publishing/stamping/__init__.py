"""What a picture says of itself, and whether it is still the run's.

The pictures in a run's folder stay as they are: a run can't name itself.
`add` makes stamped copies of them (`site` those of the book); `identify` reads one found anywhere.
A stamp is no signature: who wants to can write another. What proves a figure
is to repeat its run.
"""

from overtake.publishing.stamping.identification import (
    Condition,
    Identification,
    identify,
    identify_file,
)
from overtake.publishing.stamping.pictures import KINDS, add
from overtake.publishing.stamping.stamp import Stamp

__all__ = ["KINDS", "Condition", "Identification", "Stamp", "add", "identify", "identify_file"]
