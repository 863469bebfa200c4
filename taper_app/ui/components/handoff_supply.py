"""Supply and checks on the Handoff page: what goes home, exactly, and what was answered before leaving."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.release_gate import naloxone_reasons
from taper_app.clinical.handoff.release_items import CheckTopic, LeavingItem, SuppliedCount, SupplyItem
from taper_app.clinical.handoff.supply import planned_products, wanted_supply
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text, plain
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.components.handoff_fields import answer, submit, text
from taper_app.ui.components.handoff_people import keep, opened_form
from taper_app.ui.current import Here
from taper_app.use_cases.aftercare import record_release_item
from taper_app.use_cases.handoff_view import HandoffView

MOST_DAYS = 92


def supply(at: Here, view: HandoffView) -> None:
    """How many days, and what the signed plan needs for them; counts can be changed to what was handed over."""
    wanted = wanted_supply(view.chart, view.kept, at.app.protocols, leaves_at=_leaves_at(view))
    said = f"{wanted.days} days are wanted" if wanted.days is not None else "The days wanted are not known yet"
    st.markdown(f"**{said}**: {show.plain_text(wanted.why)}")
    known = view.kept.item(SupplyItem)
    start = {"days": str(known.days), "handed_over": known.handed_over} if known else {}
    if not start and wanted.days is not None:
        start = {"days": str(wanted.days)}
    entry = opened_form(at, view, "supply", start)
    days_text = text(entry, "days", "Days handed over, beyond the day of release", placeholder="5", most=2)
    written: dict[str, Any] = {"form": "supply", **supply_fields(at, view, entry, days_text)}
    keep(at, view, entry, written, "The supply is recorded.")


def supply_fields(at: Here, view: HandoffView, entry: EntryForm, days_text: str) -> dict[str, Any]:
    """The supply as it is written: days, exact products, who handed it over; without tablets, why."""
    days = int(days_text) if days_text.isascii() and days_text.isdecimal() else None
    if days == 0:
        because = text(entry, "none_because", "Why no tablets are handed over", most=400)
        return {"days": 0, "none_because": because}
    products = _products(at, view, entry, days) if days is not None and days <= MOST_DAYS else []
    handed_over = text(entry, "handed_over", "Handed over by whom, to whom, when", most=400)
    return {"days": days if days is not None else days_text, "products": products, "handed_over": handed_over}


def _products(at: Here, view: HandoffView, entry: EntryForm, days: int) -> list[dict[str, str]]:
    planned = planned_products(view.chart, leaves_at=_leaves_at(view), days=days)
    counts = {supplied.product: supplied.count for supplied in planned}
    if planned:
        exact = ", ".join(supplied_words(supplied, at.app.protocols) for supplied in planned)
        st.markdown(f"By the signed plan, the rest of the day of release and {days} days: **{show.plain_text(exact)}**")
    else:
        st.markdown("No plan is in force, so the counts are the prescriber's: write what is handed over.")
    products = []
    for product_id in _offered(view, at.app.protocols, counts):
        name = f"count-{product_id}-{days}"
        planned_count = plain(counts[product_id]) if product_id in counts else ""
        label = f"{_product_words(product_id, at.app.protocols)}: how many"
        written = text(entry, name, label, begin=planned_count, most=6)
        if written and written != "0":
            products.append({"product": product_id, "count": written})
    return products


def _offered(view: HandoffView, protocols: Protocols, counts: dict[str, Any]) -> list[str]:
    """The plan's products first, then the others of the medicines that the patient takes."""
    use = view.chart.current_use
    found = [protocols.medicine_named(line.drug) for line in use.lines] if use else []
    medicines = dict.fromkeys(str(medicine.medicine_id) for medicine in found if medicine)
    all_products = [str(product.id) for name in medicines for product in protocols.products_of(name)]
    return list(dict.fromkeys([*counts, *all_products]))


def _product_words(product_id: str, protocols: Protocols) -> str:
    stocked = protocols.product(product_id)
    if stocked is None:
        return product_id
    return f"{protocols.medicines[stocked.medicine].name} {stocked.in_words}"


def supplied_words(supplied: SuppliedCount, protocols: Protocols) -> str:
    """``10 × clonazepam tablet of 1 mg``."""
    stocked = protocols.product(supplied.product)
    if stocked is None:
        return f"{plain(supplied.count)} of {supplied.product}"
    name = protocols.medicines[stocked.medicine].name
    form = stocked.product.form.in_words
    return f"{plain(supplied.count)} × {name} {form} of {mg_text(stocked.product.strength_mg)}"


def _leaves_at(view: HandoffView) -> Any:
    item = view.kept.item(LeavingItem)
    return item.leaves_at if item else view.chart.now


def checks(at: Here, view: HandoffView) -> None:
    """Yes, no or not assessed for each; only what was changed becomes a record."""
    reasons = naloxone_reasons(view.chart, view.kept)
    if reasons:
        st.markdown(
            f"**Naloxone is wanted**: {show.plain_text(', '.join(reasons))}. It does not reverse benzodiazepines: "
            "call for help anyway."
        )
    start: dict[str, Any] = {}
    for topic in CheckTopic:
        item = view.kept.check(topic)
        if view.kept.was_asked(topic):
            start |= {topic.value: item.answer.value, f"{topic.value}-note": item.note}
            if item.on is not None:
                start[f"{topic.value}-on"] = item.on.isoformat()
    entry = opened_form(at, view, "checks", start)
    written = [_check(entry, view, topic) for topic in CheckTopic]
    changed = [item for item in written if item is not None]

    def work() -> None:
        record_release_item(at.app, at.actor, view.chart.episode_id, *changed, entry_id=entry.entry_id)

    submit(entry, "Save the checks", work, f"{len(changed)} answers are recorded.")
    entry.saved_line(view.chart.unit.zone)


def _check(entry: EntryForm, view: HandoffView, topic: CheckTopic) -> dict[str, Any] | None:
    """The check as it is written now, None when nothing about it changed."""
    asked, noted = st.columns([3, 2], vertical_alignment="bottom")
    with asked:
        given = answer(entry, topic.value, topic.question)
    on = ""
    with noted:
        if topic is CheckTopic.PRESCRIPTION_MONITORING:
            on = text(entry, f"{topic.value}-on", "Checked on", placeholder="2027-01-19", most=10)
        note = "" if on else text(entry, f"{topic.value}-note", "Note", most=400)
    known = view.kept.check(topic)
    written = {"form": "check", "topic": topic.value, "answer": given, "note": note, "on": on or None}
    same = (known.answer.value, known.note, known.on.isoformat() if known.on else "") == (given, note, on)
    chosen = entry.value(topic.value) is not None or given != Answer.NOT_ASSESSED.value
    return written if chosen and not (same and view.kept.was_asked(topic)) else None
