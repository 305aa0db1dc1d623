"""A made-up book's pictures, as its build leaves them, and ways in which copies of them come."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from PIL import Image, ImageDraw

from overtake.chapter import style
from overtake.chapter.figures import NARROW, render
from overtake.core.paths import Project
from overtake.publishing import dark, framing, stamping
from overtake.publishing.framing import KINDS
from overtake.publishing.recognition import raster
from tests.overtake.publishing.stamps import SAID


def _bars(axes: Axes) -> None:
    axes.bar(["North", "East", "South", "West"], [3, 9, 4, 6])


def _lines(axes: Axes) -> None:
    axes.plot([2020, 2022, 2024, 2026], [3, 1, 4, 1], label="here")
    axes.plot([2020, 2022, 2024, 2026], [2, 7, 1, 8], label="there")
    axes.legend()


def _dots(axes: Axes) -> None:
    x = np.arange(40)
    axes.scatter(x, (x * 17) % 41)


def _rows(axes: Axes) -> None:
    axes.barh(["one", "two", "three", "four", "five", "six"], [9, 7, 5, 4, 2, 1])


def _falling(axes: Axes) -> None:
    x = np.linspace(0, 5, 60)
    axes.fill_between(x, np.exp(-x) * 0.6, np.exp(-x) * 1.4, alpha=0.5)
    axes.annotate("it falls", (2, 0.8))


DRAWN: Mapping[str, Callable[[Axes], None]] = {
    "bars": _bars, "lines": _lines, "dots": _dots, "rows": _rows, "falling": _falling,
}  # fmt: skip


def pictures(id: str, draw: Callable[[Axes], None]) -> dict[str, bytes]:
    """Return the files of a figure's folder of pictures by name."""
    canvas, axes = style.new_figure(3.0)
    draw(axes)
    axes.set_xlabel(f"What {id} are measured by")
    drawn = render(canvas, salt=id, stem=id).pictures
    origin = f"Small · {id} · 1.0 · CC BY 4.0"
    said = replace(SAID, figure=id, title=f"The {id} say 42", subtitle="Share, %",
                   version="1.0", origin=origin)  # fmt: skip
    words = {"title": said.title, "subtitle": said.subtitle, "origin": origin}
    bodies = {kind: drawn[f"{id}.{kind}"] for kind in KINDS}
    framed = framing.frame(bodies, source=f"Source: {said.data}.", **words)
    files = {f"{id}.{kind}": stamping.add(each, said) for kind, each in framed.items()}
    shown = framing._above_origin(bodies["svg"], drawn[f"{id}{NARROW}.svg"], origin)
    made = (*shown, *map(dark.recoloured, shown))
    names = (f"{id}-{name}.svg" for name in framing.SHOWN)
    return files | dict(zip(names, made, strict=True))


def build(root: Path) -> Project:
    """Write the pictures of all figures where a build leaves them."""
    for name in ("_config.yml", "_toc.yml"):
        (root / name).touch()
    for figure, draw in DRAWN.items():
        folder = root / "_build" / framing.PICTURES / f"{figure}-0123456789abcdef"
        folder.mkdir(parents=True)
        for name, content in pictures(figure, draw).items():
            (folder / name).write_bytes(content)
    return Project(root)


def picture(project: Project, name: str) -> Path:
    """Return where a file of a figure stands, by its name."""
    (path,) = (project.root / "_build" / framing.PICTURES).glob(f"*/{name}")
    return path


def opened(project: Project, id: str) -> Image.Image:
    """Return the picture of a figure that is taken away."""
    return Image.open(picture(project, f"{id}.png")).convert("RGB")


def page(shown: Image.Image, ground: str, ink: str) -> Image.Image:
    """Return a picture in a page, with a menu beside it and text above and below."""
    left, top = 260, 130
    whole = Image.new("RGB", (left + shown.width + 120, top + shown.height + 260), ground)
    write = ImageDraw.Draw(whole)
    for line in range(12):
        write.text((20, 20 + 40 * line), f"Chapter {line} of the book", fill=ink, font_size=15)
    write.text((left, 30), "The heading says 42", fill=ink, font_size=32)
    whole.paste(shown.convert("RGB"), (left, top))
    for line in range(8):
        below = top + shown.height + 24 + 24 * line
        write.text((left, below), "Words below a figure " * 3, fill=ink, font_size=15)
    return whole


def packed(image: Image.Image, kind: str, **how: object) -> bytes:
    """Return a picture as a file of a kind."""
    written = io.BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def _cut(share: float) -> Callable[[Image.Image], Image.Image]:
    def cut(image: Image.Image) -> Image.Image:
        width, height = image.size
        return image.crop((
            round(width * share), round(height * share),
            round(width * (1 - share)), round(height * (1 - share)),
        ))  # fmt: skip

    return cut


def _uneven(image: Image.Image) -> Image.Image:
    return image.crop((round(image.width * 0.09), 0, image.width, round(image.height * 0.94)))


def _scaled(factor: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.resize((round(image.width * factor), round(image.height * factor)))


COPIES: Mapping[str, Callable[[Image.Image], bytes]] = {
    "jpeg 90": lambda image: packed(image, "jpeg", quality=90),
    "jpeg 30": lambda image: packed(image, "jpeg", quality=30),
    "webp": lambda image: packed(image, "webp", quality=70),
    "gif": lambda image: packed(image, "gif"),
    "cut 2%": lambda image: packed(_cut(0.02)(image), "png"),
    "cut 6.3%": lambda image: packed(_cut(0.063)(image), "png"),
    "cut 10%": lambda image: packed(_cut(0.1)(image), "png"),
    "cut unevenly": lambda image: packed(_uneven(image), "png"),
    "half": lambda image: packed(_scaled(0.5)(image), "png"),
    "double": lambda image: packed(_scaled(2)(image), "png"),
    "grey": lambda image: packed(image.convert("L"), "png"),
    "few colours": lambda image: packed(image.quantize(16), "png"),
    "printed": lambda image: packed(page(_scaled(0.4)(image), "white", "black"), "pdf"),
}
"""Ways to copy the picture that is taken away, so that it loses its stamp and its pixels."""

SHOTS = {
    "light": ("wide", "white", "#222222", 1),
    "dark": ("wide-dark", dark.GROUND, "#dddddd", 1),
    "phone": ("narrow", "white", "#222222", 1),
    "twice as sharp": ("wide", "white", "#222222", 2),
}
"""Screenshots of a page that shows a figure: its picture, ground and ink, and how sharp."""


def shot(project: Project, figure: str, way: str) -> bytes:
    """Return a screenshot of a page that shows a figure."""
    shown, ground, ink, factor = SHOTS[way]
    svg = picture(project, f"{figure}-{shown}.svg").read_bytes()
    return packed(_scaled(factor)(page(raster.of_own_svg(svg), ground, ink)), "png")
