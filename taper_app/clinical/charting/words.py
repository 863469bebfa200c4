"""What was charted, in the words of screens and prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.quantities import plain

SYMPTOM_WORDS: Mapping[str, str] = {
    "tremor": "Tremor",
    "stomach_cramps": "Stomach cramps",
    "muscle_cramps": "Muscle cramps",
    "light": "Light hurts",
    "sound": "Sound hurts",
    "touch": "Touch hurts",
    "tinnitus": "Ringing in the ears",
    "craving": "Craving",
}
LEVEL_WORDS: Mapping[int, str] = {1: "Routine", 2: "Nurse in charge", 3: "Prescriber", 4: "EMERGENCY"}
ACVPU_WORDS: Mapping[str, str] = {"A": "alert", "C": "new confusion", "V": "voice", "P": "pain", "U": "none"}
_EVENT_WORDS = {"suicidal_thoughts": "thoughts of suicide", "left_against_advice": "left against advice"}
_INSIGHT = {True: ", knows that it is not real", False: ", takes it for real", None: ", insight not asked"}
_RECOVERED = {True: ", over and recovered", False: ", over, not yet recovered", None: ", recovery not known"}
_MODALITY = {"visual": ", seen", "auditory": ", heard", "tactile": ", felt", "olfactory": ", smelled or tasted"}
_HEAD = {
    Answer.YES: ", with a blow to the head",
    Answer.NO: ", no blow to the head",
    Answer.NOT_ASSESSED: ", blow to the head not known",
}


def event_words(observation: Observation) -> Iterator[str]:
    """``Seizure, 2 min, over and recovered``, ``Hallucination, seen, knows that it is not real (people)``."""
    for event in observation.events or ():
        words = _EVENT_WORDS.get(event.kind, event.kind)
        if event.kind == "seizure":
            length = event.duration_minutes
            words += ", length not known" if length is None else f", {plain(length)} min"
            words += ", still going on" if event.ongoing else _RECOVERED[event.recovered]
        if event.kind == "hallucination":
            words += _MODALITY.get(event.modality or "", f", {event.modality}" if event.modality else "")
            words += _INSIGHT[event.insight]
        if event.kind == "fall":
            words += _HEAD[event.head_strike]
        yield f"{words[0].upper()}{words[1:]}{f' ({event.note})' if event.note else ''}"


def symptom_words(observation: Observation) -> Iterator[str]:
    """``tremor 3 of 4``, ``rigidity: yes``; nothing of what is absent or was not assessed."""
    for name, value in observation.symptoms or ():
        if value is not None:
            yield f"{SYMPTOM_WORDS[name].lower()} {value} of 4"
    for name, answer in observation.signs or ():
        if answer == "yes":
            yield f"{name.replace('_', ' ')}: yes"
    if observation.signs and observation.signs.glucose_mmol_l is not None:
        yield f"glucose {plain(observation.signs.glucose_mmol_l)} mmol/L"


def reading_words(observation: Observation) -> Iterator[str]:
    """``RR 16``, ``BP 120/78``, ``RASS -1``, and the answered items of CIWA-B by number."""
    vitals = observation.vitals
    if vitals is not None:
        if vitals.respiratory_rate is not None:
            yield f"RR {vitals.respiratory_rate}"
        if vitals.spo2 is not None:
            air = "" if vitals.on_oxygen is None else " on oxygen" if vitals.on_oxygen else " on air"
            yield f"SpO2 {vitals.spo2} %{air}"
        if vitals.systolic is not None:
            yield f"BP {vitals.systolic}/{'not read' if vitals.diastolic is None else vitals.diastolic}"
        if vitals.pulse is not None:
            yield f"pulse {vitals.pulse}"
        if vitals.celsius is not None:
            yield f"{plain(vitals.celsius)} °C"
        if vitals.acvpu is not None:
            yield ACVPU_WORDS[vitals.acvpu]
    if observation.rass is not None:
        yield f"RASS {observation.rass:+d}" if observation.rass else "RASS 0"
    if observation.ciwa_b and observation.ciwa_b.scores():
        items = ", ".join(f"{item}: {score}" for item, score in observation.ciwa_b.scores().items())
        yield f"CIWA-B items {items}"
