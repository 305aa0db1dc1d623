"""A page's main content as plain Markdown, with the words as they are rendered.

What a page holds is first brought down to elements that Markdown has; markdownify then writes
them as CommonMark with tables. The written page is the source, because only there all is said:
numbers filled in, references numbered, terms and figures linked.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from lxml import html
from lxml.html import HtmlElement
from markdownify import ATX, MarkdownConverter

_NOT_TOLD = (
    "script | style | template | button | nav | form | svg | *[@hidden] | *[@role='tooltip']"
    " | *[@popover] | *[@aria-hidden='true'] | a[contains(@class, 'headerlink')]"
    " | *[@class='overtake-cite'] | *[@class='overtake-actions'] | *[@class='only-dark']"
    " | figure[svg] | *[contains(@class, 'above-input')]/summary | img[@alt='']"
)
"""What is for the eye, the hand or a script; the head of a twin says how to cite."""
_BOLD = ".//summary | .//dt | .//*[contains(@class, 'overtake-title')]/p"
"""What becomes a paragraph in bold."""
_BLOCKS = {"details": "div", "dl": "div", "dd": "div", "aside": "div"}
"""Elements that Markdown lacks, and what they become."""
_SHOWN_PICTURE = re.compile(r"-wide\.svg$")
_READ_PICTURE = ".png"
"""Of a figure: what pages show has neither title nor source, which the picture to keep has."""
_LANGUAGES = {"ipython3": "python", "default": "", "none": "", "text": ""}
_PLAIN = {0xA0: " ", 0x2011: "-"}
"""Blanks and hyphens at which no line breaks, as programs write them: a day stays a day."""
_SPECIAL = re.compile(r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~~|\](?=\()")
"""What Markdown would read as something else, where it would."""
_FIRST = re.compile(
    r"(?P<number>\d{1,9})(?P<mark>[.)])(?=\s|$)"
    r"|(?=[-+](\s|$)|(-\s*){3,}$|#{1,6}(\s|$)|>|~{3}|\[[^]]*\]:)"
)
"""How a paragraph begins that Markdown would take for a list, a quotation or a heading."""
_BRACKET = re.compile(r"(?<!\\)[][]")
_QUOTED = r"\\\g<0>"
_GAP = re.compile(r"\n(?:[ \t]*\n)+")
_BLANK_OF_CODE = "\ue000"
"""Holds the place of an empty line of code, while others are counted."""
_FENCE = re.compile(r"`{3,}")


def of_page(article: HtmlElement, file: Path, address: str) -> str:
    """Return the main content of a page as Markdown; the element is used up.

    Links are made from `address`, that of the page: whole if it is, else relative to the twin,
    which stands beside the page's `file`.
    """
    _leave_out(article)
    _show_pictures(article, file)
    _simplify(article)
    for attribute in ("href", "src"):
        for element in article.xpath(f".//*[@{attribute}]"):
            element.set(attribute, _address(element.get(attribute), file.name, address))
            element.attrib.pop("title", None)
    written = _Writer(
        heading_style=ATX,
        bullets="-",
        autolinks=False,
        wrap=True,
        wrap_width=None,
        bs4_options="lxml",
    ).convert(html.tostring(article, encoding="unicode").translate(_PLAIN))
    return _GAP.sub("\n\n", written).replace(_BLANK_OF_CODE, "").strip("\n") + "\n"


def escape(text: str) -> str:
    """Return text so that Markdown shows it as it stands."""
    return _SPECIAL.sub(r"\\\g<0>", text)


class _Writer(MarkdownConverter):
    """markdownify with escapes where they are needed, and fences that hold any code."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        del parent_tags
        return escape(text or "")

    def convert_p(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ANN401  (bs4)
        marked = (
            _FIRST.sub(_unmarked, text.strip(), count=1) if _FIRST.match(text.strip()) else text
        )
        written: str = super().convert_p(el, marked, parent_tags)  # type: ignore[misc]
        return written

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ANN401
        del text, parent_tags
        words = escape(" ".join((el.get("alt") or "").split()))
        return f"![{_BRACKET.sub(_QUOTED, words)}]({el['src']})"

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ANN401
        del parent_tags
        runs = [len(run) for run in _FENCE.findall(text)]
        fence = "`" * max([3, *(length + 1 for length in runs)])
        code = re.sub(r"(?m)^[ \t]*$", _BLANK_OF_CODE, text.strip("\n"))
        return f"\n\n{fence}{_language(el)}\n{code}\n{fence}\n\n"

    def convert_td(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ANN401
        written: str = super().convert_td(el, _one_line(text), parent_tags)  # type: ignore[misc]
        return written

    def convert_th(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ANN401
        written: str = super().convert_th(el, _one_line(text), parent_tags)  # type: ignore[misc]
        return written


def _unmarked(found: re.Match[str]) -> str:
    return f"{found['number']}\\{found['mark']}" if found["number"] else "\\"


def _one_line(cell: str) -> str:
    """Return the content of a cell, in which a bar would begin the next one."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(cell.split()))


def _language(pre: Any) -> str:  # noqa: ANN401  (bs4)
    """Return the language of code, which Sphinx says in a class of the box around it."""
    for box in (pre.parent, pre.parent.parent if pre.parent else None):
        for name in (box.get("class") or []) if box is not None else []:
            if name.startswith("highlight-"):
                language: str = name.removeprefix("highlight-")
                return _LANGUAGES.get(language, language)
    return ""


def _leave_out(article: HtmlElement) -> None:
    for element in article.xpath("|".join(f".//{each.strip()}" for each in _NOT_TOLD.split(" | "))):
        if element.getparent() is not None:
            element.drop_tree()


def _show_pictures(article: HtmlElement, file: Path) -> None:
    """Leave each picture once, as an image alone."""
    for picture in article.xpath(".//picture"):
        _replace(picture, picture.xpath(".//img")[0])
    for image in list(article.iter("img")):
        image.set("src", _picture_to_keep(image.get("src"), file))
        for link in image.xpath("ancestor::a[not(normalize-space())]"):
            link.drop_tag()  # the picture's own address leads there
    for image in article.xpath(".//span[@class='overtake-picture']/img"):
        image.getparent().tag = "p"


def _simplify(article: HtmlElement) -> None:
    """Bring down what Markdown lacks to paragraphs and blocks."""
    for label in article.xpath(".//div[@class='citation']/span[@class='label']"):
        _put_label(label)
    for formula in article.xpath(".//math[@alttext]"):
        code = html.Element("code")
        code.text = formula.get("alttext")
        _replace(formula, code)
    for meaning in article.xpath(".//th/small"):
        meaning.text = f" ({(meaning.text or '').strip()})"
    for term in article.xpath(".//dt[following-sibling::*[1][self::dt]]"):
        _join_next_term(term)
    for element in article.xpath(_BOLD):
        _embolden(element)
    for mark in article.xpath(".//span"):
        mark.drop_tag()
    for element in article.iter(*_BLOCKS):
        element.tag = _BLOCKS[str(element.tag)]


def _replace(element: HtmlElement, other: HtmlElement) -> None:
    other.tail = element.tail
    element.getparent().replace(element, other)


def _picture_to_keep(address: str, file: Path) -> str:
    """Return the address of the picture with title and source, if a figure's is shown."""
    kept = _SHOWN_PICTURE.sub(_READ_PICTURE, address)
    is_there = not urlsplit(kept).netloc and (file.parent / kept).is_file()
    return kept if is_there else address


def _put_label(label: HtmlElement) -> None:
    """Put the label of an entry of a list of references before its text."""
    entry, said = label.getnext(), label.text_content().strip()
    if entry is not None:
        entry.text = f"{said} {(entry.text or '').lstrip()}"
        label.drop_tree()


def _join_next_term(term: HtmlElement) -> None:
    """Put a term before the next one of the same definition, which says it in another way."""
    following = term.getnext()
    following.text = f"{term.text_content().strip()}, {following.text or ''}"
    term.drop_tree()


def _embolden(element: HtmlElement) -> None:
    """Make an element a paragraph in bold."""
    strong = html.Element("strong")
    strong.text, element.text = element.text, None
    strong.extend(list(element))
    element.append(strong)
    element.tag = "p"


def _address(target: str, page: str, address: str) -> str:
    """Return where a link of a page leads: from the page's address, or from its twin."""
    is_whole = bool(urlsplit(address).netloc)
    path, anchor = urldefrag(target)
    found = urljoin(address, target) if is_whole else (target if path else f"{page}#{anchor}")
    return quote(found, safe="/:?#[]@!$&'*+,;=%~-._")
