"""Bedside entries in words, one line each, for lists and prints. People's text stands in them as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.bedside import BedsideEntry
from taper_app.clinical.charting.bedside_history import (
    Background,
    LastUse,
    Leave,
    RefusalTalk,
    SecondObservation,
)
from taper_app.clinical.charting.bedside_measures import IntakeOutput, Pain, Sleep
from taper_app.clinical.charting.bedside_safety import (
    CallMeIf,
    ObservationLevel,
    OwnSupplySearch,
    SeizurePrecautions,
    SeizureWorkup,
)
from taper_app.clinical.charting.bedside_witnessed import (
    ControlledDrugCount,
    DifferenceSettled,
    DoubleCheck,
    SecondSignature,
)
from taper_app.clinical.protocol.bedside_rules import BedsideRules, Choices
from taper_app.clinical.quantities import plain
from taper_app.export.dates import date_text, moment_text

#: What each kind is called on a button, in a list and in a print.
KIND_WORDS: Mapping[str, str] = {
    "pain": "Pain",
    "intake_output": "Intake and output",
    "sleep": "Sleep",
    "observation_level": "Observation level",
    "seizure_precautions": "Seizure precautions",
    "seizure_workup": "Work-up after a seizure",
    "own_supply_search": "Own-supply search",
    "call_me_if": "Call me if",
    "controlled_drug_count": "Controlled-drug count",
    "double_check": "Double check",
    "second_signature": "Second person's signature",
    "difference_settled": "Difference settled",
    "last_use": "Last use",
    "background": "Background of the taper",
    "refusal_talk": "Talk after a refusal",
    "leave": "Leave",
    "second_observation": "Second observer",
}
FLUID_WORDS: Mapping[str, str] = {
    "drink": "drank",
    "food": "ate",
    "infusion": "infusion",
    "urine": "urine",
    "vomit": "vomit",
    "stool": "stool",
    "other_out": "other output",
}
VERIFIED_WORDS: Mapping[str, str] = {
    "patient": "told by the patient",
    "family": "told by the family",
    "pharmacy": "verified by the pharmacy",
    "prescription_monitoring": "verified by prescription monitoring",
    "laboratory": "verified by the laboratory",
    "earlier_record": "verified by an earlier record",
    "not_verified": "not verified",
}
SEARCH_WORDS: Mapping[str, str] = {
    "found": "something was found",
    "nothing_found": "nothing found",
    "patient_refused": "the patient refused",
    "not_possible": "not possible",
}
_PAIN_NOT_ASKED = {"asleep": "asleep", "refused": "refused", "cannot_say": "cannot say"}
_COUNTED_IN = {"tablets": "tablets", "capsules": "capsules", "ml": "mL"}


def entry_words(entry: BedsideEntry, rules: BedsideRules, zone: str) -> str:
    """``Pain: 3 of 10; head``. ``zone``: the ward's, for moments inside the entry."""
    said = _WORDS[type(entry)](entry, rules, zone)
    return f"{KIND_WORDS[entry.kind]}: {said}"


def _with(said: str, *notes: str) -> str:
    """The line with what was written beside it."""
    return "; ".join([said, *(note.strip() for note in notes if note.strip())])


def _pain(entry: Pain, _rules: BedsideRules, _zone: str) -> str:
    said = f"not asked, {_PAIN_NOT_ASKED[entry.why_not]}" if entry.why_not else f"{entry.score} of 10"
    return _with(said, entry.where)


def _fluids(entry: IntakeOutput, _rules: BedsideRules, _zone: str) -> str:
    parts = []
    if entry.what:
        volume = "not measured" if entry.ml is None else f"{entry.ml} mL"
        parts.append(f"{FLUID_WORDS[entry.what]} {volume}")
    if entry.nothing_by_mouth_24h is not Answer.NOT_ASSESSED:
        parts.append(f"nothing by mouth for 24 h: {entry.nothing_by_mouth_24h.in_words}")
    if entry.little_urine is not Answer.NOT_ASSESSED:
        parts.append(f"little urine: {entry.little_urine.in_words}")
    return _with(", ".join(parts), entry.note)


def _sleep(entry: Sleep, _rules: BedsideRules, _zone: str) -> str:
    by = "observed" if entry.told_by == "observed" else "as the patient says"
    return _with(f"{plain(entry.hours)} h in the night to {date_text(entry.night_to)}, {by}", entry.note)


def _level(entry: ObservationLevel, rules: BedsideRules, _zone: str) -> str:
    level = rules.observation_levels.words_of(entry.level)
    return _with(f"{level}, decided by {entry.decided_by.strip()}", entry.reason)


def _listed(choices: Choices, items: Mapping[str, Any], value: object) -> str:
    return ", ".join(choices.words_of(item) for item, said in items.items() if said == value)


