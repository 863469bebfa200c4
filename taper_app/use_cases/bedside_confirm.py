"""What is asked once more before a bedside entry is kept: possible, and unusual for this patient or for anybody."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.charting.bedside_measures import Weight
from taper_app.clinical.charting.bedside_standing import weights
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import plain, rounded
from taper_app.clinical.records import RecordId
from taper_app.use_cases.chart import Chart


def entries_to_confirm(
    entry: Mapping[str, Any], chart: Chart, protocols: WardProtocols, *, corrects: RecordId | None = None
) -> tuple[str, ...]:
    """Sentences to confirm; none while the entry is refused anyway."""
    if entry.get("kind") != "weight":
        return ()
    try:
        weight = Weight.model_validate(dict(entry))
    except ValidationError:
        return ()
    limits = protocols.vital_limits
    if not limits.weight_kg.is_possible(weight.in_kg):
        return ()
    others = [charted for charted in chart.bedside if charted.id != corrects]
    changed = _far_from_the_last(weight.in_kg, others_kg=[kg for _at, kg in weights(others)], protocols=protocols)
    found = (limits.improbable("weight_kg", weight.in_kg), changed)
    return tuple(sentence for sentence in found if sentence)


def _far_from_the_last(kg: Decimal, *, others_kg: list[Decimal], protocols: WardProtocols) -> str | None:
    if not others_kg:
        return None
    last = others_kg[-1]
    percent = abs(kg - last) * 100 / last
    if percent <= protocols.bedside.weight_change_to_confirm.percent:
        return None
    change = plain(rounded(percent, 0))
    return f"The weight before was {plain(last)} kg, {change} % away; confirm it, or check kg and lb."
