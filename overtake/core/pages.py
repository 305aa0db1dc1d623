"""What the book's pages are put together from: pieces of MyST Markdown, templates."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from overtake.core import prose

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|$#~&"})
_BLOCK = re.compile(r"(\d*)([-+=:%(.)])")
"""How a line begins that Markdown takes for a list, a comment, a target or a rule."""

_WEB_ADDRESS = re.compile(r"""(https?://[^\s"'<>{}]*[^\s"'<>{}.,;:)])""")
"""What ends a sentence or closes a bracket does not end an address."""

_BOUNDS_EVERY_PERCENT = 5
"""All bounds of the scale of verdicts are multiples of it."""
_LONGEST_FIGURE = 60
"""Characters of a cell above which it is a sentence: a value with interval and n has fewer."""


class Judged(Protocol):
    """A verdict: its word, and the probability that the statement is true, if there are data."""

    @property
    def verdict(self) -> str:
        """Its word."""

    @property
    def probability_true(self) -> float | None:
        """The probability, 0 to 1."""

    @property
    def is_settled(self) -> bool:
        """Whether it is known without error, so that a probability would say nothing."""


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it as it stands, on one line."""
    line = " ".join(str(text).split()).translate(_SPECIAL)
    return _BLOCK.sub(r"\1\\\2", line, count=1) if _BLOCK.match(line) else line


def escape_prose(text: str) -> str:
    """Return `text` as `escape` does, with what stands between backticks as code spans."""
    escaped = re.compile(r"\\(.)")
    return re.sub(r"\\`(.+?)\\`", lambda span: code(escaped.sub(r"\1", span[1])), escape(text))


def chip(verdict: Judged) -> str:
    """Return a verdict as a chip: its word, and how probable it is that the statement is true."""
    place = re.sub(r"[^a-z]+", "-", verdict.verdict)
    word = f"[{escape(verdict.verdict)}]{{.overtake-verdict .verdict-{place}}}"
    if verdict.probability_true is None or verdict.is_settled:
        return word
    return f"{word} {_chance_below_bound(verdict.probability_true)}"


def _chance_below_bound(probability: float) -> str:
    """Write a chance; with a decimal where rounding would lift it onto a bound of the scale."""
    rounded = round(100 * probability)
    if rounded % _BOUNDS_EVERY_PERCENT == 0 and 0.1 < probability < rounded / 100:  # noqa: PLR2004
        return f"{100 * probability:.1f}%"
    return prose.chance(probability)


def code(value: object) -> str:
    """Return a value as a code span, whatever it holds; control characters are spelled out."""
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value)) or " "
    fence = _fence(text, 1)
    gap = " " if "`" in text else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def code_block(text: str, language: str) -> str:
    """Return a code block, whatever it holds."""
    fence = _fence(text, 3)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _fence(text: str, shortest: int) -> str:
    """Return backticks of which there are more than in any run of `text`."""
    return "`" * max(shortest, *(len(run) + 1 for run in re.findall("`+", text)), 1)


def directive(
    name: str,
    body: str = "",
    *,
    argument: str = "",
    options: dict[str, str] | None = None,
    fence: str = "```",
) -> str:
    """Write a MyST directive; `fence` must be longer than any fence in `body`."""
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


@cache
def environment() -> "Environment":
    """Return the environment of ``overtake/core/templates``; those of HTML escape contents."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=PackageLoader("overtake.core"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["linked"] = linked
    return made


def linked(text: str) -> "Markup":
    """Return a text as HTML in which each web address is a link.

    Jinja's own `urlize` takes a quotation mark behind an address for a part of it.
    """
    from markupsafe import Markup

    link = Markup('<a href="{0}" rel="noopener">{0}</a>')
    parts = _WEB_ADDRESS.split(text)
    return Markup("").join(link.format(p) if at % 2 else p for at, p in enumerate(parts))


def render(template: str, **context: object) -> str:
    """Fill in a template by its file name."""
    return environment().get_template(template).render(context)
