"""Reading the files of one folder: what they held, their fingerprints, and everything that was wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field

from taper_app.clinical.protocol.citation import ProtocolEntry, Source
from taper_app.protocol_files.faults import FileFault
from taper_app.protocol_files.read_toml import ReadFile, line_of, read_toml

ShapeT = TypeVar("ShapeT", bound=BaseModel)


class SourceList(ProtocolEntry):
    """``sources*.toml``: a list of sources."""

    sources: tuple[Source, ...] = Field(min_length=1)


@dataclass
class FolderReading:
    """What has been read so far of one folder, and everything that was wrong with it.

    ``called`` is put before the file names of faults, for a folder that is not the shipped one.
    """

    folder: Path
    called: str = ""
    faults: list[FileFault] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    read: list[tuple[str, BaseModel]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)

    def one(self, name: str, shape: type[ShapeT]) -> ShapeT | None:
        """One file that has to be there; its fingerprint is kept under its name."""
        return self._keep(read_toml(self.folder / name, shape, folder=self.folder), key=name.removesuffix(".toml"))

    def many(
        self, pattern: str, shape: type[ShapeT], id_of: Callable[[ShapeT], str], *, key_prefix: str = ""
    ) -> dict[str, ShapeT]:
        """Every file of a kind by its id, which is also the file's name."""
        found: dict[str, ShapeT] = {}
        for path in sorted(self.folder.glob(pattern)):
            file = read_toml(path, shape, folder=self.folder)
            content = self._keep(file, key=None)
            if content is None:
                continue
            entry_id = id_of(content)
            if entry_id in found:
                self.add(file.file, "id", f"The id {entry_id} stands in two files; rename one.")
                continue
            if "*" in path.parent.name or path.stem != entry_id:
                self.add(file.file, "id", f"The id {entry_id} and the file's name differ; make them the same.")
            found[entry_id] = content
            self.sha256[key_prefix + entry_id] = file.sha256
        return found

    def sources(self) -> dict[str, Source]:
        """Every source of ``sources*.toml``, each once."""
        found: dict[str, Source] = {}
        for path in sorted(self.folder.glob("sources*.toml")):
            listed = self.one(path.name, SourceList)
            for source in listed.sources if listed else ():
                if source.id in found:
                    self.add(path.name, "sources", f"The source {source.id} stands twice; keep one entry.")
                found[source.id] = source
        return found

    def add(self, file: str, key: str, message: str) -> None:
        """A fault of a file, or of the folder as a whole where ``file`` is empty; with its line where it is known."""
        line = line_of(self.texts[file], key) if file in self.texts else None
        self.faults.append(FileFault(self._shown(file), key, message, line))

    def _shown(self, file: str) -> str:
        return "/".join(part for part in (self.called, file) if part)

    def _keep(self, file: ReadFile[ShapeT], *, key: str | None) -> ShapeT | None:
        self.names.add(file.file)
        self.texts[file.file] = file.text
        self.faults.extend(FileFault(self._shown(one.file), one.key, one.message, one.line) for one in file.faults)
        if file.content is not None:
            self.read.append((file.file, file.content))
            if key is not None:
                self.sha256[key] = file.sha256
        return file.content

    def refuse_unread_files(self, fix: str) -> None:
        """A file that nothing reads would be silently without effect."""
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and path.suffix == ".toml" and name not in self.names:
                self.add(name, "", f"Nothing reads this file; {fix}.")
            if path.is_file() and path.suffix in (".yaml", ".yml", ".json"):
                self.add(name, "", "Protocol files are TOML; convert it or take it away.")
