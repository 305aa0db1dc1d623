"""A page's policy allows what the page holds, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from overtake.book.theming import security

# The example of the CSP specification, section 2.3.1: the hash of `doSomething();`.
CODE = "doSomething();"
HASH = "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"


def page(head: str = "", body: str = "") -> str:
    return (
        f'<!doctype html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    )


def directives(text: str) -> dict[str, list[str]]:
    parts = (each.split() for each in security.policy(text).split(";"))
    return {name: sources for name, *sources in parts}


def test_the_hash_is_the_one_that_the_specification_gives() -> None:
    assert directives(page(f"<script>{CODE}</script>"))["script-src"] == ["'self'", HASH]


def test_a_page_without_scripts_may_run_none_and_ask_for_nothing() -> None:
    found = directives(page(body="<p>Text</p>"))
    assert found["default-src"] == ["'none'"]
    assert not {"script-src", "connect-src", "style-src-attr"} & found.keys()


def test_data_in_a_script_element_is_not_code() -> None:
    data = '<script type="application/ld+json">{"a": 1}</script>'
    assert "script-src" not in directives(page(data))


def test_inline_styles_are_allowed_by_hash_and_attributes_apart() -> None:
    found = directives(page("<style>p{}</style>", '<p style="color: red">a</p>'))
    assert len(found["style-src"]) == 2
    assert found["style-src-attr"][0] == "'unsafe-hashes'"
    assert len(found["style-src-attr"]) == 2


@given(st.text(alphabet=st.characters(exclude_characters="<&\r\0", exclude_categories=["Cs"])))
def test_no_text_of_a_page_widens_its_policy(text: str) -> None:
    assert security.policy(page(body=f"<p>{text}</p>")) == security.policy(page(body="<p></p>"))


def test_a_page_is_protected_once_however_often_it_is_done() -> None:
    once = security.protect(page("<script>a()</script>"))
    assert security.protect(once) == once
    (stated,) = html.fromstring(once).xpath("//meta[@http-equiv]/@content")
    assert stated == security.policy(page("<script>a()</script>"))


def test_an_earlier_policy_makes_place_for_the_page_s_own() -> None:
    lax = '<meta http-equiv="Content-Security-Policy" content="default-src *">'
    assert "default-src *" not in security.protect(page(lax))
