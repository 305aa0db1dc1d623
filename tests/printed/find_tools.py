"""Find what PDFs need and what checks EPUBs, or bring it.

With ``--install`` it asks the system's package manager, where that needs no
password, and says in one line if that does not work.
"""

import argparse
import ctypes.util
import os
import shutil
import subprocess
from pathlib import Path

_EPUBCHECK_JAR = Path("/usr/share/java/epubcheck.jar")
_PACKAGES = {
    "pango": {"apt-get": "libpangoft2-1.0-0", "brew": "pango"},
    "epubcheck": {"apt-get": "epubcheck", "brew": "epubcheck"},
}


def epubcheck() -> list[str] | None:
    """Return the command that checks an EPUB, or None."""
    if _EPUBCHECK_JAR.is_file() and (java := shutil.which("java")):
        return [java, "-jar", str(_EPUBCHECK_JAR)]
    found = shutil.which("epubcheck")
    return [found] if found else None


def is_there(tool: str) -> bool:
    if tool == "pango":
        return ctypes.util.find_library("pangoft2-1.0") is not None
    return epubcheck() is not None


def install(tool: str) -> bool:
    """Bring a tool, if the package manager asks for no password."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        package = _PACKAGES[tool]["apt-get"]
        commands = [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
        ]
    elif shutil.which("brew"):
        commands = [["brew", "install", "--quiet", _PACKAGES[tool]["brew"]]]
    else:
        return False
    done = [subprocess.run(c, check=False, capture_output=True).returncode for c in commands]
    return not any(done) and is_there(tool)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="bring the tool if it is absent")
    parser.add_argument("tool", choices=sorted(_PACKAGES))
    arguments = parser.parse_args()
    if is_there(arguments.tool) or (arguments.install and install(arguments.tool)):
        return
    print(
        f"{arguments.tool} is not here and could not be installed; your system's packages have it"
    )


if __name__ == "__main__":
    main()
