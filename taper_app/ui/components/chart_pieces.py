"""What a dose was really made of: the plan's pieces, or other listed products when the ward has those."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.charting.pieces_used import ways_to_make
from taper_app.clinical.planning.answer import DoseAt, Pieces
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import is_dose_field, mg_of, parse_mg, plain, tenth_mcg_of
from taper_app.export.plan_sheets import dose_pieces_text
from taper_app.ui.components.chart_entry import EntryForm

Way = tuple[Pieces, ...]


def made_from(
    entry: EntryForm, protocols: Protocols, medicine: str, mg: str, *, planned: Way = (), label: str = "Made of"
) -> list[dict[str, Any]] | None:
    """Ask what the dose was made of; None for the planned pieces, or when nothing was chosen.

    ``mg`` as it was typed; nothing is asked while it is no dose that listed products can make.
    """
    if not is_dose_field(mg):
        return None
    tenth_mcg = tenth_mcg_of(parse_mg(mg))
    most = protocols.limits.pieces_per_dose_when_needed_now
    found = [
        way for way in ways_to_make(medicine, tenth_mcg, protocols, most_pieces=most) if _key(way) != _key(planned)
    ]
    offered = {_key(way): way for way in ((planned,) if planned else ())} | {_key(way): way for way in found}
    if (len(offered) < 2 and planned) or not offered:
        return None

    def in_words(key: str) -> str:
        dose = DoseAt(time="00:00", drug=medicine, mg=mg_of(tenth_mcg), pieces=offered[key])
        return f"{dose_pieces_text(dose, protocols)}{' (as planned)' if key == _key(planned) else ''}"

    begin = _key(planned) if planned else None
    chosen = st.selectbox(
        label,
        format_func=in_words,
        placeholder="Not written down",
        **entry.listed("made_of", list(offered), begin),
    )
    if chosen is None or chosen == begin:
        return None
    return [{"product": piece.product, "count": plain(piece.count)} for piece in offered[chosen]]


def _key(way: Way) -> str:
    """A name of the way that a draft can keep."""
    return " + ".join(sorted(f"{plain(piece.count)} x {piece.product}" for piece in way))
