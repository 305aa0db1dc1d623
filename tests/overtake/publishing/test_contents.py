"""What a version's archive holds, and what comes out of all of them."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.core import digests
from overtake.core.errors import PublicationError
from overtake.publishing import contents
from overtake.publishing.contents import Contents, Packed

Site = dict[str, bytes]
_noise = random.Random(1).randbytes
PAGE = "\n".join(f"<p>Paragraph {i} of {i * i}.</p>" for i in range(2000)).encode()
PICTURE = _noise(20_000)


def released(folder: Path, sites: Sequence[Site]) -> tuple[Contents, list[Packed]]:
    """Release sites one after the other, each from the archives of those before."""
    archives: list[Packed] = []
    for number, site in enumerate(sites):
        known = opened(folder / f"for-{number}", archives, folder)
        archives.append(contents.pack(site, known, str(number - 1) if number else ""))
    return opened(folder / "all", archives, folder), archives


def opened(folder: Path, archives: Sequence[Packed], beside: Path) -> Contents:
    folder.mkdir()
    known = Contents(folder)
    for number, archive in enumerate(archives):
        path = beside / f"{number}.zip"
        path.write_bytes(archive.content)
        known.add(str(number), path)
    return known


def laid(known: Contents, version: str, folder: Path) -> Site:
    known.lay(version, folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def crate(**changed: bytes) -> bytes:
    members = {f"figure-{i}": random.Random(i).randbytes(9_000) for i in range(5)}
    return digests.pack({**members, **changed})


def test_what_stays_is_not_archived_again(tmp_path: Path) -> None:
    first = {"index.html": PAGE, "picture.png": PICTURE}
    known, (before, after) = released(tmp_path, [first, {**first, "new.png": _noise(1000)}])
    assert len(before.content) > len(PICTURE)
    assert 1000 < len(after.content) < 2000
    assert (before.needs, after.needs) == ((), ("0",))
    assert laid(known, "0", tmp_path / "v0") == first


def test_a_page_of_which_a_word_changes_costs_a_word(tmp_path: Path) -> None:
    words = PAGE.replace(b"Paragraph 777 ", b"Section 777 ")
    known, (before, after) = released(tmp_path, [{"a.html": PAGE}, {"a.html": words}])
    assert len(after.content) < len(before.content) / 10
    assert laid(known, "1", tmp_path / "v1") == {"a.html": words}


def test_a_picture_with_another_stamp_costs_the_stamp(tmp_path: Path) -> None:
    sites = [{"a.png": b"stamp 1" + PICTURE}, {"a.png": b"another stamp" + PICTURE}]
    known, (_, after) = released(tmp_path, sites)
    assert len(after.content) < len(PICTURE) / 10
    assert laid(known, "1", tmp_path / "v1") == sites[1]


def test_one_address_that_stays_is_enough_to_find_what_changed(tmp_path: Path) -> None:
    old, new = b"stamp 1" + PICTURE, b"another stamp" + PICTURE
    first = {"_downloads/1/a.png": old, "figures/a.png": old}
    second = {"_downloads/2/a.png": new, "figures/a.png": new}
    known, (_, after) = released(tmp_path, [first, second])
    assert len(after.content) < len(PICTURE) / 10
    assert laid(known, "1", tmp_path / "v1") == second


def test_a_content_at_two_addresses_is_archived_once(tmp_path: Path) -> None:
    site = {"figures/a.png": PICTURE, "_downloads/1/a.png": PICTURE}
    known, (archive,) = released(tmp_path, [site])
    assert len(archive.content) < 1.2 * len(PICTURE)
    assert laid(known, "0", tmp_path / "v") == site


@pytest.mark.parametrize("name", ["run-1.zip", "run-2.zip"])
def test_a_crate_of_which_one_file_changes_costs_that_file(tmp_path: Path, name: str) -> None:
    old, new = crate(), crate(**{"figure-3": _noise(9_000)})
    known, (before, after) = released(tmp_path, [{"run-1.zip": old}, {name: new}])
    assert len(before.content) > 5 * 9_000
    assert 9_000 < len(after.content) < 11_000
    assert laid(known, "1", tmp_path / "v") == {name: new}


@pytest.mark.parametrize("damaged", [crate()[:-30], b"PK\x03\x04", crate() + b"more"])
def test_what_only_looks_like_a_zip_archive_is_kept_as_it_is(
    tmp_path: Path, damaged: bytes
) -> None:
    known, _ = released(tmp_path, [{"a.zip": damaged}])
    assert laid(known, "0", tmp_path / "v") == {"a.zip": damaged}


def test_what_comes_back_is_taken_from_the_version_that_had_it(tmp_path: Path) -> None:
    sites = [{"a": PICTURE}, {"a": _noise(20_000)}, {"a": PICTURE}]
    known, archives = released(tmp_path, sites)
    assert len(archives[2].content) < 1000
    assert archives[2].needs == ("0", "1")
    assert laid(known, "2", tmp_path / "v") == sites[2]


def test_the_version_before_is_needed_for_its_addresses(tmp_path: Path) -> None:
    words = PAGE.replace(b"Paragraph 777 ", b"Section 777 ")
    site = {"a.html": PAGE, "b.zip": crate()}
    known, archives = released(tmp_path, [site, site, {"a.html": words, "b.zip": crate(c=b"!")}])
    assert {known.holders[name] for name in known.sites["1"].values()} == {"0"}
    assert archives[2].needs == ("0", "1")
    with pytest.raises(PublicationError, match="site of version 1 is not among"):
        opened(tmp_path / "only-2", archives[2:], tmp_path)


def test_a_content_that_is_packed_whole_is_shared_too(tmp_path: Path) -> None:
    site = {"index.html": PAGE, "crates/a.zip": crate()}
    (tmp_path / "0.zip").write_bytes(digests.pack(site))
    (tmp_path / "all").mkdir()
    known = Contents(tmp_path / "all")
    known.add_site("0", tmp_path / "0.zip")
    new = {"index.html": PAGE + b"!", "crates/b.zip": crate(**{"figure-1": b"short"})}
    after = contents.pack(new, known, "0")
    assert after.needs == ("0",)
    assert len(after.content) < 2000
    (tmp_path / "1.zip").write_bytes(after.content)
    known.add("1", tmp_path / "1.zip")
    assert laid(known, "0", tmp_path / "v0") == site
    assert laid(known, "1", tmp_path / "v1") == new


@pytest.mark.parametrize(("path", "content"), [("a.png", PICTURE), ("a.zip", crate())])
def test_a_content_that_no_archive_holds_is_named(
    tmp_path: Path, path: str, content: bytes
) -> None:
    known, _ = released(tmp_path, [{path: content}])
    alone = contents.pack({path: content, "new": b"new"}, known, "")
    with pytest.raises(PublicationError, match=f"no archive at hand holds {path}"):
        opened(tmp_path / "alone", [alone], tmp_path)


def test_a_part_that_no_archive_holds_is_named(tmp_path: Path) -> None:
    known, _ = released(tmp_path, [{"a.zip": crate()}])
    alone = contents.pack({"a.zip": crate(more=b"more")}, known, "")
    with pytest.raises(PublicationError, match="no archive at hand holds the content"):
        opened(tmp_path / "alone", [alone], tmp_path)


def test_versions_share_files_on_the_disk_where_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, _ = released(tmp_path, [{"a": PICTURE, "b": PICTURE}, {"a": PICTURE}])
    for version in known.sites:
        known.lay(version, tmp_path / "v" / version)
    inodes = {path.stat().st_ino for path in (tmp_path / "v").rglob("[ab]")}
    assert len(inodes) == 1

    def refuse(*_: Path) -> None:
        raise OSError(31, "Too many links")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert laid(known, "0", tmp_path / "copied") == {"a": PICTURE, "b": PICTURE}


_names = st.sampled_from(["a.html", "a.zip", "b/a.html", "b/a.zip", "c"])
_zips = st.dictionaries(st.sampled_from("abc"), st.binary(max_size=20)).map(digests.pack)
_sites = st.dictionaries(_names, st.binary(max_size=30) | _zips, max_size=5)


@given(sites=st.lists(_sites, min_size=1, max_size=4))
def test_every_version_comes_out_as_it_went_in(
    sites: list[Site], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    known, archives = released(folder, sites)
    for number, site in enumerate(sites):
        assert laid(known, str(number), folder / f"v{number}") == site
    again = tmp_path_factory.mktemp("again")
    assert released(again, sites)[1] == archives
