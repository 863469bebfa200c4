"""One interruptive alert per patient and change of level: what raises one, and what joins the one that is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.escalation.alerts import (
    AlertActionBody,
    AlertReason,
    AlertStep,
    FoundAgainBody,
    alerts,
)
from taper_app.clinical.escalation.raising import called_for
from taper_app.clinical.people import Role
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import Author, EpisodeId, Record, RecordId, RecordKind
from taper_app.protocol_files import load_protocols

LADDER = load_protocols().rules.ladder
NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
NURSE = Author(user_id="n", name="A. Ng", role=Role.NURSE)

#: A set's findings as (rule, level): each rule has one level, as most of the shipped ones do.
LEVELS = {"A": 2, "B": 2, "C": 3, "D": 3, "E": 4}
one_set = st.sets(st.sampled_from(sorted(LEVELS)), max_size=4)
#: What is done between two sets: nothing, or the newest open alert is acknowledged or resolved.
deeds = st.sampled_from([None, None, AlertStep.ACKNOWLEDGED, AlertStep.RESOLVED])
courses = st.lists(st.tuples(one_set, deeds), min_size=1, max_size=10)


def reasons(rules):
    found = [
        AlertReason(
            rule=rule,
            level=LEVELS[rule],
            message=f"{rule} was found.",
            action="Look.",
            effect=Effect.NO_FURTHER_CUT,
            notify=("charge_nurse",),
            respond_within_minutes=30,
            source="local-default",
            is_unverified=True,
        )
        for rule in rules
    ]
    return sorted(found, key=lambda reason: (-reason.level, reason.rule))


def record(kind, minute, body, id_):
    moment = NOON + timedelta(minutes=minute)
    return Record(
        id=RecordId(id_),
        episode_id=EpisodeId("e"),
        kind=kind,
        happened_at=moment,
        recorded_at=moment,
        author=NURSE,
        body=body.model_dump(mode="json"),
    )


def course(sets):
    """Yields, for each set, the alerts before it and what it called for; keeps it and does the deed."""
    kept = []
    for number, (rules, deed) in enumerate(sets):
        before = alerts(kept)
        found = reasons(rules)
        body = called_for(RecordId(f"s{number}"), found, rules, before, LADDER, NOON, something_happened=False)
        if body is not None:
            kind = RecordKind.FOUND_AGAIN if isinstance(body, FoundAgainBody) else RecordKind.ALERT
            kept.append(record(kind, number * 10, body, f"a{number}"))
        yield rules, before, body, alerts(kept)
        open_alerts = [alert for alert in alerts(kept) if alert.is_open]
        if deed and open_alerts:
            action = AlertActionBody(alert=open_alerts[0].id, step=deed)
            kept.append(record(RecordKind.ALERT_ACTION, number * 10 + 5, action, f"d{number}"))


@given(courses)
def test_whatever_calls_for_somebody_stands_in_an_open_alert(sets):
    for rules, _before, _body, after in course(sets):
        standing = {reason.rule for alert in after if alert.is_open for reason in alert.reasons}
        assert rules <= standing


@given(courses)
def test_the_open_alerts_are_never_below_the_set_that_was_just_charted(sets):
    for rules, _before, _body, after in course(sets):
        highest = max((alert.body.level for alert in after if alert.is_open), default=1)
        assert highest >= max((LEVELS[rule] for rule in rules), default=1)


@given(courses)
def test_a_finding_that_an_open_alert_names_interrupts_nobody_by_itself(sets):
    for rules, before, body, _after in course(sets):
        known = {reason.rule for alert in before if alert.is_open for reason in alert.reasons}
        if rules and rules <= known:
            assert isinstance(body, FoundAgainBody)


@given(courses)
def test_a_serious_finding_is_told_before_anybody_has_answered_for_it(sets):
    """From the ladder's level on nothing new joins an alert that was acknowledged, unless another one still waits."""
    for rules, before, body, _after in course(sets):
        known = {reason.rule for alert in before if alert.is_open for reason in alert.reasons}
        new = max((LEVELS[rule] for rule in rules - known), default=0)
        waiting = max((a.body.level for a in before if a.is_open and not a.acknowledged), default=0)
        if new >= LADDER.again_from_level and new > waiting:
            assert body is not None
            assert not isinstance(body, FoundAgainBody)
            assert body.level == new


@given(courses)
def test_an_alert_that_is_raised_beside_others_says_what_is_new(sets):
    for _rules, before, body, _after in course(sets):
        known = {reason.rule for alert in before if alert.is_open for reason in alert.reasons}
        if body is not None and not isinstance(body, FoundAgainBody):
            assert body.headline_rule not in known


def test_nothing_is_said_of_old_news_alone():
    found = reasons({"E"})
    assert called_for(RecordId("s"), found, (), [], LADDER, NOON, something_happened=True) is None
