"""Stamps: read back by other programs, no pixel touched, and hostile files survived."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from matplotlib.figure import Figure
from PIL import Image
from typer.testing import CliRunner

from overtake.chapter.figures import render
from overtake.cli.main import app
from overtake.core.errors import PictureError
from overtake.publishing import framing, stamping
from overtake.publishing.stamping import KINDS
from overtake.publishing.verification.subject import is_drawn_in
from tests.overtake.publishing.stamps import SAID

DC = "{http://purl.org/dc/elements/1.1/}"
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    """The pictures of one figure as a page shows them, with title and source line."""
    figure = Figure(figsize=(2, 1.5))
    figure.add_subplot().plot([1, 2], [3, 12])
    contents = render(figure, salt="power", stem="power").pictures
    bodies = {kind: contents[f"power.{kind}"] for kind in KINDS}
    return framing.frame(bodies, title="It grows", source="Source: somebody.")


@pytest.fixture(scope="module")
def stamped(drawn: dict[str, bytes]) -> dict[str, bytes]:
    return {kind: stamping.add(content, SAID) for kind, content in drawn.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_stamp_says_what_was_written_and_the_picture_is_unchanged(
    stamped: dict[str, bytes], drawn: dict[str, bytes], kind: str
) -> None:
    found = stamping.identify(stamped[kind])
    assert (found.kind, found.condition, found.damage) == (kind, "unchanged", "")
    said = replace(found.said, picture="", size="", pixels="")
    assert said == SAID
    assert int(found.said.size) == len(drawn[kind])
    assert stamping.take_apart(stamped[kind]).picture == drawn[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_stamped_by_an_earlier_version_of_the_book_is_known(kind: str) -> None:
    path = Path(__file__).parent / "stamped_before" / f"power.{kind}"
    found = stamping.identify_file(path)
    assert (found.kind, found.condition, found.damage) == (kind, "unchanged", "")
    assert replace(found.said, picture="", size="", pixels="") == SAID
    bare = stamping.take_apart(path.read_bytes())
    assert stamping.add(bare.picture, SAID) == path.read_bytes(), "its form is still the same"


@pytest.mark.parametrize("kind", KINDS)
def test_same_picture_same_bytes_also_when_stamped_already(
    stamped: dict[str, bytes], drawn: dict[str, bytes], kind: str
) -> None:
    assert stamping.add(drawn[kind], SAID) == stamped[kind]
    assert stamping.add(stamped[kind], SAID) == stamped[kind]


def test_a_stamped_png_has_the_same_pixels_and_its_texts(
    stamped: dict[str, bytes], drawn: dict[str, bytes]
) -> None:
    with Image.open(io.BytesIO(stamped["png"])) as new, Image.open(io.BytesIO(drawn["png"])) as old:
        np.testing.assert_array_equal(np.asarray(new), np.asarray(old))
        texts = new.text  # type: ignore[attr-defined]
    assert texts["Title"] == SAID.title
    assert texts["Description"] == SAID.citation
    assert texts["Source"] == SAID.address
    assert SAID.run in texts["XML:com.adobe.xmp"]


def test_a_stamped_svg_is_the_drawing_with_dublin_core_in_its_metadata(
    stamped: dict[str, bytes], drawn: dict[str, bytes]
) -> None:
    root = etree.fromstring(stamped["svg"])
    (metadata,) = root.findall("{http://www.w3.org/2000/svg}metadata")
    assert "".join(metadata.find(f".//{DC}title").itertext()) == SAID.title
    assert metadata.find(f".//{DC}identifier").text == SAID.figure
    root.remove(metadata)
    before = etree.canonicalize(drawn["svg"].decode(), strip_text=True)
    assert etree.canonicalize(etree.tostring(root).decode(), strip_text=True) == before


def test_a_stamped_pdf_is_sound_and_shows_the_same_page(
    stamped: dict[str, bytes], drawn: dict[str, bytes]
) -> None:
    assert stamped["pdf"].startswith(drawn["pdf"])
    with (
        pikepdf.open(io.BytesIO(stamped["pdf"])) as new,
        pikepdf.open(io.BytesIO(drawn["pdf"])) as old,
    ):
        assert new.check_pdf_syntax() == []
        assert str(new.docinfo["/Title"]) == SAID.title
        assert str(new.docinfo["/Subject"]) == SAID.citation
        with new.open_metadata() as metadata:
            assert metadata[f"{DC}identifier"] == SAID.figure
            assert metadata["{urn:overtake:stamp:1#}run"] == SAID.run
        pages = [[part.read_bytes() for part in pdf.pages[0].Contents] for pdf in (new, old)]
    assert pages[0] == pages[1]


def test_no_picture_says_anything_of_itself_before_it_is_stamped(drawn: dict[str, bytes]) -> None:
    assert b"<metadata" not in drawn["svg"]
    assert b"iTXt" not in drawn["png"]
    assert b"tEXt" not in drawn["png"]
    assert b"/CreationDate" not in drawn["pdf"]
    for content in drawn.values():
        with pytest.raises(PictureError, match="no stamp"):
            stamping.identify(content)


def test_a_png_written_anew_is_told_from_a_changed_one(stamped: dict[str, bytes]) -> None:
    with Image.open(io.BytesIO(stamped["png"])) as image:
        texts = image.text  # type: ignore[attr-defined]
        assert stamping.identify(_saved(image, texts)).condition == "resaved"
        image.putpixel((5, 5), (255, 0, 0, 255))
        assert stamping.identify(_saved(image, texts)).condition == "changed"


def test_a_png_with_other_pixels_is_not_the_run_s_though_its_stamp_says_so(
    tmp_path: Path,
) -> None:
    figure = Figure(figsize=(2, 1.5))
    figure.add_subplot().plot([1, 2], [3, 12])
    (tmp_path / "figures").mkdir()
    for name, content in render(figure, salt="power", stem="power").pictures.items():
        (tmp_path / "figures" / name).write_bytes(content)
    said = replace(SAID, title="It grows", data="somebody")
    made = framing.of_run(tmp_path, said)["png"]
    true = stamping.identify(stamping.add(made, said))
    assert is_drawn_in(true, tmp_path)
    with Image.open(io.BytesIO(made)) as image:
        image.putpixel((5, 5), (255, 0, 0))
        forged = stamping.identify(stamping.add(_saved(image, {}), said))
    assert forged.condition == "unchanged"
    assert not is_drawn_in(forged, tmp_path)
    mixed = replace(forged.said, picture=true.said.picture, size=true.said.size)
    assert not is_drawn_in(replace(forged, said=mixed), tmp_path)


def _saved(image: Image.Image, texts: dict[str, str]) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    kept = PngInfo()
    for keyword, text in texts.items():
        kept.add_itxt(keyword, text)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", pnginfo=kept, optimize=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [("svg", b"stroke: #1f77b4", b"stroke: #ff77b4"), ("pdf", b"/Type /Page ", b"/Type /Pagi ")],
)
def test_a_changed_drawing_is_told(
    stamped: dict[str, bytes], kind: str, old: bytes, new: bytes
) -> None:
    assert old in stamped[kind]
    changed = stamped[kind].replace(old, new, 1)
    assert stamping.identify(changed).condition == "rewritten"


def test_an_update_appended_to_a_pdf_is_told(stamped: dict[str, bytes]) -> None:
    written = stamped["pdf"] + b"1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    assert stamping.identify(written).condition == "rewritten"


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_that_was_cut_off_is_still_identified(
    stamped: dict[str, bytes], kind: str
) -> None:
    found = stamping.identify(stamped[kind][:-20])
    assert found.condition == "damaged"
    assert found.damage.startswith("bytes ")
    assert found.said.figure == SAID.figure


def test_a_wrong_checksum_is_named_with_its_bytes(stamped: dict[str, bytes]) -> None:
    content = bytearray(stamped["png"])
    first = content.index(b"IDAT") - 4
    content[first + 20] ^= 1
    (length,) = struct.unpack_from(">I", content, first)
    found = stamping.identify(bytes(content))
    assert found.damage == (
        f"bytes {first}–{first + length + 11}: the checksum of chunk b'IDAT' is wrong"
    )


def test_a_pdf_that_lost_its_end_says_so(stamped: dict[str, bytes]) -> None:
    found = stamping.identify(stamped["pdf"][:-10])
    assert (found.condition, found.damage) == (
        "damaged",
        "the file is cut off: it does not end in %%EOF",
    )


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"0123456789abcdef<", b"../../etc/passwd<", "run"),
        (b">power<", b">../power<", "figure"),
        (b"2026-11-24", b"2026-13-24", "released"),
        (b"overtake:bytes>", b"overtake:bites>", "size"),
    ],
)
def test_a_field_that_is_not_as_it_must_be_is_named(
    stamped: dict[str, bytes], old: bytes, new: bytes, field: str
) -> None:
    with pytest.raises(PictureError, match=f"field {field}"):
        stamping.identify(stamped["svg"].replace(old, new))


def test_a_character_that_xml_cannot_hold_is_refused(drawn: dict[str, bytes]) -> None:
    with pytest.raises(PictureError, match="field title"):
        stamping.add(drawn["png"], replace(SAID, title="a\0b"))


_STAMPED = """<?xml version="1.0" encoding="%s"?><svg><metadata id="overtake-stamp"/></svg>"""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<svg xmlns="http://www.w3.org/2000/svg"><metadata id="overtake-stamp">&b;</metadata></svg>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg"><metadata id="overtake-stamp">&a;</metadata></svg>"""
DEEP = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 100_000


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (BOMB, "declares entities"),
        (EXTERNAL, "declares entities"),
        (DEEP, "Excessive depth"),
        (b"", "no PNG, SVG or PDF"),
        ((_STAMPED % "cp037").encode("cp037"), "no PNG, SVG or PDF"),
        ((_STAMPED % "utf-16").encode("utf-16"), "no PNG, SVG or PDF"),
        (b"GIF89a", "no PNG, SVG or PDF"),
        (b"<html><body/></html>", "no stamp"),
        ((_STAMPED % "utf-9").encode(), "it is damaged: bytes 36–79: Unsupported encoding"),
        ((_STAMPED % "gb18030").encode(), "no stamp of this book"),
        (b"%PDF-1.4\n", "no stamp of this book; it is damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, "no stamp of this book; it is damaged: bytes 8–47"),
        (b"\x89PNG\r\n\x1a\n" + _chunk(b"IEND", b"") + b"tail", "bytes 20–23 follow"),
        (b"\x89PNG\r\n\x1a\n" + _chunk(b"a\x1b[0", b"") * 20_000, "the file is cut off"),
    ],
)
def test_hostile_files_are_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(PictureError, match=complaint):
        stamping.identify(content)


