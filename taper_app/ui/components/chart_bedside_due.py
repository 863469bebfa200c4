"""What bedside charting owes and what stands: the talk after a refusal, the baseline, signatures, observation level."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from taper_app.clinical.charting.bedside import newest_of
from taper_app.clinical.charting.bedside_standing import Witnessed
from taper_app.clinical.charting.partial import TalkDue
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.export.bedside_words import entry_words
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_bedside import open_form
from taper_app.ui.components.entry_times import entry_times
from taper_app.ui.components.protocol_words import cited_words
from taper_app.ui.components.times import ago, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.bedside_view import baseline_ciwa_b, open_witnessed, refusal_talk_due
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.chart_bedside import chart_bedside
from taper_app.use_cases.context import new_id
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_STANDING = ("observation_level", "call_me_if")


def bedside_due(at: Here, chart: Chart) -> None:
    """Each line only while it is true; nothing at all when nothing is owed and nothing stands."""
    may_chart = chart.row.status == "open" and grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is not Grant.NO
    for line in _standing(at, chart):
        st.markdown(line)
    baseline_line(chart)
    talk, open_work = refusal_talk_due(chart, at.app.protocols), open_witnessed(chart)
    if talk is None and not open_work:
        return
    with st.container(border=True, key=f"bedside-due-{chart.episode_id}"):
        if talk:
            _talk(at, chart, talk, may_chart=may_chart)
        for work in open_work:
            _second_word(at, chart, work, may_chart=may_chart)


def _standing(at: Here, chart: Chart) -> Iterator[str]:
    for kind in _STANDING:
        if found := newest_of(chart.bedside, kind):
            said = entry_words(found.entry, at.app.protocols.bedside, chart.unit.zone)
            since = f"since {entry_times(found.record, chart.unit.zone)}, {found.record.author.signature}"
            yield f"**{show.plain_text(said)}** :small[{show.plain_text(since)}]"


def baseline_line(chart: Chart) -> None:
    """That the baseline CIWA-B is missing, until it is complete; on Chart and on Plan."""
    baseline = baseline_ciwa_b(chart)
    if baseline.charted_at is not None and not baseline.is_late:
        return
    cut = moment_text(baseline.cut_at, chart.unit.zone) if baseline.cut_at else ""
    cut_was_made = baseline.cut_at is not None and baseline.cut_at <= chart.now
    if baseline.charted_at is not None:
        first = moment_text(baseline.charted_at, chart.unit.zone)
        st.markdown(f"▲ No CIWA-B was complete before the first cut ({cut}); the first complete one is of {first}.")
    elif cut_was_made:
        st.warning(f"▲ Baseline CIWA-B is missing: the first cut was planned for {cut}. Chart a complete one now.")
    else:
        before = f" before the first cut, {cut}" if cut else " before the first cut"
        st.warning(f"▲ Baseline CIWA-B is missing: chart a complete one{before}.")


def _talk(at: Here, chart: Chart, due: TalkDue, *, may_chart: bool) -> None:
    rule = at.app.protocols.bedside.refusal_review
    whose = " or ".join(f"the {role.in_words}" for role in rule.spoken_by.roles)
    sets = "a set was refused" if due.refused == 1 else f"{due.refused} sets were refused"
    late = " · overdue" if due.by < chart.now else ""
    by = f"{moment_text(due.by, chart.unit.zone)} ({ago(due.by, chart.now)}){late}"
    sources = f"{cited_words(rule, at.app.protocols)}; who speaks: {cited_words(rule.spoken_by, at.app.protocols)}"
    refused = moment_text(due.first_refused_at, chart.unit.zone)
    st.markdown(
        f"**Due: {whose} speaks with the patient by {by}**, because {sets} ({refused}). The set itself stays due. "
        f":small[{show.plain_text(sources)}]"
    )
    if may_chart and at.actor.role in rule.spoken_by.roles:
        _open_button("Chart the talk", chart.episode_id, "refusal_talk")


def _open_button(label: str, episode_id: EpisodeId, kind: str, of: str = "") -> None:
    st.button(
        label,
        key=f"open-{kind}-{of}-{episode_id}",
        on_click=open_form,
        args=(episode_id, kind),
        kwargs={"of": of},
    )


def _second_word(at: Here, chart: Chart, work: Witnessed, *, may_chart: bool) -> None:
    """A count or a check that is still open: for the second person to sign, for somebody else to settle."""
    said = entry_words(work.charted.entry, at.app.protocols.bedside, chart.unit.zone)
    when = entry_times(work.charted.record, chart.unit.zone)
    who = work.charted.record.author.signature
    st.markdown(f"**{show.plain_text(_still_open(work))}** {show.plain_text(f'{said} ({when}, {who}).')}")
    is_witness = work.work.witness.user_id == at.actor.user_id
    is_author = work.charted.record.author.user_id == at.actor.user_id
    with st.container(horizontal=True):
        if may_chart and work.agrees is None and is_witness:
            _sign_buttons(chart.episode_id, work.charted.id)
        if may_chart and work.differs and work.settled is None and not is_author:
            _open_button("Settle the difference", chart.episode_id, "difference_settled", work.charted.id)


def _still_open(work: Witnessed) -> str:
    """What is missing, the difference first."""
    name = work.work.witness.name
    parts = ["■ A difference that nobody has settled yet."] if work.differs and work.settled is None else []
    if work.agrees is None:
        parts.append(f"Waits for the signature of {name}.")
    elif not work.agrees:
        parts.append(f"{name} did not sign it: it was different.")
    return " ".join(parts)


def _sign_buttons(episode_id: EpisodeId, of: RecordId) -> None:
    entry_id = str(st.session_state.setdefault(f"signing|{of}", new_id()))
    st.button("It was so: sign", key=f"sign-{of}", type="primary", on_click=_sign, args=(episode_id, of, entry_id))
    _open_button("It was different", episode_id, "second_signature", of)


def _sign(episode_id: EpisodeId, of: RecordId, entry_id: str) -> None:
    """One tap; who signs is asked anew."""
    at = current.here()
    with show.refusals():
        entry = {"kind": "second_signature", "of": of, "agrees": True}
        chart_bedside(at.app, at.actor, episode_id, entry, entry_id=entry_id, happened_at=at.app.clock())
        show.done_after_rerun("Signed.")
