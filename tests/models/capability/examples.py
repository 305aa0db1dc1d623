"""Two countries' models by hand."""

import pandas as pd

from tests.models.simulated import trail

USA = trail(
    "USA",
    ["2023-01-01", "2023-07-01", "2024-01-01", "2025-01-01"],
    [100, 110, 120, 130],
)


CHN = trail("CHN", ["2023-03-01", "2024-01-01", "2024-10-01", "2025-02-01"], [90, 105, 104, 120])


BOTH = pd.concat([USA, CHN], ignore_index=True)
