"""Headings say what the run found, at anchors that stay."""

from docutils import nodes
from docutils.utils import new_document

from overtake.book import shown

TITLES = {"growth": "It grows 4.5 * a year"}


def test_a_heading_says_the_title_of_its_figure_or_a_text_of_its_own() -> None:
    text = (
        "## How fast it grows <!-- finding: growth -->\n\nText.\n\n"
        "### Why? <!-- finding: Nothing **stands out** -->"
    )
    told = shown.with_findings(text, TITLES)
    assert "(finding-how-fast-it-grows)=\n## It grows 4.5 \\* a year\n" in told
    assert "(finding-why)=\n### Nothing **stands out**" in told
    assert "<!--" not in told


def test_other_headings_and_comments_stay() -> None:
    text = (
        "# Title\n\n## Plain heading\n\n<!-- finding: growth -->\n\nA ## b <!-- finding: growth -->"
    )
    assert shown.with_findings(text, TITLES) == text


def test_the_anchor_is_that_of_the_topic_whatever_was_found() -> None:
    topic = "## How fast *it* grows <!-- finding: {} -->"
    first, second = (
        shown.with_findings(topic.format(said), TITLES) for said in ("growth", "It stopped")
    )
    assert first.splitlines()[0] == second.splitlines()[0] == "(finding-how-fast-it-grows)="


def section(*ids: str) -> nodes.section:
    return nodes.section("", nodes.title("", "It grows"), ids=list(ids))


def test_the_anchor_of_the_finding_s_words_goes_and_others_stay() -> None:
    document = new_document("page")
    found, plain = section("it-grows-4-5", "finding-how-fast"), section("plain")
    document += [found, plain]
    shown.StableAnchors(document).apply()
    assert found["ids"] == ["how-fast", "finding-how-fast"]
    assert plain["ids"] == ["plain"]
    slugs = document.myst_slugs  # type: ignore[attr-defined]
    assert {slug: (anchor, title) for slug, (_, anchor, title) in slugs.items()} == {
        name: (name, "It grows") for name in ("how-fast", "finding-how-fast", "plain")
    }
