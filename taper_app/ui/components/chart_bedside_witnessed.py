"""Forms for what two people do: the controlled-drug count, the check of halves and liquids, their signatures."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.doses import DueDose
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_text
from taper_app.export.bedside_words import entry_words
from taper_app.export.plan_sheets import dose_pieces_text
from taper_app.ui.components import show
from taper_app.ui.components.chart_bedside_fields import Asking, Written, choose, line, note, number, yes_no
from taper_app.ui.components.times import clock_text
from taper_app.use_cases.witnesses import possible_witnesses

_COUNTED_IN = {"tablets": "Tablets", "capsules": "Capsules", "ml": "mL"}
_OTHER = "other"


def ask_count(ask: Asking) -> Written:
    medicine = line(ask, "medicine", "Medicine and strength")
    counted_in = choose(ask, "counted_in", "Counted in", _COUNTED_IN)
    with st.container(horizontal=True):
        expected = number(ask, "expected", "Should be there")
        counted = number(ask, "counted", "Counted")
    because = told = ""
    if expected and counted and expected != counted:
        st.warning("The two numbers differ. Count again; if they still differ, it is charted as a difference.")
        because = note(ask, "difference_because", "What may explain it")
        told = line(ask, "difference_told", "Who was told")
    return {
        "medicine": medicine,
        "counted_in": counted_in,
        "expected": expected,
        "counted": counted,
        "witness": _second_person(ask, "Counted together with"),
        "difference_because": because,
        "difference_told": told,
    }


def ask_double_check(ask: Asking) -> Written:
    """Today's doses with a half, a quarter or a volume are offered; anything else is written."""
    doses = {due.planned_for.isoformat(): due for due in _to_check(ask)}
    words = {key: _dose_words(ask, due) for key, due in doses.items()} | {_OTHER: "Another"}
    begin = _OTHER if ask.form.first("prepared") else None
    dose = choose(ask, "dose", "What is checked", words, begin) if doses else _OTHER
    prepared = _dose_words(ask, doses[dose]) if dose in doses else None
    if dose == _OTHER:
        prepared = line(ask, "prepared", "What was prepared, such as half a tablet of clonazepam 0.5 mg")
    agrees = yes_no(ask, "agrees", "Do both agree on it?")
    wrong = note(ask, "note", "What is wrong, and what was done") if agrees == "no" else ""
    return {
        "prepared": prepared,
        "planned_for": dose if dose in doses else None,
        "agrees": {"yes": True, "no": False}.get(agrees or ""),
        "witness": _second_person(ask, "Checked together with"),
        "note": wrong,
    }


def _to_check(ask: Asking) -> list[DueDose]:
    today = ask.chart.planned_between(ask.chart.today, ask.chart.today)
    return [due for due in today if _has_part_or_volume(ask, due)]


def _has_part_or_volume(ask: Asking, due: DueDose) -> bool:
    for piece in due.dose.pieces:
        stocked = ask.at.app.protocols.product(piece.product)
        is_liquid = stocked is not None and stocked.product.form is Form.LIQUID
        if is_liquid or piece.count % 1:
            return True
    return False


def _dose_words(ask: Asking, due: DueDose) -> str:
    when = clock_text(due.planned_for, ask.chart.unit.zone)
    pieces = dose_pieces_text(due.dose, ask.at.app.protocols)
    return f"{when} {due.dose.drug} {mg_text(due.dose.mg)}: {pieces}"


def _second_person(ask: Asking, label: str) -> str | None:
    """Somebody else who charts on this unit; they sign under their own name afterwards."""
    people = {account.id: account.display_name for account in possible_witnesses(ask.at.app, ask.at.actor)}
    if not people:
        st.warning("Nobody else who charts on this unit has an account; an administrator adds one.")
        return None
    chosen = choose(ask, "witness", label, people)
    st.markdown(":small[The second person signs it afterwards under their own name; until then it stands as open.]")
    return chosen


def ask_signature(ask: Asking) -> Written:
    """The second person's word: what the entry says, and whether it was so."""
    _the_entry(ask)
    agrees = yes_no(ask, "agrees", "Was it so?")
    different = note(ask, "note", "What was different") if agrees == "no" else ""
    return {"of": ask.of, "agrees": {"yes": True, "no": False}.get(agrees or ""), "note": different}


def ask_settled(ask: Asking) -> Written:
    _the_entry(ask)
    return {"of": ask.of, "how": note(ask, "how", "How it was settled, and what follows")}


def _the_entry(ask: Asking) -> None:
    charted = next((found for found in ask.chart.bedside if found.id == ask.of), None)
    if charted:
        said = entry_words(charted.entry, ask.rules, ask.chart.unit.zone)
        st.info(show.plain_text(f"{charted.record.author.signature}: {said}"))
