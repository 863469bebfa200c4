"""A changed number on what was recorded: what would fire in addition, and what no longer. It changes nothing."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from taper_app.clinical.protocol.thresholds import thresholds_of
from taper_app.ui.components import show
from taper_app.ui.components.levels import LEVELS
from taper_app.ui.components.library_entry import rows_as_table
from taper_app.ui.components.rule_words import condition_markdown, label
from taper_app.ui.current import Here
from taper_app.use_cases.rule_dry_run import Tried, try_threshold

_RULE, _NUMBER, _NEW, _GO = "try-rule", "try-number", "try-new", "try-go"


def try_a_change(at: Here, unit_id: str) -> None:
    """Choose a rule, one of its numbers, another value; the sets of the last 30 days are judged both ways."""
    st.markdown(
        "Choose a rule and change one of its numbers: every set of the last 30 days is judged both ways. "
        "Nothing is changed by it, and only counts are shown."
    )
    rules = {rule.id: rule for rule in sorted(at.app.protocols.rules.rules, key=lambda rule: rule.id)}
    with_numbers = [rule_id for rule_id, rule in rules.items() if thresholds_of(rule)]
    chosen = st.selectbox("Rule", with_numbers, format_func=lambda rule_id: label(rules[rule_id]), key=_RULE)
    rule = rules[chosen or with_numbers[0]]
    st.markdown(condition_markdown(rule))
    numbers = {found.key: found.in_words for found in thresholds_of(rule)}
    places = list(numbers)
    one, other, button = st.columns([4, 2, 1.5], vertical_alignment="bottom")
    number = one.selectbox(
        "Number to change",
        places,
        format_func=lambda key: f"{places.index(key) + 1}. {numbers[key]}",
        key=f"{_NUMBER}-{rule.id}",
    )
    typed = other.text_input("New number", key=f"{_NEW}-{rule.id}-{number}")
    if button.button("Try it", key=_GO, type="primary", width="stretch"):
        with st.spinner("Judging every set of the last 30 days both ways …"):
            tried = try_threshold(at.app, at.actor, unit_id, rule.id, str(number), typed)
        _result(tried)


def _result(tried: Tried) -> None:
    counts = tried.counts
    st.markdown(
        show.plain_text(
            f"{counts.rule} with “{tried.new_words}” in place of “{tried.threshold.in_words}”: of {counts.sets} sets "
            f"of {tried.stays} stays it fires on {counts.fired_after} in place of {counts.fired_before}."
        )
    )
    if tried.refused:
        reasons = "\n".join(f"- {show.plain_text(sentence)}" for sentence in tried.refused)
        st.error(f"Not allowed to go live:\n\n{reasons}")
    elif tried.loosens:
        st.warning("The rule may miss what it finds now. Say in the site's file why, with a source.")
    if not counts.sets:
        st.info("No set was charted in this time, so this says nothing about the change.")
        return
    rows_as_table(
        [_level_row(level, counts.added, counts.gone) for level in (4, 3, 2, 1)],
        "Sets on which the rule fires in addition or no longer, by level",
    )
    st.markdown(_consequences(tried))


def _level_row(level: int, added: Counter[int], gone: Counter[int]) -> dict[str, str]:
    return {"Level": LEVELS[level].word, "In addition": str(added[level]), "No longer": str(gone[level])}


def _consequences(tried: Tried) -> str:
    """What it means for the sets as a whole, all rules together."""
    counts = tried.counts
    lines = [
        f"- {number} sets would be {LEVELS[after].word} in place of {LEVELS[before].word}"
        for (before, after), number in sorted(counts.levels.items(), reverse=True)
    ]
    if not lines:
        lines = ["- The highest level of every set stays the same: other rules say as much."]
    lines.append(f"- {counts.alerts_added} sets would call somebody only now, {counts.alerts_gone} nobody any more")
    if counts.other_rules:
        moved = ", ".join(f"{rule} on {number}" for rule, number in sorted(counts.other_rules.items()))
        lines.append(f"- Rules that look at this one change too: {moved} sets")
    return "\n".join(lines)