def _precautions(entry: SeizurePrecautions, rules: BedsideRules, _zone: str) -> str:
    choices = rules.seizure_precautions
    parts = [
        f"{words}: {listed}"
        for words, answer in (("in place", Answer.YES), ("NOT in place", Answer.NO))
        if (listed := _listed(choices, entry.items, answer))
    ]
    left_out = [label for item, label in choices.labels.items() if entry.items.get(item) in (None, Answer.NOT_ASSESSED)]
    parts += [f"not looked at: {', '.join(left_out)}"] if left_out else []
    return _with("; ".join(parts), entry.note)


def _workup(entry: SeizureWorkup, rules: BedsideRules, _zone: str) -> str:
    choices = rules.seizure_workup
    parts = [
        f"{words}: {listed}"
        for words, value in (("done", "done"), ("NOT done yet", "not_done"), ("does not apply", "does_not_apply"))
        if (listed := _listed(choices, entry.items, value))
    ]
    return _with("; ".join(parts), entry.note)


def _search(entry: OwnSupplySearch, _rules: BedsideRules, _zone: str) -> str:
    return _with(SEARCH_WORDS[entry.outcome], entry.found, entry.done_with_it, entry.note)


def _call_me_if(entry: CallMeIf, _rules: BedsideRules, _zone: str) -> str:
    return _with(entry.when.strip(), entry.how)


def _count(entry: ControlledDrugCount, _rules: BedsideRules, _zone: str) -> str:
    unit = _COUNTED_IN[entry.counted_in]
    said = f"{entry.medicine.strip()}, {plain(entry.counted)} {unit} counted, {plain(entry.expected)} expected"
    if entry.difference:
        more_or_less = "more" if entry.difference > 0 else "less"
        said += f", DIFFERENCE {plain(abs(entry.difference))} {more_or_less}"
    told = f"told: {entry.difference_told.strip()}" if entry.difference_told.strip() else ""
    return _with(f"{said}, with {entry.witness.name}", entry.difference_because, told)


def _double_check(entry: DoubleCheck, _rules: BedsideRules, zone: str) -> str:
    planned = f" for {moment_text(entry.planned_for, zone)}" if entry.planned_for else ""
    agreed = "both agree" if entry.agrees else "the two DO NOT AGREE"
    return _with(f"{entry.prepared.strip()}{planned}, with {entry.witness.name}: {agreed}", entry.note)


def _signature(entry: SecondSignature, _rules: BedsideRules, _zone: str) -> str:
    return _with("signed, it was so" if entry.agrees else "NOT signed, it was different", entry.note)


def _settled(entry: DifferenceSettled, _rules: BedsideRules, _zone: str) -> str:
    return entry.how.strip()


def _last_use(entry: LastUse, rules: BedsideRules, zone: str) -> str:
    when = moment_text(entry.used_at, zone) if entry.used_at else entry.used_about.strip()
    amount = f", {entry.amount.strip()}" if entry.amount.strip() else ", how much not known"
    name = f" ({entry.verified_name.strip()})" if entry.verified_name.strip() else ""
    substance = rules.last_use.words_of(entry.substance.strip())
    return _with(f"{substance}, {when}{amount}, {VERIFIED_WORDS[entry.verified_by]}{name}", entry.note)


def _background(entry: Background, _rules: BedsideRules, _zone: str) -> str:
    named = {
        "taken for": entry.indication,
        "taper wanted by": entry.taper_wanted_by,
        "earlier withdrawals": entry.earlier_withdrawals,
        "worst event": entry.worst_event,
    }
    return "; ".join(f"{name} {text.strip()}" for name, text in named.items() if text.strip())


def _talk(entry: RefusalTalk, _rules: BedsideRules, _zone: str) -> str:
    return entry.said.strip()


def _leave(entry: Leave, _rules: BedsideRules, zone: str) -> str:
    if entry.step == "returned":
        return _with("returned", entry.note)
    back = f"back by {moment_text(entry.back_by, zone)}" if entry.back_by else ""
    with_whom = f"with {entry.with_whom.strip()}" if entry.with_whom.strip() else ""
    return _with("left the ward", back, with_whom, f"allowed by {entry.allowed_by.strip()}", entry.note)


def _second_observation(_entry: SecondObservation, _rules: BedsideRules, _zone: str) -> str:
    return "a second set of the same moment was charted; both are kept"


_WORDS: Mapping[type, Callable[[Any, BedsideRules, str], str]] = {
    Pain: _pain,
    IntakeOutput: _fluids,
    Sleep: _sleep,
    ObservationLevel: _level,
    SeizurePrecautions: _precautions,
    SeizureWorkup: _workup,
    OwnSupplySearch: _search,
    CallMeIf: _call_me_if,
    ControlledDrugCount: _count,
    DoubleCheck: _double_check,
    SecondSignature: _signature,
    DifferenceSettled: _settled,
    LastUse: _last_use,
    Background: _background,
    RefusalTalk: _talk,
    Leave: _leave,
    SecondObservation: _second_observation,
}
