"""NEWS2 meets the printed chart at every reading, and its bands leave no gap."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taper_app.clinical.charting.observation import Vitals
from taper_app.clinical.charting.scores import news2, news2_range
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.scales import MeasuredItem, Scale
from taper_app.protocol_files import load_protocols

SCALE = load_protocols().scales["news2"]

#: The printed chart, typed in again independently of the file: highest reading of each band and its score.
PRINTED: Mapping[str, list[tuple[str, int]]] = {
    "respiratory_rate": [("8", 3), ("11", 1), ("20", 0), ("24", 2), ("99", 3)],
    "spo2_scale_1": [("91", 3), ("93", 2), ("95", 1), ("100", 0)],
    "spo2_scale_2_air": [("83", 3), ("85", 2), ("87", 1), ("100", 0)],
    "spo2_scale_2_oxygen": [("83", 3), ("85", 2), ("87", 1), ("92", 0), ("94", 1), ("96", 2), ("100", 3)],
    "systolic": [("90", 3), ("100", 2), ("110", 1), ("219", 0), ("400", 3)],
    "pulse": [("40", 3), ("50", 1), ("90", 0), ("110", 1), ("130", 2), ("400", 3)],
    "temperature": [("35.0", 3), ("36.0", 1), ("38.0", 0), ("39.0", 1), ("50.0", 2)],
}


@pytest.mark.parametrize("item", list(PRINTED))
def test_every_reading_scores_as_printed(item: str) -> None:
    measured = SCALE.measured(item)
    reading, last = Decimal(0), Decimal(PRINTED[item][-1][0])
    while reading <= last:
        expected = next(score for highest, score in PRINTED[item] if reading <= Decimal(highest))
        assert measured.score_of(reading) == expected, reading
        reading += measured.step


@given(st.decimals(0, 500, places=3))
def test_any_exact_number_belongs_to_one_band_of_each_item(reading: Decimal) -> None:
    for item in PRINTED:
        assert SCALE.measured(item).score_of(reading) in (0, 1, 2, 3)


def test_a_gap_and_an_overlap_are_both_named() -> None:
    bands = [{"highest": 8, "score": 3}, {"lowest": 10, "highest": 12, "score": 1}, {"lowest": 12, "score": 0}]
    with pytest.raises(ValidationError) as refused:
        MeasuredItem.model_validate(
            {"id": "rate", "label": "Rate", "kind": "measured", "unit": "a minute", "step": 1, "bands": bands}
        )
    assert "between 8 and 10" in str(refused.value)
    assert "overlap between 12 and 12" in str(refused.value)


def test_bands_that_end_leave_the_extremes_unscored_and_are_refused() -> None:
    bands = [{"lowest": 1, "highest": 8, "score": 3}, {"lowest": 9, "highest": 20, "score": 0}]
    with pytest.raises(ValidationError, match="open above"):
        MeasuredItem.model_validate(
            {"id": "rate", "label": "Rate", "kind": "measured", "unit": "a minute", "step": 1, "bands": bands}
        )


WELL = Vitals(
    respiratory_rate=16, spo2=98, on_oxygen=False, systolic=120, pulse=70, temperature_c=Decimal("37.0"), acvpu="A"
)


def test_oxygen_scores_two(scales: Mapping[str, Scale]) -> None:
    on_oxygen = WELL.model_copy(update={"on_oxygen": True})
    assert news2(on_oxygen, 1, scales["news2"]).parts["oxygen"] == 2


def test_new_confusion_voice_pain_and_unresponsive_score_three(scales: Mapping[str, Scale]) -> None:
    for state in "CVPU":
        assert news2(WELL.model_copy(update={"acvpu": state}), 1, scales["news2"]).total == 3


def test_zero_breaths_are_a_reading_not_a_blank(scales: Mapping[str, Scale]) -> None:
    score = news2(Vitals(respiratory_rate=0), 1, scales["news2"])
    assert score.parts["respiratory_rate"] == 3
    assert score.least == 3


def test_a_blank_has_no_part_and_takes_the_total_away(scales: Mapping[str, Scale]) -> None:
    score = news2(WELL.model_copy(update={"pulse": None}), 1, scales["news2"])
    assert (score.total, score.complete, score.parts["pulse"]) == (None, False, None)


def test_a_saturation_whose_oxygen_nobody_charted_counts_the_least(scales: Mapping[str, Scale]) -> None:
    found = news2_range(Vitals(spo2=97), 2, scales["news2"])
    assert (found.parts["spo2"].least, found.parts["spo2"].most) == (0, 3)


def test_fahrenheit_scores_as_its_celsius(scales: Mapping[str, Scale]) -> None:
    fever = WELL.model_copy(update={"temperature_c": None, "temperature_f": Decimal("102.4")})
    assert fever.celsius == Decimal("39.1")
    assert news2(fever, 1, scales["news2"]).parts["temperature"] == 2


def test_news2_is_not_for_children_or_pregnancy(protocols: Protocols) -> None:
    scale = protocols.scales["news2"]
    assert (scale.valid_from_age_years, scale.valid_in_pregnancy) == (16, False)
