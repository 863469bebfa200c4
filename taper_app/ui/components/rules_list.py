"""Every rule as its file says it, one topic at a time."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.protocol.escalation_rules import EscalationFile, EscalationRule
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.ui.components import show
from taper_app.ui.components.library_entry import every_number, signature_line
from taper_app.ui.components.rule_differences import site_badge, what_the_site_changes
from taper_app.ui.components.rule_words import (
    awaits_sign_off,
    condition_markdown,
    effect_words,
    heading,
    marks,
    source_markdown,
    who_and_when,
)

_TOPIC, _ONLY = "rules-topic", "rules-only-defaults"
_HOW_TO_CHANGE = """A rule is changed in a file of the site's own folder, never on a screen: change the number with its
source and its place in it, run `taper protocols check`, let a second person read it, and run the self-test."""


def every_rule(protocols: WardProtocols) -> None:
    """A count, the topic, and each of its rules in full."""
    st.markdown(show.plain_text(_in_a_sentence(protocols)))
    what_the_site_changes(protocols)
    topics = {name: file for name, file in protocols.escalation.items() if file.rules or file.gate or file.interval}
    chosen = st.selectbox("Topic", list(topics), format_func=lambda name: topics[name].title, key=_TOPIC)
    only = st.checkbox("Only what awaits a clinical lead's signature", key=_ONLY)
    file = topics[chosen or next(iter(topics))]
    signature_line(file.reviewed, file.version, protocols.sha256.get(file.id, ""))
    for rule in _by_level(file, protocols):
        if not only or awaits_sign_off(rule):
            _one_rule(rule, protocols)
    if file.gate or file.interval:
        every_number(file, protocols, alt=f"Every number of {file.title} with its source")
    st.markdown(f":small[{_HOW_TO_CHANGE}]")


def _in_a_sentence(protocols: WardProtocols) -> str:
    rules = [*protocols.rules.rules, *protocols.rules.inactive]
    defaults = sum(awaits_sign_off(rule) for rule in rules)
    signed = [file for file in protocols.escalation.values() if file.reviewed]
    said = f"Clinicians have signed {len(signed)} of their files" if signed else "No clinician has signed their files"
    return (
        f"{len(rules)} rules judge each observation set. {said}; {defaults} rules hold a trigger or minutes that no "
        "source prints: local defaults that await a clinical lead's signature."
    )


def _by_level(file: EscalationFile, protocols: WardProtocols) -> list[EscalationRule]:
    """As this site uses them, the most serious first."""
    used = [protocols.rules.rule(rule.id) or rule for rule in file.rules]
    return sorted(used, key=lambda rule: (-(3 if rule.level == "next" else rule.level), rule.id))


def _one_rule(rule: EscalationRule, protocols: WardProtocols) -> None:
    with st.container(border=True, key=f"rule-{rule.id}"):
        st.markdown(f"{heading(rule)}{site_badge(rule, protocols)}")
        when, what = st.columns(2)
        when.markdown(f"**Fires when**\n\n{condition_markdown(rule)}")
        what.markdown(
            f"**Then** {show.plain_text(rule.action)}\n\n"
            f"{show.plain_text(who_and_when(rule))}\n\n"
            f"**{show.plain_text(effect_words(rule))}**"
        )
        badges = "".join(f" :orange-badge[{mark}]" for mark in marks(rule))
        st.markdown(f":small[Source: {source_markdown(rule, protocols)}]{badges}")
