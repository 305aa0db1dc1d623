"""A picture that was changed is never said to be what a run drew, and one only packed anew is."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from typer.testing import CliRunner

from overtake.cli.main import app
from overtake.core.errors import PictureError
from overtake.core.paths import ROOT_VARIABLE, Project
from overtake.publishing import stamping
from overtake.publishing.recognition import identifying
from overtake.publishing.recognition.identifying import Alike, Answer, Recognised, Stamped
from tests.overtake.publishing.recognition import gallery
from tests.overtake.publishing.recognition.gallery import COPIES, packed

RUNNER = CliRunner()
STAMPED_BEFORE = Path(__file__).parents[1] / "stamped_before"
Way = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return gallery.build(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(autouse=True)
def _at_home(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))


def told(content: bytes, folder: Path) -> Answer:
    path = folder / "a picture"
    path.write_bytes(content)
    return identifying.of_file(path, lambda _share: None)


def _image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def _optimised(content: bytes) -> bytes:
    image, kept = _image(content), PngInfo()
    for keyword, text in image.text.items():  # type: ignore[attr-defined]
        kept.add_itxt(keyword, text)
    return packed(image, "png", pnginfo=kept, optimize=True)


def _indented(content: bytes) -> bytes:
    root = etree.fromstring(content)
    etree.indent(root, "\t")
    written: bytes = etree.tostring(root, encoding="iso-8859-1")
    return written


def _without_stamp(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for metadata in root.findall("{*}metadata"):
        root.remove(metadata)
    written: bytes = etree.tostring(root)
    return written


def _pdf(change: Callable[[pikepdf.Pdf], None], **how: object) -> Way:
    def rewritten(content: bytes) -> bytes:
        written = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            change(pdf)
            pdf.save(written, **how)
        return written.getvalue()

    return rewritten


def _nothing(_: pikepdf.Pdf) -> None:
    """Leave a PDF as it is."""


def _strip(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata
    del pdf.docinfo


_OBJECTS = pikepdf.ObjectStreamMode.generate
WITH_STAMP: Mapping[str, tuple[str, Way]] = {
    "optimised": ("png", _optimised),
    "indented": ("svg", _indented),
    "saved": ("pdf", _pdf(_nothing)),
    "packed": ("pdf", _pdf(_nothing, object_stream_mode=_OBJECTS, recompress_flate=True)),
}
WITHOUT_STAMP: Mapping[str, tuple[str, Way]] = {
    "optimised png": ("png", lambda content: packed(_image(content), "png", optimize=True)),
    "with opacity": ("png", lambda content: packed(_image(content).convert("RGBA"), "png")),
    "lossless webp": ("png", lambda content: packed(_image(content), "webp", lossless=True)),
    "bitmap": ("png", lambda content: packed(_image(content), "bmp")),
    "cleaned svg": ("svg", _without_stamp),
    "cleaned pdf": ("pdf", _pdf(_strip, linearize=True)),
}


@pytest.mark.parametrize("way", WITH_STAMP)
def test_a_file_that_was_packed_anew_draws_what_was_stamped(
    project: Project, tmp_path: Path, way: str
) -> None:
    kind, rewrite = WITH_STAMP[way]
    found = told(rewrite(gallery.picture(project, f"bars.{kind}").read_bytes()), tmp_path)
    assert isinstance(found, Stamped)
    assert (found.found.condition, found.is_as_published) == ("resaved", True)


@pytest.mark.parametrize("way", WITHOUT_STAMP)
def test_a_file_without_its_stamp_is_known_by_what_it_draws(
    project: Project, tmp_path: Path, way: str
) -> None:
    kind, rewrite = WITHOUT_STAMP[way]
    found = told(rewrite(gallery.picture(project, f"bars.{kind}").read_bytes()), tmp_path)
    assert isinstance(found, Recognised)
    assert found.is_as_published
    assert found.same.figure == "bars"
    assert found.same.said is not None
    assert found.same.said.version == "1.0"


@pytest.mark.parametrize("name", ["wide", "narrow-dark"])
def test_a_picture_that_was_saved_from_a_page_is_known(
    project: Project, tmp_path: Path, name: str
) -> None:
    content = gallery.picture(project, f"dots-{name}.svg").read_bytes()
    found = told(_indented(content), tmp_path)
    assert isinstance(found, Recognised)
    assert (found.same.figure, found.same.what) == ("dots", "the picture that pages show")


@pytest.mark.parametrize("way", WITH_STAMP)
def test_an_earlier_stamp_is_never_said_to_be_of_a_changed_picture(
    project: Project, tmp_path: Path, way: str
) -> None:
    kind, rewrite = WITH_STAMP[way]
    path = STAMPED_BEFORE / f"power.{kind}"
    found = told(rewrite(path.read_bytes()), tmp_path)
    assert isinstance(found, Stamped)
    assert found.found.condition in {"resaved", "rewritten"}
    folder = project.root / "_build" / "pictures" / "power-0123456789abcdef"
    folder.mkdir()
    try:
        for each in STAMPED_BEFORE.iterdir():
            (folder / each.name).write_bytes(each.read_bytes())
        found = told(rewrite(path.read_bytes()), tmp_path)
    finally:
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()
    assert isinstance(found, Stamped)
    assert found.found.condition == "resaved", "the picture itself is at hand"


def _taller(image: Image.Image) -> Image.Image:
    ImageDraw.Draw(image).rectangle((640, 380, 830, 440), fill="#1f77b4")
    return image


def _retitled(image: Image.Image) -> Image.Image:
    draw = ImageDraw.Draw(image)
    draw.rectangle((190, 12, 240, 40), fill="white")
    draw.text((195, 14), "24", fill="black", font_size=24)
    return image


CHANGES = {"a bar": _taller, "a number": _retitled}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_picture_is_not_what_the_run_drew(
    project: Project, tmp_path: Path, change: str
) -> None:
    content = gallery.picture(project, "bars.png").read_bytes()
    image, kept = CHANGES[change](_image(content).convert("RGB")), PngInfo()
    for keyword, text in _image(content).text.items():  # type: ignore[attr-defined]
        kept.add_itxt(keyword, text)
    found = told(packed(image, "png", pnginfo=kept), tmp_path)
    assert isinstance(found, Stamped)
    assert (found.found.condition, found.is_as_published) == ("changed", False)
    for kind in ("png", "jpeg", "webp"):
        found = told(packed(image, kind), tmp_path)
        assert isinstance(found, Alike)
        assert (found.nearest.figure, found.nearest.is_alike) == ("bars", True)
        assert not found.is_as_published
        assert "proves nothing" in dict(found.lines())["Picture"]


def _acting(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="")


def _annotated(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Square)])


def _drawn_over(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 40 40 re f")


def _enlarged(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = [0, 0, 100, 100]


def _redrawn(pdf: pikepdf.Pdf) -> None:
    drawing = pdf.pages[0].Resources.XObject.Drawing
    drawing.write(drawing.read_bytes().replace(b" l\n", b" 9 l\n", 1) + b"0 0 9 9 re f")


def _put(before: bytes, after: bytes) -> Way:
    def changed(content: bytes) -> bytes:
        assert before in content
        return content.replace(before, after, 1)

    return changed


STYLED = b'<?xml-stylesheet href="data:text/css,path{display:none}"?><svg '
DECLARED = b'svg11.dtd" [<!ATTLIST path display CDATA "none">]>'
OTHERS: Mapping[str, tuple[str, Way]] = {
    "an action": ("pdf", _pdf(_acting)),
    "a note": ("pdf", _pdf(_annotated)),
    "more on its page": ("pdf", _pdf(_drawn_over)),
    "another page": ("pdf", _pdf(_enlarged)),
    "another drawing": ("pdf", _pdf(_redrawn)),
    "a colour": ("svg", _put(b"fill: #1f77b4", b"fill: #ff0000")),
    "a place": ("svg", _put(b"translate(0 ", b"translate(9 ")),
    "a style sheet": ("svg", _put(b"<svg ", STYLED)),
    "a declaration": ("svg", _put(b'svg11.dtd">', DECLARED)),
    "a script": ("svg", _put(b"</svg>", b"<script>alert(1)</script></svg>")),
    "a script in metadata": ("svg", _put(b"</svg>", b"<metadata><script/></metadata></svg>")),
    "words": ("svg", _put(b"</svg>", b"<text>not so</text></svg>")),
}


@pytest.mark.parametrize("change", OTHERS)
def test_a_drawing_with_something_else_is_not_said_to_be_the_run_s(
    project: Project, tmp_path: Path, change: str
) -> None:
    kind, changed = OTHERS[change]
    content = changed(gallery.picture(project, f"bars.{kind}").read_bytes())
    found = told(content, tmp_path)
    assert isinstance(found, Stamped)
    assert (found.found.condition, found.is_as_published) == ("rewritten", False)
    assert "store" not in dict(found.lines())["Run store"]
    if kind == "svg":
        with pytest.raises(PictureError, match="save it as PNG first"):
            told(_stampless(content), tmp_path)
    else:
        assert not told(_pdf(_strip)(content), tmp_path).is_as_published


def _stampless(content: bytes) -> bytes:
    return stamping._SVG_STAMP.sub(b"", content, count=1)


def test_a_stamp_that_was_put_on_a_changed_picture_is_not_taken_for_the_run_s(
    project: Project, tmp_path: Path
) -> None:
    content = gallery.picture(project, "bars.png").read_bytes()
    said = stamping.identify(content).said
    forged = stamping.add(packed(_taller(_image(content).convert("RGB")), "png"), said)
    found = told(forged, tmp_path)
    assert isinstance(found, Stamped)
    assert not any("the run drew" in text for _, text in found.lines())
    assert "the stamp's word is all there is" in found.store


def test_the_command_says_what_a_copy_looks_like_and_that_it_proves_nothing(
    project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "copy.jpg"
    path.write_bytes(COPIES["jpeg 30"](gallery.opened(project, "rows")))
    shown = RUNNER.invoke(app, ["identify", str(path)])
    assert shown.exit_code == 1
    for part in ("Looks like: rows", "of 256 bits differ", "the next nearest", "proves nothing"):
        assert part in shown.output
    plain = json.loads(RUNNER.invoke(app, ["identify", str(path), "--json"]).output)
    assert (plain["by"], plain["alike"], plain["figure"]) == ("looks", True, "rows")
    assert plain["distance"] < plain["least"] / 2 < plain["next_distance"]


def test_the_command_says_which_figure_is_nearest_to_a_stranger(tmp_path: Path) -> None:
    path = tmp_path / "stranger.png"
    path.write_bytes(packed(Image.linear_gradient("L"), "png"))
    shown = RUNNER.invoke(app, ["identify", str(path)])
    assert shown.exit_code == 1
    assert "looks like no figure that is at hand; the nearest is" in shown.output
    assert "Citation" not in shown.output


def test_without_figures_at_hand_it_is_said_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_config.yml", "_toc.yml"):
        (tmp_path / name).touch()
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(PictureError, match="`make book` makes them"):
        told(packed(Image.new("L", (9, 9)), "jpeg"), tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"words", b"\xff\xd8\xff\xe0cut off", b"GIF89a", b"BM", b"%!PS-Adobe-3.0 EPSF-3.0\n"],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(PictureError, match=r"no picture: it begins with|can't be decoded"):
        told(content, tmp_path)


def test_a_stamp_is_read_without_what_compares_pictures(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "bars.png"
    path.write_bytes(gallery.picture(project, "bars.png").read_bytes())
    asked = (
        "import sys; from overtake.cli.main import app\n"
        f"try: app(['identify', {str(path)!r}])\n"
        "except SystemExit as ended: assert not ended.code\n"
        "print(sorted({'scipy', 'pypdfium2', 'weasyprint', 'matplotlib'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "unchanged since it was stamped" in done.stdout


def test_a_stamp_s_run_at_hand_vouches_for_the_very_picture_only(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from overtake.chapter.figures import Drawing, save
    from tests.overtake.publishing.test_framing import drawing

    made: Drawing = drawing()
    content = gallery.picture(project, "bars.png").read_bytes()
    said = stamping.identify(content).said
    folder = project.runs / said.run / "figures"
    with monkeypatch.context() as patch:
        patch.delenv(ROOT_VARIABLE)  # its tables are those of the checkout
        save("bars", made, folder)
    found = told(content, tmp_path)
    assert isinstance(found, Stamped)
    assert (found.run, found.is_as_published) == ("other", False)
    assert "another picture of this figure: the stamp is not to be trusted" in found.store
    other = stamping.add(stamping.take_apart(content).picture, replace(said, figure="gone"))
    found = told(other, tmp_path)
    assert isinstance(found, Stamped)
    assert (found.run, found.is_as_published) == ("no figure", False)
    assert found.store == "this run has no such figure: the stamp is not to be trusted"
