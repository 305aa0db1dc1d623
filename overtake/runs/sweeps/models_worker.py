"""One batch of points in a process of its own: the task comes in, and numbers go out, as JSON."""

import importlib
import json
import sys
from dataclasses import asdict

from overtake.data import tables


def main() -> None:
    """Call the function that the task names, and write its numbers as JSON."""
    task = json.load(sys.stdin)
    module, _, name = task["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    loaded = {table: tables.load(table) for table in task["tables"]}
    found = function(loaded, task["parameters"])
    rows = [
        [{"name": name, **asdict(estimate)} for name, estimate in numbers.items()]
        for numbers in found
    ]
    json.dump(rows, sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main()