def test_a_png_that_unpacks_to_too_many_pixels_is_not_decoded(stamped: dict[str, bytes]) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    content = stamped["png"]
    huge = content[:8] + _chunk(b"IHDR", header) + content[33:]
    assert stamping.identify(huge).condition == "changed"
    with pytest.raises(PictureError, match="can't be decoded"):
        stamping.add(huge, SAID)


@given(where=st.integers(0, 2**24), flipped=st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("kind", KINDS)
def test_no_flipped_byte_passes_for_the_run_s_picture(
    stamped: dict[str, bytes], kind: str, where: int, flipped: int
) -> None:
    content = bytearray(stamped[kind])
    content[where % len(content)] ^= flipped
    try:
        found = stamping.identify(bytes(content))
    except PictureError:
        return
    if found.condition == "unchanged":  # then the byte was one of the stamp's own words
        assert replace(found.said, picture="", size="", pixels="") != SAID


@given(
    content=st.binary(max_size=300), kind=st.sampled_from([b"%PDF-", b"\x89PNG\r\n\x1a\n", b"<"])
)
def test_any_bytes_are_refused_with_a_message(content: bytes, kind: bytes) -> None:
    with pytest.raises(PictureError):
        stamping.identify(kind + content)


def test_the_command_names_figure_run_and_citation_after_a_rename(
    stamped: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "IMG 0001 (copy).jpeg"
    path.write_bytes(stamped["png"])
    shown = RUNNER.invoke(app, ["identify", str(path)])
    assert shown.exit_code == 0
    for part in (SAID.figure, SAID.run, SAID.citation, SAID.address, "unchanged"):
        assert part in shown.output
    assert "this run is not at hand" in shown.output


def test_the_command_ends_with_one_if_the_picture_was_changed(
    stamped: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "a.svg"
    path.write_bytes(stamped["svg"].replace(b"#1f77b4", b"#ff77b4"))
    shown = RUNNER.invoke(app, ["identify", str(path), "--json"])
    assert shown.exit_code == 1
    assert '"condition": "rewritten"' in shown.output


def test_what_could_act_on_a_terminal_is_spelled_out(
    drawn: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(stamping.add(drawn["png"], replace(SAID, title="a\x9b31m\u202eb")))
    shown = RUNNER.invoke(app, ["identify", str(path)])
    assert r"a\x9b31m\u202eb" in shown.output


@pytest.mark.parametrize("name", ["missing.png", "."])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    shown = RUNNER.invoke(app, ["identify", str(tmp_path / name)])
    assert shown.exit_code == 1
    assert "there is no such file" in shown.output
