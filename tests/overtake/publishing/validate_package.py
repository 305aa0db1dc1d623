"""Validate a data package with its files; executed in an environment with frictionless.

The argument is the path of ``datapackage.json``. Every error is printed.
"""

import sys

import frictionless

report = frictionless.validate(sys.argv[1])
for title, problem in report.flatten(["title", "message"]) if not report.valid else ():
    print(title, problem)
print(report.stats["tasks"], "tables")
