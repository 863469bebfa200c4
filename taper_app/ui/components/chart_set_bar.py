"""The bar that stays in view under the observation set: when the draft was kept, how far CIWA-B is, and the one submit.

A field that is kept draws only this bar again. Its button asks the form to save and draws the form's part again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.charting.scores import CIWA_B, items_score
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import kept_at, on_screen, value_on_screen
from taper_app.ui.components.chart_values import ciwa_line, observation_of
from taper_app.ui.components.times import to_the_second
from taper_app.ui.current import Here
from taper_app.use_cases.observe import readings_to_confirm

#: The names under which the parts of the page are drawn again.
SET_PART, BAR_PART = "observation-set", "observation-set-bar"
_STAYS_IN_VIEW = """<style>
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-save-bar-"]) {
  position: sticky; bottom: 0; z-index: 80; padding: 0.5rem 0; border-top: 1px solid #64748B;
  background-color: Canvas; background-color: light-dark(#FFFFFF, #0F172A);
}
[class*="st-key-save-bar-"] [data-testid="stAlert"] { max-height: 40vh; overflow: auto; }
</style>"""


def stays_in_view() -> None:
    """The style of the bar; drawn with the form and not with each field."""
    st.html(_STAYS_IN_VIEW)


@st.fragment(key=BAR_PART)
def save_bar(episode_id: EpisodeId, form: str, entry_id: str, zone: str) -> None:
    """Who acts is asked anew; it reads nothing of the record."""
    at = current.here()
    with show.refusals():
        so_far = _ciwa_line(at.app.protocols.scales[CIWA_B], episode_id, form, entry_id)
        st.markdown(f"{_kept_line(entry_id, zone)} · {so_far}")
        to_confirm = waiting_to_confirm(at, episode_id, form, entry_id)
        if to_confirm:
            listed = "\n".join(f"- {show.plain_text(sentence)}" for sentence in to_confirm)
            st.warning(f"Please confirm before it is charted:\n\n{listed}")
        st.button(
            "The readings are right: save" if to_confirm else "Save set",
            type="primary",
            key=f"save-{entry_id}-{bool(to_confirm)}",
            width="stretch",
            on_click=_ask_to_save,
            args=(episode_id, entry_id),
        )


def _kept_line(entry_id: str, zone: str) -> str:
    moment = kept_at(entry_id)
    return f"Draft saved {to_the_second(moment, zone)}. Not charted yet." if moment else "Nothing typed yet."


def _ciwa_line(scale: Scale, episode_id: EpisodeId, form: str, entry_id: str) -> str:
    answered = {
        item.id: value_on_screen(form, episode_id, entry_id, f"ciwa_b.{item.id}") for item in scale.scored_items
    }
    score = items_score(scale, {item: score for item, score in answered.items() if score is not None})
    return f"{scale.short} {ciwa_line(score, scale)}"


def ask_to_confirm(at: Here, entry_id: str, values: Mapping[str, Any]) -> bool:
    """Whether unusual readings stand there that were not asked about yet; from now on they are."""
    to_confirm = _unusual(at, values)
    asked_before = st.session_state.get(_asked_about(entry_id)) == hash(to_confirm)
    if to_confirm:
        st.session_state[_asked_about(entry_id)] = hash(to_confirm)
    return bool(to_confirm) and not asked_before


def waiting_to_confirm(at: Here, episode_id: EpisodeId, form: str, entry_id: str) -> tuple[str, ...]:
    """The unusual readings that were asked about and still stand there; changing them asks again."""
    asked = st.session_state.get(_asked_about(entry_id))
    if asked is None:
        return ()
    to_confirm = _unusual(at, on_screen(form, episode_id, entry_id))
    return to_confirm if hash(to_confirm) == asked else ()


def _unusual(at: Here, values: Mapping[str, Any]) -> tuple[str, ...]:
    return readings_to_confirm(observation_of(values, at.app.protocols.scales), at.app.protocols.vital_limits)


def _asked_about(entry_id: str) -> str:
    return f"confirm|{entry_id}"


def _ask_to_save(episode_id: EpisodeId, entry_id: str) -> None:
    st.session_state[_saving(episode_id)] = entry_id
    current.draw_only(SET_PART)


def is_asked_to_save(episode_id: EpisodeId, entry_id: str) -> bool:
    """Whether the button of this very entry was pressed; a second tap finds another entry and saves nothing."""
    return bool(st.session_state.pop(_saving(episode_id), None) == entry_id)


def _saving(episode_id: EpisodeId) -> str:
    return f"saving|{episode_id}"
