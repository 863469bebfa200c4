"""A rule on the screen: whom it tells and how soon, what it does to cut and dose, where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.condition_outline import condition_lines
from taper_app.clinical.protocol.escalation_rules import Effect, EscalationRule
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.ui.components import show
from taper_app.ui.components.levels import LEVELS, level_badge
from taper_app.ui.components.protocol_words import HOUSE_DEFAULT

_EFFECTS = {
    Effect.NONE: "Dose and next cut as planned.",
    Effect.NO_FURTHER_CUT: "Keep dose, no cut until reviewed.",
    Effect.ASSESS_THEN_DOSE: "No cut until reviewed. Assess, then give this dose; it is not skipped.",
    Effect.CONTINUE_AND_CALL: "No cut until reviewed. Do not omit the benzodiazepine: prescriber now.",
    Effect.WITHHOLD_AND_CALL: "No cut until reviewed. Withhold this dose until a prescriber orders. Emergency.",
}
_FACT_IN_BRACES = re.compile(r"\{[a-z0-9_]+\}")
_AWAITS = "local default, awaits a clinical lead's signature"


def heading(rule: EscalationRule) -> str:
    """The level as a badge, the id, and what is said when it fires."""
    return f"{_badge(rule)} **{rule.id}** · {show.plain_text(message_words(rule))}"


def _badge(rule: EscalationRule) -> str:
    if rule.level == "next":
        return f":gray-badge[One level above {_either(rule.one_above)}]"
    return level_badge(rule.level)


def message_words(rule: EscalationRule) -> str:
    """The message as it is written: ``Pulse … a minute.``"""
    return _FACT_IN_BRACES.sub("…", rule.message).replace("….", "…")


def label(rule: EscalationRule) -> str:
    """For a list to choose from: ``R11 · EMERGENCY · Respiratory rate … a minute.``"""
    word = "one level up" if rule.level == "next" else LEVELS[rule.level].word
    return f"{rule.id} · {word} · {message_words(rule)}"


def condition_markdown(rule: EscalationRule) -> str:
    """The condition as a nested list; why not, for a rule that is not active."""
    if rule.when is None:
        return f"Not active: {show.plain_text(rule.inactive_because)}"
    lines = condition_lines(rule.when)
    return "\n".join(f"{'  ' * line.depth}- {show.plain_text(line.text)}" for line in lines)


def who_and_when(rule: EscalationRule) -> str:
    """``Tells prescriber, nurse in charge within 15 minutes; look again after 30 minutes.``"""
    told = ", ".join(_role(name) for name in rule.notify)
    soon = "at once" if rule.respond_within_minutes == 0 else f"within {minutes_words(rule.respond_within_minutes)}"
    first = f"Tells {told} {soon}" if told else "Tells nobody by itself"
    again = rule.reassess_within_minutes
    if again is None:
        return f"{first}."
    return f"{first}; look again {'all the time' if again == 'continuous' else f'after {minutes_words(again)}'}."


def minutes_words(minutes: int) -> str:
    """Whole hours as hours: ``240`` is ``4 hours``."""
    if minutes >= 120 and minutes % 60 == 0:
        return f"{minutes // 60} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def effect_words(rule: EscalationRule) -> str:
    return _EFFECTS[rule.effect]


def source_markdown(rule: EscalationRule, protocols: WardProtocols) -> str:
    """The source with its address, the place in it, and the note of the file."""
    source = protocols.sources.get(rule.source)
    name = show.plain_text(source.short if source else rule.source)
    linked = f"[{name}]({source.url})" if source and source.url.startswith("https://") else name
    note = f" {show.plain_text(rule.note)}" if rule.note else ""
    return f"{linked}: {show.plain_text(rule.where)}.{note}"


def marks(rule: EscalationRule) -> tuple[str, ...]:
    """What nobody has read in the source, said of trigger and times apart."""
    found = []
    if rule.source == HOUSE_DEFAULT or rule.trigger_evidence is Evidence.UNVERIFIED:
        found.append(f"trigger: {_AWAITS}")
    elif rule.trigger_evidence.mark:
        found.append(f"trigger: {rule.trigger_evidence.mark}")
    if rule.time_evidence is Evidence.UNVERIFIED:
        found.append(f"minutes: {_AWAITS}")
    elif rule.time_evidence.mark:
        found.append(f"minutes: {rule.time_evidence.mark}")
    return tuple(found)


def awaits_sign_off(rule: EscalationRule) -> bool:
    return Evidence.UNVERIFIED in (rule.trigger_evidence, rule.time_evidence) or rule.source == HOUSE_DEFAULT


def _role(name: str) -> str:
    return {"charge_nurse": "nurse in charge"}.get(name, name.replace("_", " "))


def _either(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
