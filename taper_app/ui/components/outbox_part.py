"""What leaves the building: whether alerts get out, what still waits and why. A part of a page of the nurse in charge
and of the administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.times import ago, moment_text
from taper_app.use_cases.outbox_view import OutboxView, ShownNotice, see_outbox, try_now
from taper_app.use_cases.set_up_unit import unit_or_first

_EVERY_SECONDS = 10


@st.fragment(run_every=_EVERY_SECONDS)
def outbox() -> None:
    """Looks by itself; nothing here is typed."""
    at = current.here()
    st.subheader("What leaves the building")
    with show.refusals():
        view = see_outbox(at.app, at.actor)
        st.markdown(_where_to(view))
        if view.leaves_the_ward_unsaid:
            st.warning("There is more than one ward, and messages do not say which: set TAPER_NOTICE_SAYS to unit.")
        unit = unit_or_first(at.app, at.actor.unit_id)
        zone = unit.zone if unit else "UTC"
        _waiting(view, at.app.clock(), zone)
        _delivered(view.delivered, zone)


def _where_to(view: OutboxView) -> str:
    if not view.policy.channels:
        return "No way out is set: alerts stay on these screens. `TAPER_WEBHOOK_URL` or `TAPER_APPRISE_URLS` sets one."
    names = ", ".join(view.policy.channels)
    said = ", ".join(["bed", "level", *sorted(view.policy.says)])
    return f"Alerts from level {view.policy.from_level} leave through **{names}** and say: {said}."


def _waiting(view: OutboxView, now: datetime, zone: str) -> None:
    if not view.waiting:
        if view.policy.channels:
            st.markdown(":material/check_circle: Nothing waits.")
        return
    if view.failing_since:
        since = moment_text(view.failing_since, zone)
        st.error(f"Messages do not get out; the oldest waits since {since}. Tell people by telephone.")
    st.dataframe([_row_waiting(shown, now) for shown in view.waiting], hide_index=True, width="stretch")
    at = current.here()
    if st.button("Try now", key="outbox-try-now"):
        try_now(at.app, at.actor)
        st.info("It is being tried; this list looks again by itself.")


def _row_waiting(shown: ShownNotice, now: datetime) -> dict[str, str | int]:
    notice = shown.notice
    bed = {} if shown.bed is None else {"bed": shown.bed}
    return {
        "level": notice.level,
        **bed,
        "what failed last": notice.last_failure or "not tried yet",
        "tries": notice.tries,
        "next try": ago(notice.next_try_at, now),
        "waits since": ago(notice.queued_at, now),
        "through": notice.channel,
    }


def _delivered(delivered: Sequence[ShownNotice], zone: str) -> None:
    if not delivered:
        return
    with st.expander(f"Delivered last ({len(delivered)})"):
        st.dataframe(
            [
                {
                    "delivered": moment_text(shown.notice.delivered_at or shown.notice.queued_at, zone),
                    "level": shown.notice.level,
                    **({} if shown.bed is None else {"bed": shown.bed}),
                    "through": shown.notice.channel,
                    "tries": shown.notice.tries,
                }
                for shown in delivered
            ],
            hide_index=True,
            width="stretch",
        )
