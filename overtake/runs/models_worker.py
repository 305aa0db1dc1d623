"""A process that computes points of a sweep by a chapter's models, many after one start.

It imports what models need and no machinery of runs. A task comes first, then sets of
parameters, some at a time; their numbers go back. All are lines of JSON.
"""

import importlib
import json
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from overtake.data import tables


def serve(asked: TextIO, told: TextIO) -> None:
    """Answer lines of parameters with lines of numbers until there are no more.

    Parameters
    ----------
    asked : TextIO
        First the task: `function` as ``module:name``, and names of `tables`. Then lists of
        complete parameters.
    told : TextIO
        For each list a line: for each set of parameters a list of numbers.
    """
    task = json.loads(asked.readline())
    module, _, name = task["function"].partition(":")
    prepare = getattr(importlib.import_module(module), name)
    compute = prepare({table: tables.load(table) for table in task["tables"]})
    for line in asked:
        rows = [_rows(numbers) for numbers in compute(json.loads(line))]
        print(json.dumps(rows, allow_nan=False), file=told, flush=True)


def _rows(numbers: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, **vars(estimate)} for name, estimate in numbers.items()]


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # what a model prints is no answer
    serve(sys.stdin, answers)
