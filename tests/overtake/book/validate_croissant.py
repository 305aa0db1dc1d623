"""Read descriptions in Croissant and all rows; executed in an environment with mlcroissant.

The arguments are paths of descriptions beside their CSV files. Printed are, for each, what
mlcroissant complains of, and its number of rows.
"""

import sys

import mlcroissant

for path in sys.argv[1:]:
    data = mlcroissant.Dataset(jsonld=path)
    issues = data.metadata.ctx.issues
    for issue in (*issues.errors, *issues.warnings):
        print(data.metadata.name, issue)
    print(data.metadata.name, sum(1 for _ in data.records("rows")))
