"""What is wrong with a protocol file: where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from taper_app.clinical.errors import TaperError


@dataclass(frozen=True, slots=True)
class FileFault:
    """``file`` relative to the folder, ``key`` dotted (empty for the file as a whole), ``line`` when it is known."""

    file: str
    key: str
    message: str
    line: int | None = None

    def as_json(self) -> dict[str, object]:
        return {"file": self.file, "line": self.line, "key": self.key, "message": self.message}

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.key + ': ' if self.key else ''}{self.message}"


class ProtocolFilesRefused(TaperError):
    """The protocol files cannot be used; nothing of them acts until every fault is mended."""

    next_step = "Mend the files that are named; `taper protocols check` lists every fault."

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(str(fault) for fault in self.faults))
