"""Build the book cold, in a clone, where there is no network: ``make offline-check``."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from overtake.core.paths import Project
from tests.reproducibility import worlds
from tests.reproducibility.worlds import FIRST


def main() -> None:
    """Build, and fail if that can't be done without a network, or not be tried."""
    if not worlds.can_be_offline():
        sys.exit("no network namespace can be made here: Linux with unshare and ip is needed")
    with TemporaryDirectory(prefix="offline-") as folder:
        root = Path(folder) / "book"
        source = Project.find().root
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", source, root], check=True)
        worlds.build(replace(FIRST, is_offline=True), root, Path(sys.executable), None)
        print(f"{sum(1 for _ in (root / '_build' / 'html').rglob('*.html'))} pages, no network")


if __name__ == "__main__":
    main()
