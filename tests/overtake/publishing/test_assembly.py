"""Released versions beside the newest book, and what happens where an archive is not whole."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from overtake.core import digests
from overtake.core.errors import PublicationError, RecordError
from overtake.core.paths import Project, lock_of
from overtake.publishing import assembly, contents, publication, releases
from overtake.publishing.releases import Archive, Release
from tests.conftest import CITATION

SITES = {
    "0.9.0": {"index.html": b"The old book. " * 50, "a.png": b"the first picture " * 50},
    "0.10.0": {"index.html": b"The book. " * 50, "a.png": b"the first picture " * 50},
    "1.0.0": {"index.html": b"The book! " * 50, "a.png": b"the first picture " * 50},
}
"""Of released versions, all of one day; the first one is archived whole."""


def described(version: str, content: bytes, needs: tuple[str, ...] | None) -> Release:
    archive = Archive(f"{version}.zip", digests.of(content), len(content), needs)
    return Release(version, date(2026, 1, 3), "0" * 40, {}, {}, {}, {}, (), archive)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with a built book and three releases."""
    made = Project(tmp_path)
    for folder in (made.site, made.archives, made.releases):
        folder.mkdir(parents=True)
    (made.site / "index.html").write_text("The newest book.")
    (tmp_path / publication.FILE_NAME).write_text(CITATION)
    before: list[Release] = []
    for version, site in SITES.items():
        known = assembly.gather(before, made.archives, tmp_path / f"for-{version}")
        packed = contents.pack(site, known, before[-1].version if before else "")
        whole = (digests.pack(site), None)
        content, needs = (packed.content, packed.needs) if before else whole
        (made.archives / f"{version}.zip").write_bytes(content)
        before.append(described(version, content, needs))
        record = releases.as_json(before[-1])
        releases.path_of(made, version).write_text(record, encoding="utf-8")
    return made


def versions(project: Project) -> dict[str, dict[str, bytes]]:
    """Return what stands under the book's versions."""
    return {
        folder.name: {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in (project.site / releases.FOLDER).iterdir()
        if folder.is_dir()  # the list of versions stands beside them
    }


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_every_version_is_what_was_released(project: Project) -> None:
    assert {*assembly.assemble(project, project.archives)} == {*SITES}
    assert versions(project) == SITES
    assert (project.site / "index.html").read_text() == "The newest book."
    assert [path.name for path in project.site.parent.iterdir() if "-v" in path.name] == []


def test_a_record_says_which_archives_a_version_needs(project: Project) -> None:
    found = {release.version: release for release in releases.read_all(project)}
    assert found["0.9.0"].archive.needs is None
    assert found["0.10.0"].archive.needs == ("0.9.0",)
    assert found["1.0.0"].archive.needs == ("0.10.0", "0.9.0")
    for version, release in found.items():
        text = releases.path_of(project, version).read_text()
        assert releases.as_json(release) == text
        assert text.startswith('{\n "format": 1,' if version == "0.9.0" else '{\n "format": 2,')


def test_a_record_of_a_format_to_come_is_refused(project: Project) -> None:
    path = releases.path_of(project, "1.0.0")
    path.write_text(path.read_text().replace('"format": 2', '"format": 3'))
    with pytest.raises(RecordError, match=r"1\.0\.0\.json .* field format: it is not 1 or 2"):
        releases.read(path)


@pytest.mark.parametrize("version", SITES)
@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (Path.unlink, "the archive of version {} is missing"),
        (cut, "is not what was released as {}"),
        (flip, "is not what was released as {}"),
    ],
)
def test_an_archive_that_is_missing_or_damaged_ends_it_with_its_name(
    project: Project, version: str, harm: Callable[[Path], None], complaint: str
) -> None:
    assembly.assemble(project, project.archives)
    harm(project.archives / f"{version}.zip")
    with pytest.raises(PublicationError, match=complaint.format(version)):
        assembly.assemble(project, project.archives)
    assert versions(project) == SITES


@pytest.mark.parametrize(("gone", "first"), [("0.9.0", "0.10.0"), ("0.10.0", "1.0.0")])
def test_a_version_whose_contents_have_lost_their_record_is_named(
    project: Project, gone: str, first: str
) -> None:
    releases.path_of(project, gone).unlink()
    with pytest.raises(PublicationError, match=f"{first} shares contents with {gone}, whose rec"):
        assembly.assemble(project, project.archives)


def test_only_versions_whose_archives_are_at_hand_are_shared_with(project: Project) -> None:
    def at_hand() -> list[str]:
        found = assembly.at_hand(releases.read_all(project), project.archives)
        return [release.version for release in found]

    assert at_hand() == [*SITES]
    (project.archives / "0.10.0.zip").unlink()
    assert at_hand() == ["0.9.0"]
    cut(project.archives / "0.9.0.zip")
    with pytest.raises(PublicationError, match=r"is not what was released as 0\.9\.0"):
        at_hand()


def test_a_disk_that_fills_leaves_what_stood_there(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly.assemble(project, project.archives)
    write = Path.write_bytes
    left = [3]

    def fill(self: Path, content: bytes) -> int:
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(PublicationError, match=r"No space left on device.*stands there still"):
        assembly.assemble(project, project.archives)
    assert versions(project) == SITES
    assert sorted(path.name for path in project.site.parent.glob("*html*v*")) == []


def test_a_folder_that_can_not_be_moved_brings_back_the_old_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly.assemble(project, project.archives)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.parent.name.endswith("-v") and self.name == releases.FOLDER:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PublicationError, match="Input/output error"):
        assembly.assemble(project, project.archives)
    assert versions(project) == SITES


def test_what_a_killed_assembly_left_is_removed(project: Project) -> None:
    left = project.site.with_name(".html-v")
    (left / "v" / "0.9.0").mkdir(parents=True)
    (left / "v" / "0.9.0" / "half.html").touch()
    assembly.assemble(project, project.archives)
    assert versions(project) == SITES
    assert not left.exists()


def test_one_process_at_a_time_assembles(project: Project) -> None:
    with (
        FileLock(lock_of(project.site)),
        pytest.raises(PublicationError, match="another process is writing"),
    ):
        assembly.assemble(project, project.archives)
    assert assembly.assemble(project, project.archives)
