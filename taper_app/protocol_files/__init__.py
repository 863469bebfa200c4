"""From ``protocols/*.toml`` to the shapes of ``clinical.protocol``: every fault in every file, not the first."""

from taper_app.protocol_files.faults import FileFault, ProtocolFilesRefused
from taper_app.protocol_files.folder import protocols_folder
from taper_app.protocol_files.load import check_folder, load_for_plans, load_protocols

__all__ = ["FileFault", "ProtocolFilesRefused", "check_folder", "load_for_plans", "load_protocols", "protocols_folder"]
