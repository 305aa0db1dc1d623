"""Which vector drawings count as the same, on drawings that Matplotlib makes."""

import io
import re

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from overtake.publishing.verification import drawings

UNSEEN = 1e-6
SEEN = 0.02


def drawn(kind: str, first: float = 1.0, label: str = "Share", colour: str = "#d55e00") -> bytes:
    figure = Figure(figsize=(3, 2))
    axes = figure.add_subplot()
    axes.set(xlim=(0, 3), ylim=(0, 3), title=label)
    axes.plot([first, 2], [1, 2], marker="o", color=colour)
    content = io.BytesIO()
    dated = {"svg": "Date", "pdf": "CreationDate"}[kind]
    with mpl.rc_context({"svg.hashsalt": "0", "svg.fonttype": "none"}):
        figure.savefig(content, format=kind, metadata={dated: None})
    return content.getvalue()


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_hair_s_breadth_is_near_and_what_can_be_seen_is_not(kind: str) -> None:
    name, plain = f"figures/f.{kind}", drawn(kind)
    moved = drawn(kind, 1 + UNSEEN)
    assert moved != plain
    assert drawings.is_near(name, moved, plain)
    for other in (
        drawn(kind, 1 + SEEN), drawn(kind, label="Shame"), drawn(kind, colour="#d55e01"),
    ):  # fmt: skip
        assert not drawings.is_near(name, other, plain)


def test_ids_may_differ_but_not_what_they_name() -> None:
    plain = drawn("svg").decode()
    ids = re.findall(r'id="(m[0-9a-f]{10}|p[0-9a-f]{10})"', plain)
    renamed = plain.replace(ids[0], "mffffffffff")
    assert drawings.is_near("f.svg", renamed.encode(), plain.encode())
    for target in ("nowhere", ids[1]):
        led = plain.replace(f'href="#{ids[0]}"', f'href="#{target}"')
        assert led != plain
        assert not drawings.is_near("f.svg", led.encode(), plain.encode())


@pytest.mark.parametrize("content", [b"", b"\xff", b"%PDF-1.4", b"<svg" * 9])
def test_what_is_no_drawing_is_near_to_none(content: bytes) -> None:
    for kind in ("svg", "pdf"):
        assert not drawings.is_near(f"f.{kind}", content, drawn(kind))
