"""What the sites of all releases consist of: each content once, by its SHA-256.

An archive of a release holds what no earlier archive holds, and a manifest that says which
content stands at which address. A content is one frame of Zstandard, with what stood at its
address in the version before as its dictionary, so that a page of which a word has changed
costs that word. Zip archives are cut before each of their members: a crate of which one file
has changed costs that file. Nothing has to be packed again to get them back, so that their
bytes don't depend on who unpacks them.
"""

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

from overtake.core import digests
from overtake.core.errors import PublicationError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MANIFEST = "manifest.json"
_LEVEL = 12  # of 22; the highest takes ten times as long for a fortieth of the size
_SHORTEST_BASE = 8  # bytes that Zstandard takes as a dictionary
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Packed:
    """An archive of contents, and the versions whose archives hold the rest."""

    content: bytes
    needs: tuple[str, ...]


@dataclass(frozen=True)
class _Manifest:
    """What a site is made of; every content goes by its SHA-256."""

    before: str  # the version whose files are dictionaries; "" if there is none
    files: dict[str, str] = field(default_factory=dict)  # by path
    parts: dict[str, list[str]] = field(default_factory=dict)  # of contents that were cut


@dataclass(frozen=True)
class Contents:
    """Contents in a folder, which version's archive brought each, and the sites made of them."""

    folder: Path
    holders: dict[str, str] = field(default_factory=dict)  # version by SHA-256
    sites: dict[str, Mapping[str, str]] = field(default_factory=dict)  # paths, by version

    def add_site(self, version: str, archive: Path) -> None:
        """Add what a packed site holds, as releases were archived at first."""
        with zipfile.ZipFile(archive) as packed:
            self.sites[version] = {
                path: self._keep(version, packed.read(path)) for path in packed.namelist()
            }

    def add(self, version: str, archive: Path) -> None:
        """Add what an archive of contents holds; what it needs must have been added before."""
        with zipfile.ZipFile(archive) as packed:
            manifest = _Manifest(**json.loads(packed.read(_MANIFEST)))
            bases = self.bases(manifest.before, manifest.files)
            for name in packed.namelist():
                if name != _MANIFEST:
                    base = self.read(bases.get(name, ""))
                    self._put(version, name, _unframed(packed.read(name), base))
        for name, parts in manifest.parts.items():
            self._put(version, name, b"".join(map(self.read, parts)))
        for path, name in manifest.files.items():
            if name not in self.holders:
                raise PublicationError(f"{archive}: no archive at hand holds {path} ({name})")
        self.sites[version] = manifest.files

    def read(self, name: str) -> bytes:
        """Return a content by its SHA-256; b"" for ""."""
        if name and name not in self.holders:
            raise PublicationError(f"no archive at hand holds the content {name}")
        return (self.folder / name).read_bytes() if name else b""

    def bases(self, before: str, files: Mapping[str, str]) -> dict[str, str]:
        """Return what stood in the version before where each content stands now, by content.

        If it stands at several paths, the first one counts that the version before had too.
        """
        if before and before not in self.sites:
            raise PublicationError(f"the site of version {before} is not among those at hand")
        older = self.sites[before] if before else {}
        ordered = sorted(files.items(), reverse=True)
        return {name: older[path] for path, name in ordered if path in older}

    def lay(self, version: str, folder: Path) -> None:
        """Put the site of a version into a folder; what several versions show is there once."""
        for path, name in self.sites[version].items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.hardlink_to(self.folder / name)
            except OSError:  # some file systems know no links, and all count them
                shutil.copyfile(self.folder / name, target)

    def _keep(self, version: str, content: bytes) -> str:
        """Keep a content with its parts, and return its SHA-256."""
        name = digests.of(content)
        for part in {content, *_cut(content)}:
            self._put(version, digests.of(part), part)
        return name

    def _put(self, version: str, name: str, content: bytes) -> None:
        if digests.of(content) != name:
            raise PublicationError(f"the archive of version {version}: {name} has other bytes")
        if name not in self.holders:
            (self.folder / name).write_bytes(content)
            self.holders[name] = version


def pack(site: Mapping[str, bytes], earlier: Contents, before: str) -> Packed:
    """Pack what the archives of earlier versions don't hold; the same files, the same bytes.

    `before` is the version whose files are most like these, "" if there is no earlier one.
    """
    files = {path: digests.of(content) for path, content in site.items()}
    packing = _Packing(earlier, _Manifest(before, files), earlier.bases(before, files))
    for path, name in sorted(files.items()):
        packing.add(name, site[path])
    return packing.packed()


@dataclass(frozen=True)
class _Packing:
    """An archive in the making: its frames, and the contents that its site leans on."""

    earlier: Contents
    manifest: _Manifest
    bases: Mapping[str, str]
    frames: dict[str, bytes] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add(self, name: str, content: bytes) -> None:
        """Add a content, or its parts, unless an archive holds it."""
        if self._is_held(name) or name in self.manifest.parts:
            self.used.add(name)
        elif parts := _cut(content):
            self.manifest.parts[name] = [self._add_part(part) for part in parts]
        else:
            self._frame(name, content)

    def packed(self) -> Packed:
        """Return the archive of what was added."""
        held, before = self.earlier.holders, self.manifest.before
        needs = {before} - {""} | {held[name] for name in self.used & held.keys()}
        text = json.dumps(asdict(self.manifest), indent=0, sort_keys=True, ensure_ascii=False)
        packed = digests.pack({**self.frames, _MANIFEST: text.encode()})
        return Packed(packed, tuple(sorted(needs)))

    def _add_part(self, part: bytes) -> str:
        name = digests.of(part)
        self.used.add(name)
        if not self._is_held(name):
            self._frame(name, part)
        return name

    def _is_held(self, name: str) -> bool:
        return name in self.frames or name in self.earlier.holders

    def _frame(self, name: str, content: bytes) -> None:
        base = self.bases.get(name, "")
        self.used.add(base)
        self.frames[name] = _framed(content, self.earlier.read(base))


def _cut(content: bytes) -> list[bytes]:
    """Cut a zip archive before each member and before its directory; nothing else is cut."""
    if not content.startswith(_ZIP):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            starts = {archive.start_dir, *(entry.header_offset for entry in archive.infolist())}
    except zipfile.BadZipFile:
        return []
    cuts = sorted({0, len(content), *(start for start in starts if 0 < start < len(content))})
    return [content[start:end] for start, end in pairwise(cuts)]


def _framed(content: bytes, base: bytes) -> bytes:
    return zstd.compress(content, _LEVEL, zstd_dict=_dictionary(base))


def _unframed(frame: bytes, base: bytes) -> bytes:
    return zstd.decompress(frame, zstd_dict=_dictionary(base))


def _dictionary(base: bytes) -> tuple[zstd.ZstdDict, int] | None:
    """Return older bytes as what newer ones may refer to, however long they are."""
    if len(base) < _SHORTEST_BASE:
        return None
    return zstd.ZstdDict(base, is_raw=True).as_prefix
