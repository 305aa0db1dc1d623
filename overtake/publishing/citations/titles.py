"""Titles as styles of citation print them: typographic quotation marks, capitals of headlines.

Chicago prints articles, conjunctions and prepositions small. Which words these are, and where
they get a capital nevertheless, follows citeproc-js 1.4.61, the reference processor of the
Citation Style Language; the tests compare with it.
"""

import re

_SMALL_WORDS = """
    a about above across afore after against al along alongside amid amidst among amongst an and
    anenst apropos apud around as aside astride at athwart atop barring before behind below beneath
    beside besides between beyond but by c ca circa de despite down during et except for forenenst
    from given in inside into lest like modulo near next nor notwithstanding of off on onto or out
    over per plus pro qua sans since so than the through throughout thruout till to toward towards
    under underneath until unto up upon v van versus via vis-à-vis von vs with within without yet
"""
_SMALL = frozenset(_SMALL_WORDS.split())
"""Words that stay small, unless they are the first, the last, or the first after ? ! or :."""

_WORD = re.compile(r"([^\s‘’“”\-–—/.,;?!:\[\]()]+)")
_STARTS = re.compile(r"[?!:]")
_OPENS_BEFORE = r"(^|[\s(\[“‘–—-])"
_DOUBLE = re.compile(f'{_OPENS_BEFORE}"')
_SINGLE = re.compile(rf"{_OPENS_BEFORE}'(?=\S[^']*(?:\w'\w[^']*)*[^\s']'(?!\w))")


def typographic(text: str) -> str:
    """Return a text with curly quotation marks and apostrophes instead of straight ones."""
    text = _DOUBLE.sub(r"\1“", text).replace('"', "”")
    return _SINGLE.sub(r"\1‘", text).replace("'", "’")


def headline(text: str) -> str:
    """Capitalise the words of a title as headlines do; a word with a capital stays as it is."""
    words = _WORD.split(text)  # every other one is a word, those between are marks and spaces
    last = len(words) - 2
    starts = True
    for place in range(1, len(words), 2):
        before, word = words[place - 1], words[place]
        starts = starts or _STARTS.search(before) is not None
        small = len(word) == 1 or (word.lower() in _SMALL and place != last)
        hyphened = words[place + 1] == "-" and not "".join(words[:place:2]).strip()
        rest = before == "’"  # as in "they’ll"
        if (starts or hyphened or not (small or rest)) and word == word.lower():
            words[place] = word[0].upper() + word[1:]
        starts = False
    return "".join(words)


def american(text: str) -> str:
    """Nest quotation marks, double and single in turn, and draw full stop and comma inside."""
    written: list[str] = []
    opened: list[str] = []
    closing = 0
    for mark, after in zip(text, f"{text} "[1:], strict=True):
        if closing and mark in ".,":
            written.insert(len(written) - closing, mark)
            continue
        closes = opened and (opened[-1], mark) in {("“", "”"), ("‘", "’")}
        if closes and not after.isalnum():
            opened.pop()
            written.append("”’"[len(opened) % 2])
            closing += 1
            continue
        closing = 0
        written.append("“‘"[len(opened) % 2] if mark in "“‘" else mark)
        if mark in "“‘":
            opened.append(mark)
    return "".join(written)
