"""Blocks of a chapter's Markdown that hold the words of figures, numbers, verdicts and tests.

A block is a fence with a name in braces, and YAML in it; expressions have been rendered
before it is read::

    ```{figure-words} hardware-growth
    title: >-
      Training compute grows 4.2 times a year in the United States
    caption: >-
      Lines are medians.
    alt: >-
      Two rising lines.
    columns:
      model: name
    ```
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from overtake.core.errors import WordsError

FIGURE, NUMBERS, CLAIMS, TESTS = "figure-words", "number-words", "claim-words", "test-words"
INTERACTIVE = "interactive"
_FENCE = re.compile(
    rf"^(?P<marks>`{{3,}})\{{(?P<kind>{FIGURE}|{NUMBERS}|{CLAIMS}|{TESTS}|{INTERACTIVE})\}}"
    r"[ ]*(?P<id>\S*)[ ]*\n(?P<body>.*?)^(?P=marks)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Fence:
    """One block of words.

    Attributes
    ----------
    kind : str
        ``figure-words``, ``number-words``, ``claim-words``, ``test-words`` or ``interactive``.
    id : str
        What stands behind the name: a figure's id.
    content : dict
        What the YAML holds; every value is text.
    place : str
        Where it stands, for messages.
    """

    kind: str
    id: str
    content: dict[str, Any]
    place: str


def in_text(text: str, place: str) -> Iterator[Fence]:
    """Yield the blocks of a rendered Markdown text.

    Raises
    ------
    WordsError
        If a block holds no YAML mapping.
    """
    return (_fence(match, text, place) for match in _FENCE.finditer(text))


def replaced(text: str, place: str, shown: Callable[[Fence], str]) -> str:
    """Return a Markdown text with each block replaced by what a page shows for it."""
    return _FENCE.sub(lambda match: shown(_fence(match, text, place)), text)


def _fence(match: re.Match[str], text: str, place: str) -> Fence:
    line = text.count("\n", 0, match.start()) + 1
    where = f"{place}, block {match['kind']} on line {line}"
    try:
        # The base loader makes everything text: "2030" stays what was written.
        content = yaml.load(match["body"], Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        inner = f", its line {mark.line + 1}" if mark else ""
        raise WordsError(f"{where}{inner}: no YAML: {error.problem}") from None
    if not isinstance(content, dict):
        raise WordsError(f"{where}: it must hold names with texts")
    return Fence(match["kind"], match["id"], content, where)
