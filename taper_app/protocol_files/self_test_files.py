"""The cases of the self-test, ``self-test/*.toml``: read only by whoever runs or checks them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.escalation.self_test_cases import SelfTestFile
from taper_app.protocol_files import cross_checks
from taper_app.protocol_files.faults import FileFault, ProtocolFilesRefused
from taper_app.protocol_files.folder import protocols_folder
from taper_app.protocol_files.reading import FolderReading

if TYPE_CHECKING:
    from taper_app.clinical.protocol.ward_library import WardProtocols

CASES = "self-test/*.toml"


def load_self_test(folder: Path | None = None) -> tuple[SelfTestFile, ...]:
    """The shipped cases, by file name. Raises ProtocolFilesRefused with every fault.

    They are not held against the rules here: a rule that is gone has to be found out by the test itself.
    """
    reading = FolderReading(folder or protocols_folder())
    files = _read(reading)
    if not files:
        reading.add("self-test", "", "There is no case to test with; restore the shipped files.")
    if reading.faults:
        raise ProtocolFilesRefused(reading.faults)
    return files


def check_self_test_files(reading: FolderReading, protocols: WardProtocols | None) -> None:
    """Add every fault of every file to ``reading``, also against the rules and sources of ``protocols``."""
    known = len(reading.read)
    files = _read(reading)
    if protocols is not None:
        reading.faults.extend(cross_checks.unknown_sources(reading.read[known:], protocols.sources))
        for file in files:
            reading.faults.extend(_unusable_cases(file, protocols))


def _read(reading: FolderReading) -> tuple[SelfTestFile, ...]:
    files = tuple(reading.many(CASES, SelfTestFile, lambda file: file.id, key_prefix="self-test/").values())
    reading.faults.extend(_cases_given_twice(files))
    return files


def leave_self_test_files(reading: FolderReading) -> None:
    """No page and no plan needs the cases: they are left to whoever runs or checks them."""
    reading.names.update(path.relative_to(reading.folder).as_posix() for path in reading.folder.glob(CASES))


def _cases_given_twice(files: tuple[SelfTestFile, ...]) -> Iterator[FileFault]:
    owners: dict[str, str] = {}
    for file in files:
        for case in file.cases:
            owner = owners.setdefault(case.id, file.id)
            if owner != file.id:
                yield FileFault(_name(file), "cases", f"The case {case.id} stands in {owner} too; give it another id.")


def _unusable_cases(file: SelfTestFile, protocols: WardProtocols) -> Iterator[FileFault]:
    """Cases that no rule book could judge, and rules that no file has."""
    for index, case in enumerate(file.cases):
        for rule in case.caught_by:
            if protocols.rules.rule(rule) is None:
                yield FileFault(
                    _name(file), f"cases.{index}.caught_by", f"No escalation rule {rule} is shipped; name one."
                )
        if case.is_order:
            continue
        try:
            parse_case(file.written_set(case), protocols.vital_limits)
        except InputRefused as refused:
            for fault in refused.faults:
                yield FileFault(_name(file), f"cases.{index}.{fault.field}", fault.message)


def _name(file: SelfTestFile) -> str:
    return f"self-test/{file.id}.toml"
