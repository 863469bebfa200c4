"""What the board says of a patient by the clock alone, and the order in which patients stand on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.escalation.board_row import board_row, changes_at, day_of, worst_first
from taper_app.clinical.records import (
    AlertGlance,
    DayGlance,
    DoseGlance,
    EpisodeId,
    LatestRow,
    PatientId,
    RecordId,
    TrendGlance,
)
from taper_app.protocol_files import load_protocols

RULES = load_protocols().rules
NOW = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)
TODAY = DayGlance(day=date(2027, 1, 11), plan_line="Plan v1: 2 mg clonazepam a day")


def minutes(number):
    return NOW + timedelta(minutes=number)


def kept(bed="07", **different):
    usual = {
        "episode_id": EpisodeId(f"e-{bed}"),
        "patient_id": PatientId(f"p-{bed}"),
        "unit_id": "u-1",
        "status": "open",
        "bed": bed,
        "label": "EXAMPLE, Ida",
        "sex": "F",
        "born_on": date(1982, 3, 4),
        "record_number": bed,
        "level": 1,
        "headline": "Nothing in the last set calls for somebody",
        "last_observation_at": minutes(-60),
        "set_due_at": minutes(180),
        "days": (TODAY,),
        "changed_at": minutes(-60),
    }
    return LatestRow(**{**usual, **different})


def alert(raised=-6, respond=60, level=2, notify=("charge_nurse",), acknowledged=None):
    return AlertGlance(
        id=RecordId("a-1"),
        level=level,
        headline="A symptom of 3.",
        rules=("R36",),
        notify=notify,
        raised_at=minutes(raised),
        respond_within_minutes=respond,
        acknowledged_at=acknowledged,
    )


def dose(due, words="clonazepam 1 mg", withheld=False):
    return DoseGlance(planned_for=minutes(due), due_at=minutes(due), words=words, is_withheld=withheld)


def trend(before, now, scale="ciwa_b", least=False):
    return TrendGlance(
        scale=scale, now=now, is_least=least, before=before, minutes_between=480, charted_at=minutes(-60)
    )


def row(now=NOW, **different):
    return board_row(kept(**different), TODAY, now, RULES)


def beds(*rows):
    return [found.kept.bed for found in worst_first([row(**wanted) for wanted in rows], NOW, RULES)]


def test_an_alert_nobody_acknowledges_raises_the_patients_level_by_the_clock():
    quiet = row(alerts=(alert(),), level=2)
    assert (quiet.level, quiet.alerts[0].waits_for) == (2, "charge_nurse")
    later = row(now=minutes(55), alerts=(alert(),), level=2)
    assert (later.level, later.alerts[0].waits_for) == (3, "prescriber")
    assert later.alerts[0].next_role == "emergency_team"


def test_an_acknowledged_alert_waits_for_nobody_and_stays_open():
    found = row(alerts=(alert(acknowledged=minutes(-1)),), level=2)
    assert found.alerts[0].waits_for is None
    assert not found.waits_for("charge_nurse")
    assert found.level == 2


def test_the_alert_that_has_climbed_highest_stands_first():
    raised_later = alert(raised=-1, level=3, notify=("prescriber",)).model_copy(update={"id": RecordId("a-2")})
    found = row(now=minutes(20), alerts=(raised_later, alert(raised=-120)), level=3)
    assert [opened.climb.level for opened in found.alerts] == [4, 3]


@pytest.mark.parametrize(
    ("due", "overdue", "soon"), [(-1, True, False), (0, False, True), (59, False, True), (60, False, False)]
)
def test_a_set_is_overdue_from_its_minute_on_and_due_within_the_hour(due, overdue, soon):
    found = row(set_due_at=minutes(due))
    assert (found.is_overdue(NOW), found.is_due_soon(NOW)) == (overdue, soon)


def test_a_late_dose_is_overdue_although_the_set_is_not():
    found = row(doses=(dose(-10), dose(30, "clonazepam 0.5 mg"), dose(600)))
    assert found.is_overdue(NOW)
    assert found.is_due_soon(NOW)
    assert [due.words for due in found.doses] == ["clonazepam 1 mg", "clonazepam 0.5 mg"], "the evening's comes later"


def test_nobody_observed_yet_is_not_assessed():
    assert not row(last_observation_at=None).is_assessed


def test_the_order_is_level_then_overdue_then_trend_then_next_cut_then_bed():
    soon, later = (TODAY.model_copy(update={"next_cut_on": date(2027, 1, day)}) for day in (12, 20))
    rows = [
        kept("1", level=3),
        kept("2", set_due_at=minutes(-90)),
        kept("3", set_due_at=minutes(-30)),
        kept("4", trends=(trend(12, 24),)),
        kept("5", trends=(trend(12, 14),)),
        kept("6", next_cut="suspended"),
        kept("7", days=(soon,)),
        kept("8", days=(later,)),
        kept("9"),
        kept("10"),
    ]
    found = [board_row(one, one.days[0], NOW, RULES) for one in rows]
    for shuffled in (found, found[::-1], found[5:] + found[:5]):
        assert [one.kept.bed for one in worst_first(shuffled, NOW, RULES)] == [str(bed) for bed in range(1, 11)]


def test_a_rise_counts_by_the_rise_at_which_its_own_rule_speaks():
    """Three points of NEWS2 are more than six of CIWA-B."""
    assert beds({"bed": "1", "trends": (trend(10, 16),)}, {"bed": "2", "trends": (trend(0, 3, "news2"),)}) == ["2", "1"]


def test_a_fall_and_an_incomplete_set_that_may_be_one_are_no_rise():
    assert beds({"bed": "1", "trends": (trend(24, 12),)}, {"bed": "0"}) == ["0", "1"]
    assert beds({"bed": "1", "trends": (trend(24, 12, least=True),)}, {"bed": "0"}) == ["0", "1"]


def test_the_board_says_when_it_changes_by_the_clock_alone():
    assert changes_at([row(set_due_at=minutes(90))], NOW) == minutes(30), "then it is due within the hour"
    assert changes_at([row(set_due_at=minutes(20))], NOW) == minutes(20), "then it is overdue"
    assert changes_at([row(alerts=(alert(),), level=2)], NOW) == minutes(54), "then the alert goes to the prescriber"
    assert changes_at([row(set_due_at=None)], NOW) is None
    assert changes_at([], NOW) is None


def test_a_row_says_nothing_of_a_day_it_was_not_kept_for():
    assert day_of(kept(), date(2027, 1, 11)) == TODAY
    assert day_of(kept(), date(2027, 1, 12)) is None


rows_drawn = st.builds(
    lambda level, due, late, rise: {
        "level": level,
        "set_due_at": None if due is None else minutes(due),
        "doses": () if late is None else (dose(late),),
        "trends": () if rise is None else (trend(10, 10 + rise),),
    },
    st.integers(1, 4),
    st.none() | st.integers(-600, 600),
    st.none() | st.integers(-600, 600),
    st.none() | st.integers(-10, 20),
)


@given(st.lists(rows_drawn, max_size=8), st.randoms(use_true_random=False))
def test_no_order_of_reading_changes_the_board_and_a_higher_level_never_stands_below(drawn, random):
    found = [row(bed=str(number), **wanted) for number, wanted in enumerate(drawn)]
    ordered = worst_first(found, NOW, RULES)
    random.shuffle(found)
    assert worst_first(found, NOW, RULES) == ordered
    levels = [one.level for one in ordered]
    assert levels == sorted(levels, reverse=True)


@given(st.lists(rows_drawn, min_size=1, max_size=5), st.integers(0, 700))
def test_until_it_says_so_nothing_on_the_board_changes(drawn, passed):
    """A screen that asks only for the version, and draws anew at ``changes_at``, misses nothing."""

    def shown(now):
        found = [row(now=now, bed=str(number), **wanted) for number, wanted in enumerate(drawn)]
        ordered = [one.kept.bed for one in worst_first(found, now, RULES)]
        return ordered, [(one.level, one.is_overdue(now), one.is_due_soon(now)) for one in found]

    rows = [row(bed=str(number), **wanted) for number, wanted in enumerate(drawn)]
    until = changes_at(rows, NOW)
    then = NOW + timedelta(minutes=passed)
    if until is None or then <= until:
        assert shown(then) == shown(NOW)
