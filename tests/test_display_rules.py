"""The reusable lint of what people read finds what it must, and leaves good text alone."""

from __future__ import annotations

import pytest

import display_rules


@pytest.mark.parametrize(
    "text",
    [
        "give .5 mg",
        "give 1.0 mg",
        "give 0.50 mg",
        "give 5mg",
        "give 50 µg",
        "give 50 μg",
        "1 mg QD",
        "1 mg QOD",
        "1 mg HS",
        "D/C tomorrow",
        "10 U now",
        "10U now",
        "> 2 mg",
        "1/2 tablet",
        "½ tablet",
        "Hold.",
        "Taper on hold until Monday",
        "Stop the clonazepam",
        "Stop taking your tablets",
    ],
)
def test_an_error_prone_writing_is_found(text: str) -> None:
    assert display_rules.violations(text)


@pytest.mark.parametrize(
    "text",
    [
        "0.5 mg",
        "10 mg, then 12.5 mg a day",
        "37.0 °C",
        "50 mcg",
        "half a tablet of 0.5 mg",
        "Withhold this dose",
        "threshold, household",
        "Keep dose, no cut",
        "Do not stop the benzodiazepine suddenly",
        "42 CFR 2.32",
        "page 1 of 3",
        "21/01/2027",
    ],
)
def test_a_good_writing_is_left_alone(text: str) -> None:
    assert display_rules.violations(text) == []
