"""The drawn taper: every step at its date and height, well-formed, readable without colour."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.export.step_chart import ChartLine, ChartStep, step_chart_alt, step_chart_svg

START = date(2027, 1, 16)
SVG = "{http://www.w3.org/2000/svg}"


def falling(medicine: str = "clonazepam", count: int = 5) -> ChartLine:
    steps = [ChartStep(START + timedelta(days=28 * index), Decimal(count - index) / 4) for index in range(count)]
    return ChartLine(medicine, tuple(steps))


def texts_of(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def corners_of(svg: str) -> list[tuple[float, float]]:
    """The corners of the first dose line, as drawn: right along H, then down along V."""
    path = next(ElementTree.fromstring(svg).iter(f"{SVG}path")).attrib["d"]
    x, y = (float(number) for number in re.match(r"M([\d.]+) ([\d.]+)", path).groups())  # type: ignore[union-attr]
    corners = [(x, y)]
    for letter, number in re.findall(r"([HV])([\d.]+)", path):
        x, y = (float(number), y) if letter == "H" else (x, float(number))
        corners.append((x, y))
    return corners


def test_a_falling_dose_is_drawn_falling() -> None:
    corners = corners_of(step_chart_svg([falling()], ends_on=START + timedelta(days=140)))
    assert [x for x, _ in corners] == sorted(x for x, _ in corners)
    assert [y for _, y in corners] == sorted(y for _, y in corners), "downwards on paper is a larger y"
    assert len({y for _, y in corners}) == 5


@given(st.integers(2, 60), st.integers(1, 90))
def test_every_step_is_as_wide_as_its_days(count: int, days: int) -> None:
    steps = tuple(ChartStep(START + timedelta(days=days * n), Decimal(count - n)) for n in range(count))
    svg = step_chart_svg([ChartLine("diazepam", steps)], ends_on=START + timedelta(days=days * count))
    turns = sorted({x for x, _ in corners_of(svg)})
    widths = [right - left for left, right in itertools.pairwise(turns)]
    assert len(widths) == count
    assert max(widths) - min(widths) < 0.05


def test_the_first_cut_is_named_with_its_date() -> None:
    svg = step_chart_svg([falling()], ends_on=START + timedelta(days=140), first_cut_on=date(2027, 2, 13))
    assert "first cut Sat 13 Feb 2027" in texts_of(svg)


def test_the_axis_names_where_it_begins_and_ends() -> None:
    texts = texts_of(step_chart_svg([falling()], ends_on=date(2027, 6, 5)))
    assert "from Sat 16 Jan 2027" in texts
    assert "to Sat 5 Jun 2027" in texts


def test_two_medicines_have_two_lines_told_apart_without_colour() -> None:
    svg = step_chart_svg([falling(), falling("diazepam", 3)], ends_on=START + timedelta(days=140))
    dashes = [path.attrib.get("stroke-dasharray") for path in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    assert len(dashes) == len(set(dashes)) == 2
    assert any(text.startswith("diazepam ") for text in texts_of(svg))


def test_a_hostile_name_stays_text_and_the_drawing_stays_well_formed() -> None:
    name = 'x"/><script>alert(1)</script>&\x00\ud800'
    svg = step_chart_svg([falling(name), falling("b")], ends_on=START + timedelta(days=140))
    root = ElementTree.fromstring(svg)
    assert [element.tag for element in root.iter() if element.tag.endswith("script")] == []


def test_dose_labels_are_thinned_but_the_first_and_last_stay() -> None:
    line = falling(count=200)
    texts = texts_of(step_chart_svg([line], ends_on=line.steps[-1].starts_on + timedelta(days=28)))
    assert "50" in texts
    assert "0.25" in texts
    assert len(texts) < 60


def test_the_words_beside_the_chart_tell_start_end_and_first_cut() -> None:
    words = step_chart_alt([falling()], date(2027, 2, 13))
    assert "1.25 mg a day from Sat 16 Jan 2027" in words
    assert "0.25 mg a day from Sat 8 May 2027" in words
    assert "First cut on Sat 13 Feb 2027." in words


@pytest.mark.parametrize("lines", [[], [ChartLine("clonazepam", ())]])
def test_nothing_to_draw_is_refused(lines: list[ChartLine]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        step_chart_svg(lines, ends_on=START)
