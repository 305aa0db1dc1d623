"""Blocks of words in a chapter's Markdown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.core.errors import WordsError
from overtake.runs.words import chapter

PLACE = "chapter chips, cell 3"
TEXT = """Before.

```{figure-words} hardware-growth
title: >-
  It grows
  4.2 times a year
columns:
  2030: "a: year"
```

```python
code
```

````{number-words}
growth:
  definition: |
    ```
    a fence inside
    ```
````
"""


def test_each_block_is_found_with_kind_id_content_and_place() -> None:
    figure, numbers = chapter.blocks_in(TEXT, PLACE)
    assert (figure.kind, figure.id) == (chapter.FIGURE, "hardware-growth")
    assert figure.content == {"title": "It grows 4.2 times a year", "columns": {"2030": "a: year"}}
    assert figure.place == f"{PLACE}, block figure-words on line 3"
    assert (numbers.kind, numbers.id) == (chapter.NUMBERS, "")
    assert "a fence inside" in numbers.content["growth"]["definition"]
    assert numbers.place.endswith("block number-words on line 15")


def test_values_stay_the_text_that_was_written() -> None:
    (block,) = chapter.blocks_in(
        "```{test-words}\na: 2030\nb: yes\nc: 1e3\nd: 2022-10-07\n```", PLACE
    )
    assert block.content == {"a": "2030", "b": "yes", "c": "1e3", "d": "2022-10-07"}


def test_blocks_are_replaced_and_the_rest_stays() -> None:
    shown = chapter.replaced(TEXT, PLACE, lambda block: f"<{block.kind} {block.id}>")
    assert shown.startswith("Before.\n\n<figure-words hardware-growth>\n\n```python\n")
    assert shown.endswith("\n\n<number-words >\n")
    assert r"\1" in chapter.replaced(TEXT, PLACE, lambda _: r"\1"), "no pattern is meant"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("title: a: b", "block claim-words on line 2, its line 1: no YAML: mapping values"),
        ("ok: 1\nx: [1", "its line 3: no YAML:"),
        ("- a\n- b", "block claim-words on line 2: it must hold names with texts"),
        ("", "it must hold names with texts"),
        ("text", "it must hold names with texts"),
    ],
)
def test_what_is_no_yaml_of_names_is_told_with_its_place(body: str, told: str) -> None:
    text = f"\n```{{claim-words}}\n{body}\n```\n"
    with pytest.raises(WordsError, match=r"^chapter chips, cell 3, block") as caught:
        list(chapter.blocks_in(text, PLACE))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "text", ["```{figure} x\na: 1\n```", "``{figure-words} x``", "a ```{test-words}\na: 1\n```"]
)
def test_other_fences_are_left_alone(text: str) -> None:
    assert list(chapter.blocks_in(text, PLACE)) == []
    assert chapter.replaced(text, PLACE, lambda _: "gone") == text


PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1)


@given(st.dictionaries(PRINTABLE, PRINTABLE, min_size=1))
def test_any_text_that_yaml_can_hold_comes_back(content: dict[str, str]) -> None:
    text = f"```{{test-words}}\n{json.dumps(content, ensure_ascii=False)}\n```\n"
    (block,) = chapter.blocks_in(text, PLACE)
    assert block.content == content
