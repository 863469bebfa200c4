"""The version in force with its files, the bridging note while it is suspended, and every version with its state."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.planning.amend.standing import is_suspended
from taper_app.clinical.planning.versions import PlanVersion, VersionState
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.plan_change_kinds import change_in_words
from taper_app.ui.components.plan_pick_ups import pick_ups
from taper_app.ui.components.plan_result import plan_sentence, protocol_line
from taper_app.ui.components.plan_words import code_words, daily_words
from taper_app.ui.components.schedule_table import schedule, steps_from
from taper_app.ui.components.times import date_text, moment_text
from taper_app.ui.current import Here
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.plan_band import end_zone_of
from taper_app.ui.figures.plan_steps import plan_alt, plan_figure
from taper_app.ui.server import downloads
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.export_plan import FORMATS, File, bridging_note, export_bridging_note, export_plan

NOT_IN_FORCE = "✕ NOT IN FORCE"
SUSPENDED = "✕ SUSPENDED"


def in_force(at: Here, chart: Chart) -> None:
    """What is given today and the next change; then the rest of the plan and its files, or the bridging note."""
    version = chart.signed
    if version is None:
        st.info("No plan is signed. No planned dose is due until a physician signs one.")
        return
    is_current = chart.standing.plan_is_current
    state = "" if is_current else f" · {SUSPENDED}"
    st.subheader(f"Version {version.number} in force{state}", anchor=False)
    signed = f" on {moment_text(version.signed_at, chart.unit.zone)}" if version.signed_at else ""
    st.markdown(f"{show.plain_text(version.in_words + signed)}. {show.plain_text(_today(chart, version))}")
    if is_current:
        zone = end_zone_of(version.plan, at.app.protocols)
        figure = plan_figure(version.plan, today=chart.today, end_zone=zone)
        key = f"in-force-{version.record_id}"
        st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=plan_alt(version.plan))
        with st.expander("Steps from today on"):
            steps = steps_from(version.plan, chart.today)
            schedule(version.plan, at.app.protocols, alt="Steps from today on", steps=steps)
        pick_ups(version.plan, at.app.protocols, since=chart.today)
    else:
        _bridging(chart)
    files(chart.episode_id)


def _today(chart: Chart, version: PlanVersion) -> str:
    step = version.step_on(chart.today)
    if step is None:
        return f"It starts on {date_text(version.plan.starts_on)}."
    following = next((later for later in version.plan.steps if later.starts_on > chart.today), None)
    now = f"Today: {daily_words(step.daily_mg)} a day."
    if chart.standing.suspensions:
        return f"{now} {chart.standing.cut_in_words}."
    if is_suspended(version.plan) and step is version.plan.steps[-1]:
        return f"{now} Keep dose, no cut, until a prescriber has reviewed."
    if following is None:
        return f"{now} No further change is planned."
    return f"{now} Next change {date_text(following.starts_on)}: {daily_words(following.daily_mg)} a day."


def _bridging(chart: Chart) -> None:
    note = bridging_note(chart)
    before = f" That was the dose before the cut on {date_text(note.before_cut_on)}." if note.before_cut_on else ""
    text = f"Last tolerated daily dose: {note.dose_in_words}.{before} No cut. Call: {'; '.join(note.call)}."
    with st.container(border=True):
        st.markdown(f"**Bridging note.** {show.plain_text(text)}")


@st.fragment
def files(episode_id: EpisodeId) -> None:
    """One button a format; the file is made when it is asked for, and fetched once."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        if chart.row.status != "open":
            return
        made: File | None = None
        with st.container(horizontal=True):
            if chart.standing.plan_is_current:
                for fmt in FORMATS:
                    label = fmt.upper() if fmt != "text" else "text"
                    if st.button(f"Make {label} file", key=f"export-{fmt}-{episode_id}"):
                        made = export_plan(at.app, at.actor, episode_id, fmt)
            elif st.button("Make bridging note file", key=f"export-bridging-{episode_id}"):
                made = export_bridging_note(at.app, at.actor, episode_id)
        if made is not None:
            name, media_type, content = made
            address = downloads.offer(at.signed_in.session_id, name, media_type, content)
            st.link_button(f"Download {name}", address, type="primary")
            st.markdown("The link opens once, within 15 minutes.")


def all_versions(at: Here, chart: Chart) -> None:
    """Newest first; a superseded one says so beside its steps and on its chart."""
    if not chart.versions:
        return
    st.subheader("All versions", anchor=False)
    for version in reversed(chart.versions):
        is_superseded = version.state is VersionState.SUPERSEDED
        is_suspended = version is chart.signed and not chart.standing.plan_is_current
        mark = f"{NOT_IN_FORCE}: " if is_superseded else f"{SUSPENDED}: " if is_suspended else ""
        with st.expander(f"{mark}{show.plain_text(version.in_words)}"):
            if is_suspended:
                st.warning(f"{SUSPENDED}. {chart.standing.cut_in_words}. {chart.standing.dose_in_words}")
            _one(at, chart, version, is_superseded=is_superseded)


def _one(at: Here, chart: Chart, version: PlanVersion, *, is_superseded: bool) -> None:
    if is_superseded:
        st.error(f"{NOT_IN_FORCE}. {show.plain_text(version.in_words)}. Nothing is given from it.")
    st.markdown(show.plain_text(plan_sentence(version.plan)))
    proposed = moment_text(version.proposed_at, chart.unit.zone)
    st.markdown(show.plain_text(f"Proposed by {version.proposed_by.signature}, {proposed}."))
    why_this_version(version)
    if version.signed_by and version.signed_at:
        when = moment_text(version.signed_at, chart.unit.zone)
        accepted = ", ".join(code_words(code) for code in version.accepted_codes) or "none"
        text = f"Signed by {version.signed_by.signature}, {when}; warnings accepted by name: {accepted}."
        st.markdown(show.plain_text(text))
    protocol_line(version.plan, at.app.protocols)
    used = version.plan.protocol
    st.markdown(show.plain_text(f"Content of the protocol file {used.id}, SHA-256: {used.sha256}"))
    schedule(version.plan, at.app.protocols, alt=f"Steps of version {version.number}")


def why_this_version(version: PlanVersion) -> None:
    """The change that made it with its reason, or what was noted when it was built."""
    amends = version.plan.amends
    words = [change_in_words(amends.change)] if amends is not None else []
    words += [f"Noted: {version.note}"] if version.note else []
    if words:
        st.markdown(show.plain_text(". ".join(words)))
