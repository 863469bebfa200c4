"""A second observer: rates the same moment without seeing the first one's numbers; then both side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from taper_app.clinical.charting.raters import RatedItem, RatedTotal, Value
from taper_app.clinical.charting.scores import CIWA_B, ItemScore
from taper_app.clinical.faults import field_name
from taper_app.clinical.protocol.scales import Scale, ScoreItem
from taper_app.clinical.records import RecordId
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_ciwa import ciwa_b
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_values import GATE_SIGNS, MORE_SIGNS, SYMPTOMS, observation_of
from taper_app.ui.components.entry_times import entry_times
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.bedside_view import RaterPair, rater_pairs
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.second_observer import chart_second_observer

_OFFERED = 12
_ZERO_TO_FOUR = {0: "0 none", 1: "1", 2: "2", 3: "3", 4: "4 worst"}
_YES_NO = {"no": "No", "yes": "Yes"}


def second_observer(at: Here, chart: Chart, *, on_close: Callable[[], None]) -> None:
    """Which set, its ratings anew, and the pairs that there are already."""
    with st.container(border=True, key=f"second-observer-{chart.episode_id}"):
        st.markdown("**Second observer**")
        first = _chosen(at, chart)
        if first is not None:
            _rating(at, chart, first, on_close)
        st.button("Close", key=f"close-second-observer-{chart.episode_id}", on_click=on_close)
        for pair in rater_pairs(chart, at.app.protocols):
            _side_by_side(at, chart, pair)


def _chosen(at: Here, chart: Chart) -> ChartedSet | None:
    """Sets of others that hold a rating, newest first."""
    own = at.actor.user_id
    by_others = [charted for charted in reversed(chart.sets) if charted.record.author.user_id != own]
    sets = {charted.record.id: charted for charted in by_others if _holds_a_rating(charted)}
    offered = list(sets)[:_OFFERED]
    if not offered:
        st.markdown("Nobody else has charted a set with ratings here; a second observer rates another's set.")
        return None

    def words(record_id: RecordId) -> str:
        charted = sets[record_id]
        return f"{entry_times(charted.record, chart.unit.zone)}, {charted.record.author.signature}"

    key = f"second-of-{chart.episode_id}"
    chosen = st.selectbox("Which set you rated at the same moment", offered, format_func=words, index=None, key=key)
    return sets[chosen] if chosen else None


def _holds_a_rating(charted: ChartedSet) -> bool:
    observation = charted.observation
    return any(part is not None for part in (observation.ciwa_b, observation.rass, observation.symptoms))


def _rating(at: Here, chart: Chart, first: ChartedSet, on_close: Callable[[], None]) -> None:
    """What the first one rated is asked, and none of it is shown."""
    entry = open_entry(at, UseCase.CHART_OBSERVATION, f"second-of-{first.record.id}", chart.episode_id)
    st.markdown("The first observer's numbers are shown after you have saved yours. Both sets are kept.")
    if first.observation.rass is not None:
        _rass(at, entry)
    if first.observation.symptoms is not None:
        for name, value in first.observation.symptoms:
            if value is not None:
                _segments(entry, f"symptoms.{name}", SYMPTOMS[name], _ZERO_TO_FOUR)
    for name, answer in first.observation.signs or ():
        if answer in ("yes", "no") and (label := {**GATE_SIGNS, **MORE_SIGNS}.get(name)):
            _segments(entry, f"signs.{name}", label, _YES_NO)
    if first.observation.ciwa_b is not None:
        ciwa_b(at, entry, {}, chart)
    entry.saved_line(chart.unit.zone)
    if st.button("Save as second observer", type="primary", key=f"save-{entry.entry_id}", width="stretch"):
        _save(at, chart, first, entry, on_close)


def _rass(at: Here, entry: EntryForm) -> None:
    item = at.app.protocols.scales["rass"].item("rass")
    assert isinstance(item, ScoreItem), "the RASS file has one scored item"
    words = {
        score: f"{score:+d} {item.anchors.get(str(score), '').split(':')[0]}".replace("+0", "0").replace("-", "−")
        for score in range(item.highest, item.lowest - 1, -1)
    }
    _segments(entry, "rass", "Sedation or agitation (RASS), after rousing", words)


def _segments(entry: EntryForm, name: str, label: str, words: Mapping[Any, str]) -> None:
    st.segmented_control(label, format_func=words.__getitem__, wrap=True, **entry.chosen(name, list(words)))


def _save(at: Here, chart: Chart, first: ChartedSet, entry: EntryForm, on_close: Callable[[], None]) -> None:
    with show.refusals():
        observation = observation_of(entry.values(), at.app.protocols.scales)
        kept = chart_second_observer(
            at.app, at.actor, chart.episode_id, first.record.id, observation, entry_id=entry.entry_id
        )
        entry.finished()
        on_close()
        chart_result.show_after_rerun(chart.episode_id, kept.record_id)
        show.done_after_rerun("Your set was charted beside the first one; both are kept.")
        st.rerun()


def _side_by_side(at: Here, chart: Chart, pair: RaterPair) -> None:
    when = moment_text(pair.first.at, chart.unit.zone)
    differing = len(pair.compared.differing)
    with st.expander(f"Two observers, {when}: {_how_many(differing)}"):
        st.markdown(_who(chart, pair))
        for total in pair.compared.totals:
            st.markdown(_total_words(at, total))
        if pair.compared.other_form:
            st.markdown("CIWA-B was asked in two wordings of the form, which are never compared.")
        rows = [_row(item, at.app.protocols.scales) for item in _differing_first(pair.compared.items)]
        if rows:
            st.table(rows, hide_index=True, alt=f"Every item of both observers, {when}")


def _how_many(differing: int) -> str:
    return "no item differs" if not differing else f"{differing} item{'' if differing == 1 else 's'} differ"


def _who(chart: Chart, pair: RaterPair) -> str:
    both = (("First", pair.first.record), ("Second", pair.second.record))
    said = [f"{which}: {kept.author.signature}, {entry_times(kept, chart.unit.zone)}." for which, kept in both]
    return f"{show.plain_text(' '.join(said))} Neither takes the other's place."


def _total_words(at: Here, total: RatedTotal) -> str:
    short = at.app.protocols.scales[total.scale].short
    gap = "" if total.gap is None else f"; difference {total.gap:+d}"
    return f"**{short}**: {_score(total.first)} and {_score(total.second)}{gap}".replace("+0", "0")


def _score(score: ItemScore) -> str:
    return str(score.total) if score.complete else f"incomplete ({score.least} to {score.most})"


def _differing_first(items: Sequence[RatedItem]) -> list[RatedItem]:
    return sorted(items, key=lambda item: not item.differs)


def _row(item: RatedItem, scales: Mapping[str, Scale]) -> dict[str, str]:
    gap = "" if item.gap is None else f"{item.gap:+d}".replace("+0", "0")
    return {
        "Item": _item_words(item.path, scales),
        "First": _value_words(item.first),
        "Second": _value_words(item.second),
        "Difference": gap or ("differs" if item.differs else ""),
    }


def _item_words(path: str, scales: Mapping[str, Scale]) -> str:
    block, _, name = path.partition(".")
    labels: dict[str, str] = {item.id: item.label for item in scales[CIWA_B].items} if block == "ciwa_b" else {}
    if block == "ciwa_b":
        return f"CIWA-B {name} {labels.get(name, '')}".strip()
    known = {**SYMPTOMS, **GATE_SIGNS, **MORE_SIGNS}
    words = field_name([name or block])
    return known.get(name) or f"{words[0].upper()}{words[1:]}"


def _value_words(value: Value | None) -> str:
    return "not charted" if value is None else str(value)
