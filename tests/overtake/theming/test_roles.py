"""Assistive technology is told what is there."""

from overtake.book.theming import roles


def test_a_bibliography_is_a_list_of_items() -> None:
    written = '<div role="list"><div class="citation" role="doc-biblioentry">A</div></div>'
    assert roles.mended(written) == (
        '<div role="list"><div class="citation" role="listitem">A</div></div>'
    )


def test_a_fold_is_called_by_its_words() -> None:
    written = '<summary aria-label="Toggle hidden content"><p>Show the code</p></summary>'
    assert roles.mended(written) == "<summary><p>Show the code</p></summary>"
