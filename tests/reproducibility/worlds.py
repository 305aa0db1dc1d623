"""Surroundings that a build must not depend on, and builds in them."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from overtake.core.paths import ROOT_VARIABLE

_DAY_SECONDS = 86_400
_SHIFTS_CALENDAR = Path(__file__).with_name("another_day.c")
_BUILD = ("build", ".", "-W", "-n", "--keep-going")
_LAST_CHARACTERS = 4000


@dataclass(frozen=True)
class World:
    """What surrounds a build.

    Attributes
    ----------
    name : str
        Name of the folder that the project lies in.
    timezone, locale, hash_seed : str
        ``TZ``, ``LC_ALL`` and ``PYTHONHASHSEED``.
    shifted_days : int
        How far the calendar is off today.
    umask : int
        Which permissions new files don't get.
    processors : int or None
        How many it may use; all if None.
    user : str or None
        Who builds; whoever calls if None. Only root can choose.
    is_offline : bool
        Whether it has no network but itself.
    """

    name: str
    timezone: str
    locale: str
    hash_seed: str
    shifted_days: int
    umask: int
    processors: int | None = None
    user: str | None = None
    is_offline: bool = False


FIRST = World("here", "Pacific/Kiritimati", "C.UTF-8", "1", 400, 0o022)
SECOND = World(
    "some where/else",
    "America/Anchorage",
    "C",
    "4242",
    -2700,
    0o077,
    processors=1,
    user="nobody",
    is_offline=True,
)


def build(world: World, root: Path, python: Path, calendar: Path | None) -> None:
    """Build the book of a project in a world, with nothing of ours in its environment.

    Parameters
    ----------
    world : World
        The surroundings.
    root : pathlib.Path
        The project; it is given to the world's user.
    python : pathlib.Path
        The interpreter, of an environment that the user can read.
    calendar : pathlib.Path or None
        What `calendar_shift` has compiled; None leaves today's date.

    Raises
    ------
    RuntimeError
        If the build fails; holds the end of what it said.
    """
    _home(root).mkdir(exist_ok=True)
    if world.user:
        account = pwd.getpwnam(world.user)
        _give(root.parent, account.pw_uid, account.pw_gid)
    done = call(world, [str(python.with_name("jupyter-book")), *_BUILD], root, calendar)
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")
        raise RuntimeError(f"the build in world {world.name!r} fails:\n{said[-_LAST_CHARACTERS:]}")


def call(
    world: World, command: Sequence[str], root: Path, calendar: Path | None
) -> "subprocess.CompletedProcess[bytes]":
    """Call a command in a world, in a project's folder."""
    return subprocess.run(
        [*_without_network(world), *_as_user(world), *_on_processors(world), *command],
        cwd=root,
        env=_environment(world, root, calendar),
        umask=world.umask,
        capture_output=True,
        check=False,
    )


def calendar_shift(folder: Path) -> Path | None:
    """Compile what shifts the calendar; None where that can't be done."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        return None
    library = folder / "another_day.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", library, _SHIFTS_CALENDAR, "-ldl"], check=True
    )
    library.chmod(0o755)
    return library


def can_build(user: str, python: Path, folder: Path) -> bool:
    """Whether we may become a user who can run an interpreter's build command, and enter a folder.

    Parameters
    ----------
    user : str
        Name of the user.
    python : pathlib.Path
        The interpreter.
    folder : pathlib.Path
        Where to build.
    """
    if os.geteuid() != 0:
        return False
    can = (
        "import os, sys, jupyter_book;"
        "sys.exit(not all(os.access(path, os.X_OK) for path in sys.argv[1:]))"
    )
    needed = [str(python.with_name("jupyter-book")), str(folder)]
    return _succeeds([*_become(user), str(python), "-c", can, *needed])


def can_be_offline() -> bool:
    """Whether we may make a network namespace, in which only the loopback device is up."""
    return _succeeds([*_namespace(), "true"])


def _environment(world: World, root: Path, calendar: Path | None) -> dict[str, str]:
    shift = {
        "LD_PRELOAD": str(calendar),
        "SHIFTED_SECONDS": str(world.shifted_days * _DAY_SECONDS),
    }
    return {
        "PATH": os.defpath,
        "HOME": str(_home(root)),
        "TZ": world.timezone,
        "LC_ALL": world.locale,
        "PYTHONHASHSEED": world.hash_seed,
        "PYTHONPATH": str(root),
        ROOT_VARIABLE: str(root),
        **(shift if calendar else {}),
    }


def _home(root: Path) -> Path:
    return root.parent / "home"


def _without_network(world: World) -> list[str]:
    return _namespace() if world.is_offline else []


def _namespace() -> list[str]:
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *rights, "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


def _as_user(world: World) -> list[str]:
    return _become(world.user) if world.user else []


def _become(user: str) -> list[str]:
    account = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _on_processors(world: World) -> list[str]:
    taskset = shutil.which("taskset")
    if world.processors is None or taskset is None:
        return []
    allowed = sorted(os.sched_getaffinity(0))[: world.processors]
    return [taskset, "-c", ",".join(map(str, allowed))]


def _give(folder: Path, user: int, group: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)
