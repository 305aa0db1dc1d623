"""Pieces of MyST Markdown that the book's pages are put together from."""

import re
from collections.abc import Iterable, Sequence

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|$#~&"})
_BLOCK = re.compile(r"(\d*)([-+=:%(.)])")
"""How a line begins that Markdown takes for a list, a comment, a target or a rule."""

_LONGEST_FIGURE = 60
"""Characters of a cell above which it is a sentence: a value with interval and n has fewer."""


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it as it stands, on one line."""
    line = " ".join(str(text).split()).translate(_SPECIAL)
    return _BLOCK.sub(r"\1\\\2", line, count=1) if _BLOCK.match(line) else line


def escape_prose(text: str) -> str:
    """Return `text` as `escape` does, with what stands between backticks as code spans."""
    return re.sub(r"\\`(.+?)\\`", lambda found: code(_unescaped(found[1])), escape(text))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def code(value: object) -> str:
    """Return a value as a code span, whatever it holds; control characters are spelled out."""
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value)) or " "
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if longest else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def code_block(text: str, language: str) -> str:
    """Return a code block, whatever it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def directive(
    name: str,
    body: str = "",
    *,
    argument: str = "",
    options: dict[str, str] | None = None,
    fence: str = "```",
) -> str:
    """Write a MyST directive.

    Parameters
    ----------
    name : str
        The directive's name.
    body : str
        Its content.
    argument : str
        What stands behind the name.
    options : dict of str to str, optional
        Its options, in the order to write them.
    fence : str
        Fence; longer than any fence in `body`.
    """
    head = f"{fence}{{{name}}} {argument}".rstrip()
    lines = [f":{key}: {' '.join(value.split())}" for key, value in (options or {}).items()]
    gap = [""] if lines and body else []
    return "\n".join([head, *lines, *gap, body.rstrip("\n"), fence, ""])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table from cells that are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def numbered_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, name: str, caption: str
) -> str:
    """Write a table with a number, a caption and a name to refer to.

    Its class says whether cells hold sentences, which need room, or figures.
    """
    cells = [list(row) for row in rows]
    is_prose = any(len(cell) > _LONGEST_FIGURE for row in cells for cell in row)
    options = {"name": name, "class": "overtake-sentences" if is_prose else "overtake-numbers"}
    return directive("table", table(header, cells), argument=caption, options=options)


def download(label: str, address: str) -> str:
    """Write a link that saves a file."""
    return f"{{download}}`{label} <{address}>`"
