"""What ``taper protocols list`` and ``show`` answer: every protocol file by kind and id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.protocol.ward_library import WardProtocols


def protocols_listed(library: WardProtocols) -> list[dict[str, object]]:
    """One entry a file: id, kind, version, who reviewed it, fingerprint, and whether it is the site's own."""
    return [
        {
            "id": entry_id,
            "kind": kind,
            "version": getattr(entry, "version", None),
            "reviewed": entry.reviewed.by if getattr(entry, "reviewed", None) else None,
            "sha256": library.sha256[f"equivalence/{entry_id}" if kind in _TABLES else entry_id],
            "site": (kind, entry_id) in _of_the_site(library),
        }
        for kind, shelf in _shelves(library).items()
        for entry_id, entry in shelf.items()
    ]


def protocol_shown(entry_id: str, library: WardProtocols) -> dict[str, object]:
    """One file's content with its kind. A taper and a table may share an id: the other one stands in ``same_id``.

    Raises InputRefused when nothing has the id.
    """
    found = list(_with_id(entry_id, library))
    if not found:
        raise InputRefused([Fault("name", f'Nothing here is called "{entry_id}"; see `taper protocols list`.')])
    first, *others = sorted(found, key=lambda shown: shown["kind"] != "taper")
    return first | ({"same_id": others} if others else {})


_TABLES = ("equivalence", "reference table")


def _of_the_site(library: WardProtocols) -> set[tuple[str, str]]:
    """What the site's own folder has added, by kind and id."""
    return {("taper", name) for name in library.site_tapers} | {("escalation", name) for name in library.site_rules}


def _shelves(library: WardProtocols) -> dict[str, Mapping[str, Any]]:
    return {
        "medicine": library.medicines,
        "equivalence": library.equivalence,
        "reference table": library.reference_tables,
        "taper": library.tapers,
        "scale": library.scales,
        "escalation": library.escalation,
    }


def _with_id(entry_id: str, library: WardProtocols) -> Iterator[dict[str, object]]:
    for kind, shelf in _shelves(library).items():
        if entry_id in shelf:
            yield {"kind": kind} | shelf[entry_id].model_dump(mode="json", exclude_none=True)
