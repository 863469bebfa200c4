"""How often rules fired, what was done, and alerts per nurse: worked by hand on a few alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from taper_app.clinical.escalation.alerts import Alert, AlertBody, AlertReason
from taper_app.clinical.escalation.rule_burden import (
    RaisedAlert,
    Span,
    burden_by_rule,
    burden_by_span,
    plan_changed_after,
)
from taper_app.clinical.people import Role
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import Author, EpisodeId, Record, RecordId, RecordKind

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def record(kind: RecordKind, hours: float, body: dict[str, Any] | None = None) -> Record:
    return Record(
        id=RecordId(f"{kind}-{hours}"),
        episode_id=EpisodeId("e-1"),
        kind=kind,
        happened_at=at(hours),
        recorded_at=at(hours),
        author=Author(user_id="n-1", name="A. Nurse", role=Role.NURSE),
        body=body or {},
    )


def alert(hours: float, *rules: str, acknowledged: float | None = None, resolved: float | None = None) -> Alert:
    reasons = tuple(
        AlertReason(
            rule=rule,
            level=3,
            message="Something.",
            action="Look.",
            effect=Effect.NONE,
            notify=(),
            respond_within_minutes=60,
            source="local-default",
            is_unverified=True,
        )
        for rule in rules or ("R07",)
    )
    return Alert(
        record(RecordKind.ALERT, hours),
        AlertBody(observation=RecordId("s-1"), level=3, headline="Something.", reasons=reasons),
        None if acknowledged is None else record(RecordKind.ALERT_ACTION, acknowledged),
        None
        if resolved is None
        else record(RecordKind.ALERT_ACTION, resolved, {"alert": "a", "step": "resolved", "action_taken": "dose kept"}),
    )


def test_each_rule_of_an_alert_counts_it_and_what_was_done_about_it() -> None:
    raised = [
        RaisedAlert(alert(0, "R07", "R53", acknowledged=1, resolved=2), plan_changed=True),
        RaisedAlert(alert(3, "R07"), plan_changed=False),
        RaisedAlert(alert(5, "R53", acknowledged=6), plan_changed=False),
    ]
    by_rule = {one.rule: one for one in burden_by_rule({"R07": 4, "R26": 9}, raised)}
    assert list(by_rule) == ["R07", "R53", "R26"], "first what nobody acted on"
    seven = by_rule["R07"]
    assert (seven.fired, seven.alerts, seven.acknowledged, seven.with_action) == (4, 2, 1, 1)
    assert (seven.plan_changed, seven.acted_on, seven.nobody_acted) == (1, 1, 1)
    assert (by_rule["R53"].alerts, by_rule["R53"].acted_on) == (2, 2)
    assert (by_rule["R26"].fired, by_rule["R26"].alerts) == (9, 0), "level 1 makes no alert"


def test_an_alert_counts_in_the_shift_in_which_it_was_raised_the_first_minute_of_the_next_one_in_the_next() -> None:
    night, day = (
        Span(at(-12), at(0), frozenset({"n-1"})),
        Span(at(0), at(12), frozenset({"n-1", "n-2"})),
    )
    raised = [RaisedAlert(alert(hours), plan_changed=False) for hours in (-0.5, 0, 1, 11.9, 12)]
    found = burden_by_span([day, night], raised)
    assert [(one.alerts, one.per_nurse) for one in found] == [(3, Fraction(3, 2)), (1, Fraction(1))]


def test_a_span_of_which_nobody_is_known_has_no_figure_and_not_zero() -> None:
    assert burden_by_span([Span(at(0), at(12), frozenset())], [])[0].per_nurse is None


@pytest.mark.parametrize(
    ("raised", "resolved", "next_alert", "changed", "in_answer"),
    [
        (0, None, None, 5, True),
        (0, None, 3, 5, True),  # it is still open
        (0, 2, None, 5, True),  # resolved by the prescriber, who then signs
        (0, 2, 4, 3, True),
        (0, 2, 4, 5, False),  # in answer to the next alert
        (0, 2, 4, -1, False),
        (0, 2, None, None, False),
    ],
)
def test_a_change_of_the_plan_answers_an_open_alert_or_the_last_one_before_it(
    raised: float, resolved: float | None, next_alert: float | None, changed: float | None, in_answer: bool
) -> None:
    one = alert(raised, resolved=resolved)
    others = [one, *([] if next_alert is None else [alert(next_alert)])]
    assert plan_changed_after(one, others, [] if changed is None else [at(changed)]) is in_answer
