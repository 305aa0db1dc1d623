"""How far a run is: the section that it is at, and the time that is left at most."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from overtake.runs.kept.report import Began, Made, Tell
from overtake.runs.runs import Run


class SectionProgress:
    """Reckons with the seconds that each function took in a run like this one.

    What is found needs no time, and what takes as long as then is not known before: the time
    left is an upper bound.
    """

    def __init__(self, likely: Run | None) -> None:
        self._left = defaultdict[str, float](float)
        for made in likely.report.made if likely else ():
            self._left[made.function] += made.seconds
        self._total = sum(self._left.values())
        self._lock = threading.Lock()
        self.sentence = "starting"

    @property
    def share(self) -> float:
        """How much of the work is done or was not needed, of 1."""
        return 1 - sum(self._left.values()) / self._total if self._total else 0.0

    def hear(self, news: Began | Made) -> None:
        """Take note of a call that begins or that was made."""
        with self._lock:
            if isinstance(news, Made):
                self._left.pop(news.function, None)
                return
            name = ".".join(news.function.rsplit(".", 2)[-2:])
            left = sum(self._left.values())
            self.sentence = f"{name}, at most {left:.0f} s left" if self._total else name


@contextmanager
def of_sections(likely: Run | None) -> Iterator[Tell]:
    """Show on a terminal how far runs are; yield what has to hear of their calls.

    `likely` is a run that took about as long, if there is one.
    """
    reckoned = SectionProgress(likely)
    with _bar() as bar:
        task = bar.add_task(reckoned.sentence, total=1.0)

        def hear(news: Began | Made) -> None:
            reckoned.hear(news)
            bar.update(task, completed=reckoned.share, description=reckoned.sentence)

        yield hear


@contextmanager
def of_share(sentence: str) -> Iterator[Callable[[float], None]]:
    """Yield what hears which share of a piece of work is done, and shows it from then on."""
    with _bar() as bar:
        task = bar.add_task(sentence, total=1.0, visible=False)
        yield lambda share: bar.update(task, completed=share, visible=True)


@contextmanager
def of_steps(sentence: str) -> Iterator[Callable[[str], None]]:
    """Yield what hears what is done next, of work whose length nobody knows."""
    with _bar() as bar:
        task = bar.add_task(sentence, total=None)
        yield lambda step: bar.update(task, description=step)


def _bar() -> Progress:
    """Return a bar that is seen on a terminal alone, and goes when the work is done."""
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
