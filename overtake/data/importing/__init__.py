"""From the publishers' files to the project's own tables.

`import_tables` reads a folder of downloads, builds every table that its files
allow, checks them all, and only then replaces what was there. A newer download
is imported the same way, and the report says what changed.
"""

from overtake.data.importing import epoch, world  # noqa: F401  (importing registers their tables)
from overtake.data.importing.framework import ImportReport, TableChange, import_tables
from overtake.data.importing.package import assemble

__all__ = ["ImportReport", "TableChange", "assemble", "import_tables"]
