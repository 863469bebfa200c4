"""The Protocols page: tapers, medicines, tables of equivalents and scales, one chosen kind at a time."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Medicine
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.library_entry import (
    every_equivalent,
    every_number,
    signature_line,
    what_the_site_changed,
)
from taper_app.ui.components.library_scales import scales
from taper_app.ui.components.medicine_words import medicine_label
from taper_app.ui.components.protocol_words import marks_of, summary_words
from taper_app.use_cases.read_protocols import read_protocols

_KIND, _ONE = "library-kind", "library-one"


class Kind(StrEnum):
    """What the library holds for a plan, and for charting."""

    TAPERS = "Tapers"
    MEDICINES = "Medicines"
    TABLES = "Tables of equivalents"
    SCALES = "Scales"


@st.fragment
def library() -> None:
    """One sentence, the kind, and one entry of it with everything that its file says."""
    at = current.here()
    with show.refusals():
        protocols = read_protocols(at.app, at.actor)
        st.markdown(show.plain_text(_in_a_sentence(protocols)))
        chosen = st.segmented_control(
            "What to look at", list(Kind), default=Kind.TAPERS, required=True, wrap=True, key=_KIND
        )
        match Kind(chosen or Kind.TAPERS):
            case Kind.TAPERS:
                _tapers(protocols)
            case Kind.MEDICINES:
                _medicines(protocols)
            case Kind.TABLES:
                _tables(protocols)
            case Kind.SCALES:
                scales(protocols)


def _in_a_sentence(protocols: Protocols) -> str:
    files: list[PublishedTaper | Medicine | EquivalenceTable] = [
        *protocols.tapers.values(),
        *protocols.medicines.values(),
        *_all_tables(protocols).values(),
    ]
    signed = len([file for file in files if file.reviewed])
    said = "No clinician has signed any of them" if not signed else f"Clinicians have signed {signed} of them"
    return (
        f"Every plan is made from these {len(files)} files, each number beside its source. {said}. "
        "They are read here and changed in review, never on a screen."
    )


def _tapers(protocols: Protocols) -> None:
    names = sorted(protocols.tapers, key=lambda name: (name not in protocols.site_tapers, protocols.tapers[name].name))
    chosen = st.selectbox("Taper", names, format_func=lambda name: _taper_label(protocols, name), key=f"{_ONE}-taper")
    taper = protocols.tapers[chosen or names[0]]
    st.subheader(taper.name, anchor=False)
    marks = "".join(f" :orange-badge[{mark}]" for mark in marks_of(taper))
    st.markdown(f"{show.unbroken(show.plain_text(summary_words(taper, protocols)))}{marks}")
    signature_line(taper.reviewed, taper.version, protocols.sha256.get(taper.id, ""))
    if taper.id in protocols.site_tapers:
        what_the_site_changed(taper, protocols)
    every_number(taper, protocols, alt=f"Every number of {taper.name} with its source")


def _taper_label(protocols: Protocols, name: str) -> str:
    taper = protocols.tapers[name]
    return f"{taper.name} (this site's own)" if name in protocols.site_tapers else taper.name


def _medicines(protocols: Protocols) -> None:
    names = sorted(protocols.medicines)
    chosen = st.selectbox(
        "Medicine, by generic or brand name",
        names,
        format_func=lambda name: medicine_label(protocols.medicines[name]),
        filter_mode="contains",
        key=f"{_ONE}-medicine",
    )
    medicine = protocols.medicines[chosen or names[0]]
    st.subheader(medicine_label(medicine), anchor=False)
    if medicine.look_alikes:
        st.markdown(f"Not to be mistaken for {show.plain_text(', '.join(medicine.look_alikes))}.")
    if not protocols.products_of(medicine.id):
        st.markdown("No product of it is known here: it can be taken now, not tapered with.")
    signature_line(medicine.reviewed, "", protocols.sha256.get(medicine.id, ""))
    every_number(medicine, protocols, alt=f"Every number of {medicine.name} with its source")


def _tables(protocols: Protocols) -> None:
    tables = _all_tables(protocols)
    chosen = st.selectbox(
        "Table", list(tables), format_func=lambda name: _table_label(tables[name]), key=f"{_ONE}-table"
    )
    table = tables[chosen or next(iter(tables))]
    st.subheader(table.name, anchor=False)
    role = (
        "Plans are converted by it, and it counts for low and high."
        if table.is_for_conversion
        else "Only shown for reference: nothing is converted by it, and it counts for neither low nor high."
    )
    st.markdown(show.plain_text(f"{role} {table.note}".strip()))
    signature_line(table.reviewed, table.version, protocols.sha256.get(f"equivalence/{table.id}", ""))
    if table.does_not_list:
        st.markdown(f"Does not list: {show.plain_text(', '.join(table.does_not_list))}.")
    every_equivalent(table, protocols)


def _table_label(table: EquivalenceTable) -> str:
    return table.name if table.is_for_conversion else f"{table.name} (reference only)"


def _all_tables(protocols: Protocols) -> dict[str, EquivalenceTable]:
    """Those that convert come first."""
    return {**protocols.equivalence, **protocols.reference_tables}
