"""What the rules asked of the ward in the last 30 days: each rule, and alerts per nurse. Counts, no names."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import streamlit as st

from taper_app.clinical.escalation.rule_burden import RuleBurden, SpanBurden
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import plain, rounded
from taper_app.clinical.records import Unit
from taper_app.ui.components import show
from taper_app.ui.components.levels import LEVELS
from taper_app.ui.components.library_entry import rows_as_table
from taper_app.ui.components.rule_words import message_words
from taper_app.ui.components.times import clock_text, date_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.rule_burden import Burden, rule_burden

_ACTED_ON = (
    "Acted on: acknowledged, an action written down, resolved, or the plan changed (a version signed, or keeping the "
    "dose asked for) while the alert was open or before the patient's next one. One alert counts for each rule that it "
    "stands on. No patient and no colleague is named: this measures the rules, not people."
)


def burden(at: Here, unit: Unit) -> None:
    """A sentence, the rules with those first that nobody acted on, then the shifts."""
    with st.spinner("Counting what was recorded …"):
        found = rule_burden(at.app, at.actor, unit.id)
    st.markdown(show.plain_text(_in_a_sentence(found, unit)))
    if not found.sets:
        return
    st.subheader("By rule", anchor=False)
    rows_as_table(
        [_rule_row(one, at.app.protocols) for one in found.by_rule],
        "Each rule: sets on which it fired, alerts, and how many of them were acted on",
    )
    st.markdown(f":small[{show.plain_text(_ACTED_ON)}]")
    st.subheader("By shift" if found.by_shift else "By day", anchor=False)
    if found.outside:
        st.markdown(f"{found.outside} alerts were raised while no shift was set; they stand in none of these rows.")
    if not found.by_shift:
        st.markdown(
            "No shift was set in this time, so each day of the ward's clock is counted, with the nurses who charted."
        )
    rows_as_table([_span_row(one, unit, found) for one in found.by_span], "Interrupting alerts and nurses of each span")


def _in_a_sentence(found: Burden, unit: Unit) -> str:
    since = f"Since {moment_text(found.since, unit.zone)} on {unit.name}"
    if not found.sets:
        return f"{since}: no observation set was charted, so there is nothing to count."
    per_nurse = _average(found.by_span)
    a_nurse = f", {per_nurse} for each nurse and {'shift' if found.by_shift else 'day'}" if per_nurse else ""
    return f"{since}: {found.sets} sets judged, {found.alerts} alerts{a_nurse}."


def _average(spans: Sequence[SpanBurden]) -> str:
    """Over the spans in which somebody is known to have worked."""
    known = [(span.alerts, len(span.span.nurses)) for span in spans if span.span.nurses]
    nurses = sum(count for _alerts, count in known)
    return plain(rounded(Fraction(sum(alerts for alerts, _count in known), nurses), 1)) if nurses else ""


def _rule_row(one: RuleBurden, protocols: WardProtocols) -> dict[str, str]:
    rule = protocols.rules.rule(one.rule)
    said = message_words(rule) if rule else "no longer in the files"
    level = LEVELS[rule.level].word if rule and rule.level != "next" else ("one level up" if rule else "")
    return {
        "Rule": f"{one.rule} {said}",
        "Level": level,
        "Fired on sets": str(one.fired),
        "Alerts": str(one.alerts),
        "Acknowledged": str(one.acknowledged),
        "Action written": str(one.with_action),
        "Plan changed": str(one.plan_changed),
        "Acted on": _share(one),
    }


def _share(one: RuleBurden) -> str:
    if not one.alerts:
        return "no alert"
    return f"{one.acted_on} of {one.alerts} ({plain(rounded(Fraction(100 * one.acted_on, one.alerts), 0))} %)"


def _span_row(one: SpanBurden, unit: Unit, found: Burden) -> dict[str, str]:
    start = one.span.start
    day = date_text(start.date())
    when = f"{day} {clock_text(start, unit.zone)} to {clock_text(one.span.end, unit.zone)}" if found.by_shift else day
    per_nurse = one.per_nurse
    return {
        "When": when,
        "Alerts": str(one.alerts),
        **{LEVELS[level].word: str(one.by_level[level]) for level in (4, 3, 2)},
        "Nurses": str(len(one.span.nurses)),
        "Alerts per nurse": "not known" if per_nurse is None else plain(rounded(per_nurse, 1)),
    }
