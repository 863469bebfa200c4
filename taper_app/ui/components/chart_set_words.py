"""An observation set in one line: what was charted, as it was charted; what nobody asked is not there."""

from __future__ import annotations

from collections.abc import Iterator

from taper_app.clinical.charting.observation import Observation, Vitals
from taper_app.clinical.charting.words import event_words
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.quantities import plain
from taper_app.ui.components.chart_scale_words import charted_words
from taper_app.ui.components.chart_values import SYMPTOMS
from taper_app.ui.components.levels import level_text
from taper_app.use_cases.chart import ChartedSet

_LABS = {
    "qtc_ms": "QTc {} ms",
    "potassium_mmol_l": "potassium {} mmol/L",
    "magnesium_mmol_l": "magnesium {} mmol/L",
    "sodium_mmol_l": "sodium {} mmol/L",
}


def set_text(charted: ChartedSet) -> str:
    """What was charted, in words; empty for a set that only counts doses, which has its own line."""
    observation = charted.observation
    parts = [*event_words(observation), *_vitals(observation), *_scales(charted), *_symptoms(observation)]
    parts += [*_signs(observation), *_labs(observation)]
    if observation.not_done:
        because = f" ({observation.not_done.note})" if observation.not_done.note else ""
        parts.append(f"could not be done: {observation.not_done.reason}{because}, the set stays due")
    if not parts:
        return ""
    level = int((charted.assessment or {}).get("level", 1))
    return f"{'; '.join(parts)} · {level_text(level)}"


def _vitals(observation: Observation) -> Iterator[str]:
    vitals = observation.vitals
    if vitals is None:
        return
    if vitals.respiratory_rate is not None:
        yield f"RR {vitals.respiratory_rate}"
    if vitals.spo2 is not None:
        air = "" if vitals.on_oxygen is None else " on oxygen" if vitals.on_oxygen else " on air"
        yield f"SpO2 {vitals.spo2} %{air}"
    if vitals.systolic is not None or vitals.diastolic is not None:
        yield f"BP {_pressure(vitals.systolic)}/{_pressure(vitals.diastolic)}"
    if vitals.pulse is not None:
        yield f"pulse {vitals.pulse}"
    if vitals.celsius is not None:
        yield _temperature(vitals)
    if vitals.acvpu is not None:
        yield f"ACVPU {vitals.acvpu}"


def _pressure(reading: int | None) -> str:
    return "not read" if reading is None else str(reading)


def _temperature(vitals: Vitals) -> str:
    """As it was read, and in °C where that was another unit."""
    if vitals.temperature_f is not None:
        return f"{vitals.temperature_f} °F ({vitals.celsius} °C)"
    return f"{vitals.temperature_c} °C"


def _scales(charted: ChartedSet) -> Iterator[str]:
    observation = charted.observation
    if observation.rass is not None:
        yield f"RASS {observation.rass:+d}" if observation.rass else "RASS 0"
    answer = Assessment.model_validate(charted.assessment) if charted.assessment else None
    if answer and answer.scores.news2.total is not None:
        yield f"NEWS2 {answer.scores.news2.total}"
    if answer and observation.ciwa_b and observation.ciwa_b.scores():
        score = answer.scores.ciwa_b
        yield f"CIWA-B {score.total}" if score.complete else f"CIWA-B at least {score.least}, at most {score.most}"
    yield from charted_words(observation, answer.scores if answer else None)


def _symptoms(observation: Observation) -> Iterator[str]:
    for name, value in observation.symptoms or ():
        if value is not None:
            yield f"{SYMPTOMS[name].lower()} {value} of 4"


def _signs(observation: Observation) -> Iterator[str]:
    """Yes and no apart; a sign that nobody looked for is not named at all."""
    signs = observation.signs
    if signs is None:
        return
    for name, answer in signs:
        if answer == "yes":
            yield f"{name.replace('_', ' ')}: yes"
    looked_for = [name.replace("_", " ") for name, answer in signs if answer == "no"]
    if looked_for:
        yield f"looked for, not there: {', '.join(looked_for)}"
    if signs.glucose_mmol_l is not None:
        yield f"glucose {plain(signs.glucose_mmol_l)} mmol/L"


def _labs(observation: Observation) -> Iterator[str]:
    for name, value in observation.labs or ():
        if value is not None:
            yield _LABS[name].format(plain(value))
