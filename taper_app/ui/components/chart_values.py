"""Between the widgets of the Chart page and an observation: names, values, and what was charted last.

A value's name is its path in the observation (``vitals.spo2``, ``ciwa_b.21``); a few names are the form's own.
Values are what JSON can keep, because they are drafts too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.scores import ItemScore
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.quantities import plain
from taper_app.export.dates import date_text
from taper_app.ui.components.chart_scale_values import values_of_scales, written_scales
from taper_app.use_cases.chart import Chart

Values = dict[str, Any]
CELSIUS, FAHRENHEIT = "°C", "°F"
TEMPERATURE, TEMPERATURE_UNIT = "temperature", "temperature_unit"
OXYGEN = "oxygen"
NOTHING_HAPPENED = "nothing_happened"
ASQ_REFUSED = "asq_refused"
WHEN, WHEN_DATE, WHEN_TIME = "when", "when_date", "when_time"
NOW, EARLIER = "Now", "Earlier (late entry)"
REASON = "reason"
WHOLE_NUMBERS = ("respiratory_rate", "spo2", "systolic", "diastolic", "pulse")
SYMPTOMS: Mapping[str, str] = {
    "tremor": "Tremor",
    "stomach_cramps": "Stomach cramps",
    "muscle_cramps": "Muscle cramps",
    "light": "Light hurts",
    "sound": "Sound hurts",
    "touch": "Touch hurts",
    "tinnitus": "Ringing in the ears",
    "craving": "Craving",
}
GATE_SIGNS: Mapping[str, str] = {
    "slurred_speech": "Slurred speech",
    "ataxia": "Unsteady gait (ataxia)",
    "nystagmus": "Nystagmus",
    "alcohol_on_breath": "Alcohol on the breath",
    "confusion": "New confusion",
}
#: Looked for when something is wrong; each lets a rule speak.
MORE_SIGNS: Mapping[str, str] = {
    "chest_pain": "Chest pain",
    "focal_neurology": "New weakness, numbness or trouble speaking",
    "severe_headache": "Sudden severe headache",
    "rigidity": "Rigid muscles",
    "akathisia": "Cannot keep still (akathisia)",
    "no_oral_intake_24h": "Nothing by mouth for 24 h",
    "urine_output_low": "Little urine",
    "worse_before_each_dose": "Worse before each dose",
    "intolerable": "The patient calls it intolerable",
}
_LAST_SETS_LOOKED_AT = 60
_EVENT_WORDS = {"suicidal_thoughts": "thoughts of suicide", "left_against_advice": "left against advice"}
_INSIGHT = {True: ", knows that it is not real", False: ", takes it for real", None: ", insight not asked"}
_RECOVERED = {True: ", over and recovered", False: ", over, not yet recovered", None: ", recovery not known"}
_MODALITY = {"visual": ", seen", "auditory": ", heard", "tactile": ", felt", "olfactory": ", smelled or tasted"}
_HEAD = {
    Answer.YES: ", with a blow to the head",
    Answer.NO: ", no blow to the head",
    Answer.NOT_ASSESSED: ", blow to the head not known",
}
_BLOCKS = ("vitals", "ciwa_b", "symptoms", "signs", "four_at", "asq", "not_done")


def observation_of(
    values: Mapping[str, Any], scales: Mapping[str, Scale], carried: Mapping[str, Any] | None = None
) -> Values:
    """The observation that the widgets say, without ``at``. What was left blank is left out: not assessed.

    ``carried``: answers about last night that were filled in from today's earlier set; by themselves they are no
    CIWA-B of this set.
    """
    written: Values = {}
    values = _without_carried_alone(values, carried or {})
    for name, value in values.items():
        block, _, field = name.partition(".")
        if block in _BLOCKS and field and _is_filled(value):
            written.setdefault(block, {})[field] = _typed(block, field, value)
    if _is_filled(values.get("rass")):
        written["rass"] = values["rass"]
    if _is_filled(values.get(TEMPERATURE)):
        in_fahrenheit = values.get(TEMPERATURE_UNIT) == FAHRENHEIT
        field = "temperature_f" if in_fahrenheit else "temperature_c"
        written.setdefault("vitals", {})[field] = str(values[TEMPERATURE]).strip()
    if _is_filled(values.get(OXYGEN)):
        written.setdefault("vitals", {})["on_oxygen"] = values[OXYGEN] == "oxygen"
    if values.get(NOTHING_HAPPENED):
        written["events"] = []
    if values.get(ASQ_REFUSED):
        written["asq"] = "refused"
    written |= written_scales(values)
    if "reason" not in written.get("not_done", {"reason": ""}):
        del written["not_done"]
    if "ciwa_b" in written and (form := scales["ciwa-b"].form):
        written["ciwa_b_form"] = form
    return written


def _without_carried_alone(values: Mapping[str, Any], carried: Mapping[str, Any]) -> Mapping[str, Any]:
    answered = {name: value for name, value in values.items() if name.startswith("ciwa_b.") and _is_filled(value)}
    if not answered or any(carried.get(name) != value for name, value in answered.items()):
        return values
    return {name: value for name, value in values.items() if name not in answered}


def values_of(observation: Observation) -> Values:
    """The widgets' values for an observation that was charted, for correcting it."""
    dump = observation.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    values: Values = {}
    for block in _BLOCKS:
        fields = dump.get(block)
        for field, value in fields.items() if isinstance(fields, dict) else ():
            if _is_filled(value) and value != "not_assessed":
                values[f"{block}.{field}"] = _as_widget(block, field, value)
    for field, unit in (("temperature_c", CELSIUS), ("temperature_f", FAHRENHEIT)):
        if (reading := values.pop(f"vitals.{field}", None)) is not None:
            values |= {TEMPERATURE: str(reading), TEMPERATURE_UNIT: unit}
    on_oxygen = values.pop("vitals.on_oxygen", None)
    if on_oxygen is not None:
        values[OXYGEN] = "oxygen" if on_oxygen else "air"
    if observation.rass is not None:
        values["rass"] = observation.rass
    if observation.events == ():
        values[NOTHING_HAPPENED] = True
    if observation.asq == "refused":
        values[ASQ_REFUSED] = True
    return values | values_of_scales(observation)


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


