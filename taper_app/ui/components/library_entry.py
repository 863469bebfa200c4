"""One protocol file on the Protocols page: who signed it, every number with its source, and what a site changed."""

from __future__ import annotations

import streamlit as st
from pydantic import BaseModel

from taper_app.clinical.protocol.citation import Reviewed
from taper_app.clinical.protocol.compare_tapers import changes
from taper_app.clinical.protocol.entries import entry_lines
from taper_app.clinical.protocol.equivalence import EquivalenceEntry, EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import mg_text, plain
from taper_app.ui.components import show

NOT_SIGNED = "No clinician has signed this file."
_SAYS_NOTHING = "not in the file"
_ONE_OF = {"bands": "band", "rows": "row", "products": "product", "entries": "entry"}


def signature_line(reviewed: Reviewed | None, version: str, fingerprint: str) -> None:
    """Who took responsibility, and which edition this is."""
    signed = f"Signed by {reviewed.by} on {reviewed.on}." if reviewed else NOT_SIGNED
    st.markdown(f"**{show.plain_text(signed)}** {show.plain_text(_edition(version, fingerprint))}")


def _edition(version: str, fingerprint: str) -> str:
    """Enough of the fingerprint to tell two editions apart; plans keep all of it."""
    edition = f"Version {version}. " if version else ""
    return f"{edition}Fingerprint (SHA-256) {fingerprint[:16]}…" if fingerprint else edition


def every_number(content: BaseModel, protocols: Protocols, *, alt: str) -> None:
    """The file as a table: entry, what it says, source, place in it, and the mark of what nobody read there."""
    rows = [
        {
            "Entry": path_in_words(line.path),
            "Says": line.says.replace("_", " ") or "see below",
            "Source": protocols.source_short(line.cited.source),
            "Where, and notes": ". ".join(part for part in (line.cited.where, line.cited.note) if part),
            "Mark": line.cited.evidence.mark or "read in its source",
        }
        for line in entry_lines(content)
    ]
    rows_as_table(rows, alt)


def every_equivalent(table: EquivalenceTable, protocols: Protocols) -> None:
    """The table as it is printed, one medicine a row."""
    rows = [
        {
            "Medicine": entry.medicine,
            "As printed": equivalent_in_words(entry),
            "Source": protocols.source_short(entry.source),
            "Where, and notes": ". ".join(part for part in (entry.where, entry.note) if part),
            "Mark": entry.evidence.mark or "read in its source",
        }
        for entry in table.entries
    ]
    rows_as_table(rows, f"Every entry of {table.name} with its source")


def equivalent_in_words(entry: EquivalenceEntry) -> str:
    """``15 to 30 mg = 10 mg diazepam``, with the middle figure where the source prints one."""
    low, high = plain(entry.printed_mg_low), plain(entry.printed_mg_high)
    amount = mg_text(entry.printed_mg_low) if low == high else f"{low} to {high} mg"
    middle = f" (middle {mg_text(entry.printed_mg_central)})" if entry.printed_mg_central is not None else ""
    return f"{amount}{middle} = {mg_text(entry.printed_against_diazepam_mg)} diazepam"


def rows_as_table(rows: list[dict[str, str]], alt: str) -> None:
    """Words of a file, kept from being read as markup; ``alt`` says what the table is."""
    safe = [{name: show.unbroken(show.plain_text(text)) for name, text in row.items()} for row in rows]
    st.table(safe, hide_index=True, alt=alt)


def what_the_site_changed(taper: PublishedTaper, protocols: Protocols) -> None:
    """A site's own taper against the shipped one that it names, field by field."""
    shipped = protocols.tapers.get(taper.based_on or "")
    if shipped is None:
        return
    found = changes(shipped, taper)
    st.markdown(f"**What this site changed against {show.plain_text(shipped.name)}, version {shipped.version}:**")
    if not found:
        st.markdown("Nothing: every field is the same.")
        return
    rows = [
        {
            "Field": path_in_words(change.path),
            "Shipped": change.before or _SAYS_NOTHING,
            "This site": change.after or _SAYS_NOTHING,
        }
        for change in found
    ]
    rows_as_table(rows, f"Fields of {taper.name} that differ from {shipped.name}")


def path_in_words(path: str) -> str:
    """``pace, band 1, cut mg`` for ``pace.bands.0.cut_mg``."""
    words: list[str] = []
    for part in path.split("."):
        if part.isdecimal() and words:
            words[-1] = f"{_ONE_OF.get(words[-1], words[-1])} {int(part) + 1}"
        else:
            words.append(part.replace("_", " "))
    return ", ".join(words)
