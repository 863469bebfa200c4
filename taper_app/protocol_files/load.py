"""The whole folder, or what a plan needs of it: read, checked against itself, or refused with every fault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files.faults import FileFault, ProtocolFilesRefused
from taper_app.protocol_files.folder import protocols_folder
from taper_app.protocol_files.plan_files import read_plan_files
from taper_app.protocol_files.reading import FolderReading

if TYPE_CHECKING:
    from taper_app.clinical.protocol.ward_library import WardProtocols

DEFAULT_MARKET = "us"


def load_protocols(
    folder: Path | None = None, *, market: str = DEFAULT_MARKET, site: Path | None = None
) -> WardProtocols:
    """The library: the shipped files, and with ``site`` the tapers of a site's own folder beside them, and the
    scales that the site has switched on.

    ``market`` decides which products a plan uses when it lists none, and how they are scored.
    Raises ProtocolFilesRefused with every fault of every file.
    """
    protocols, faults = _read_all(folder or protocols_folder(), market, site)
    if protocols is None or faults:
        raise ProtocolFilesRefused(faults)
    return protocols


def load_for_plans(*, market: str = DEFAULT_MARKET, site: Path | None = None) -> Protocols:
    """Only what a plan is made by: a command that plans does not wait for scales and escalation rules.

    Raises ProtocolFilesRefused with every fault of the files that a plan needs.
    """
    reading = FolderReading(protocols_folder())
    protocols = read_plan_files(reading, market, site)
    if protocols is None or reading.faults:
        raise ProtocolFilesRefused(reading.faults)
    return protocols


def check_folder(
    folder: Path | None = None, *, market: str = DEFAULT_MARKET, site: Path | None = None
) -> tuple[FileFault, ...]:
    """Every fault of every file; empty when the folder can be used."""
    return tuple(_read_all(folder or protocols_folder(), market, site, with_self_test=True)[1])


def _read_all(
    folder: Path, market: str, site: Path | None, *, with_self_test: bool = False
) -> tuple[WardProtocols | None, list[FileFault]]:
    # Not at the top: the shapes of charting and handoff take time to build, and a command that plans needs none.
    from taper_app.protocol_files.self_test_files import check_self_test_files, leave_self_test_files
    from taper_app.protocol_files.ward_files import read_ward_files

    reading = FolderReading(folder)
    if not folder.is_dir():
        reading.add(folder.name, "", "There is no such folder of protocol files; name one that exists.")
        return None, reading.faults
    protocols = read_ward_files(reading, read_plan_files(reading, market, site), site)
    if with_self_test:
        check_self_test_files(reading, protocols)
    else:
        leave_self_test_files(reading)
    reading.refuse_unread_files("move it to the folder of its kind")
    return protocols, reading.faults
