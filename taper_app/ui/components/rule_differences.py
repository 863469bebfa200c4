"""What a site's own files change against the shipped rules, before anything else is read of them."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from taper_app.clinical.protocol.escalation_rules import EscalationRule
from taper_app.clinical.protocol.rule_differences import Direction, RuleDifference
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.ui.components import show
from taper_app.ui.components.library_entry import rows_as_table
from taper_app.ui.components.times import date_text

_DIRECTIONS = {
    Direction.TIGHTER: "▲ tighter",
    Direction.LOOSER: "▼ looser",
    Direction.WORDS: "the same, in other words",
}


def what_the_site_changes(protocols: WardProtocols) -> None:
    """One row for each field that differs, with who answers for it; nothing where the site changes nothing."""
    found = protocols.rule_differences
    if not found:
        return
    changed = [one for one in found if not one.added]
    added = ", ".join(one.rule for one in found if one.added)
    own = f" Rules of its own: {added}." if added else ""
    st.markdown(f"**This site changes {len(changed)} of the shipped rules.**{show.plain_text(own)}")
    if changed:
        rows = [row for one in changed for row in _rows(one, protocols)]
        rows_as_table(rows, "Rules that act otherwise here than shipped, field by field")


def _rows(one: RuleDifference, protocols: WardProtocols) -> Iterator[dict[str, str]]:
    on = f", {date_text(one.on)}" if one.on else ""
    mark = f" ({one.evidence.mark})" if one.evidence and one.evidence.mark else ""
    for field in one.fields:
        yield {
            "Rule": one.rule,
            "Field": field.field.replace("_", " "),
            "Shipped": field.shipped.replace("_", " "),
            "Here": field.here.replace("_", " "),
            "Which is": _DIRECTIONS[field.direction],
            "Because": f"{one.because}. {one.by}{on}",
            "Source": f"{protocols.source_short(one.source)}, {one.where}{mark}",
        }


def site_badge(rule: EscalationRule, protocols: WardProtocols) -> str:
    """Stands beside a rule that acts otherwise here, or that the site has added."""
    one = next((found for found in protocols.rule_differences if found.rule == rule.id), None)
    if one is None:
        return ""
    return " :blue-badge[added by this site]" if one.added else " :blue-badge[changed by this site]"