def _is_filled(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _typed(block: str, field: str, value: Any) -> Any:
    """Whole numbers as numbers; whatever else was typed goes on as it is, so that the refusal can name it."""
    text = str(value).strip()
    is_whole = block == "vitals" and field in WHOLE_NUMBERS
    is_choice = block == "four_at" and text != "untestable"
    if (is_whole or is_choice) and text.isascii() and text.isdecimal() and len(text) <= 6:
        return int(text)
    return text if isinstance(value, str) else value


def _as_widget(block: str, field: str, value: Any) -> Any:
    is_typed = block == "vitals" and field in WHOLE_NUMBERS
    is_sleep_number = block == "ciwa_b" and field in ("18", "19")
    return str(value) if is_typed or is_sleep_number or block == "four_at" else value


@dataclass(frozen=True, slots=True)
class LastValue:
    """What was charted last under a name, and when."""

    value: Any
    at: datetime

    def in_words(self, chart: Chart, value: str | None = None) -> str:
        """``last 16 at 10:00``, with the day when it was not today."""
        local = self.at.astimezone(chart.zone)
        day = "" if local.date() == chart.today else f"{date_text(local.date())} "
        return f"last {value or self.value} at {day}{local:%H:%M}"


def last_values(chart: Chart) -> dict[str, LastValue]:
    """The newest value of each name over the last sets."""
    found: dict[str, LastValue] = {}
    for charted in list(reversed(chart.sets))[:_LAST_SETS_LOOKED_AT]:
        for name, value in values_of(charted.observation).items():
            found.setdefault(name, LastValue(value, charted.at))
    return found


def asked_today(chart: Chart, scale: Scale, last: Mapping[str, LastValue]) -> Values:
    """Answers about last night that were charted today already: they are asked once a day."""
    names = [f"ciwa_b.{item.id}" for item in scale.items if item.asked == "once_a_day"]
    return {
        name: last[name].value
        for name in names
        if name in last and last[name].at.astimezone(chart.zone).date() == chart.today
    }


def ciwa_line(score: ItemScore, scale: Scale) -> str:
    """``18 of 20 done: 23 to 31``; a total and its band only when every item is done."""
    items = len(scale.scored_items)
    done = items - len(score.missing)
    if score.complete:
        return f"{done} of {items} done: {score.total}, {score.band}"
    if not done:
        return f"0 of {items} done"
    return f"{done} of {items} done: {score.least} to {score.most}"


def moment_of(values: Mapping[str, Any], chart: Chart) -> datetime:
    """When it happened: now, or the day and time that were written. Raises InputRefused when they cannot be read."""
    if values.get(WHEN) != EARLIER:
        return chart.now
    return clock_moment(str(values.get(WHEN_TIME) or ""), chart, day_text=str(values.get(WHEN_DATE) or ""))


def clock_moment(time_text: str, chart: Chart, *, day_text: str = "") -> datetime:
    """``14:05`` (of today, or of the day that is written like 2026-11-21) on the ward's clock; blank is now."""
    if not time_text.strip():
        if day_text.strip():
            raise InputRefused([Fault("time", "Write the time like 14:05.")])
        return chart.now
    hour_and_minute, day = _read_time(time_text), _read_day(day_text, chart)
    faults = []
    if hour_and_minute is None:
        faults.append(Fault("time", "Write the time like 14:05."))
    if day is None:
        faults.append(Fault("day", "Write the day like 2026-11-21."))
    if hour_and_minute is None or day is None:
        raise InputRefused(faults)
    return datetime.combine(day, hour_and_minute, tzinfo=chart.zone).astimezone(ZoneInfo("UTC"))


def _read_time(text: str) -> time | None:
    parts = text.strip().replace(".", ":").split(":")
    if len(parts) == 1 and len(parts[0]) == 4:
        parts = [parts[0][:2], parts[0][2:]]
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() and len(part) <= 2 for part in parts):
        return None
    hour, minute = (int(part) for part in parts)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _read_day(text: str, chart: Chart) -> date | None:
    if not text.strip():
        return chart.today
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def names_of(items: Iterable[str], block: str) -> list[str]:
    """Widget names of a block."""
    return [f"{block}.{item}" for item in items]
