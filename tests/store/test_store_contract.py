"""What every store promises, method by method."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from taper_app.clinical.errors import NotFound, StateConflict
from taper_app.clinical.people import Role
from taper_app.clinical.records import AlertGlance, RecordId, RecordKind, newest_uncorrected


def test_an_empty_store_holds_nothing(empty_store):
    with empty_store.reading() as reading:
        assert list(reading.units()) == list(reading.accounts()) == list(reading.audit_entries()) == []
        assert list(reading.records("e-1")) == list(reading.latest_rows("u-1")) == []
        assert list(reading.records_of_unit("u-1", set(RecordKind), datetime(2026, 1, 1, tzinfo=UTC))) == []
        assert reading.unit("u-1") is reading.account("a-1") is reading.account_named("anna") is None
        assert reading.session("s-1") is reading.patient("p-1") is reading.patient_with_record_number("1") is None
        assert reading.episode("e-1") is reading.open_episode_of("p-1") is reading.record("r-1") is None
        assert reading.latest_row("e-1") is reading.draft("a-1", "e-1", "observation") is None
        assert list(reading.patients_born_on(date(1982, 3, 4))) == list(reading.merges()) == []
        assert list(reading.episodes_of("p-1")) == list(reading.drafts_of("e-1")) == []
        assert list(reading.audit_entries_of("a-1", "open chart", datetime(2026, 1, 1, tzinfo=UTC))) == []


def test_a_unit_is_read_back_and_replaced(store, ward):
    store.transact(lambda writing: writing.add_unit(ward.unit(id="u-2", name="Annex", crisis_lines="988")))
    changed = ward.unit(beds=("1", "2", "10"), part2_program=False)
    store.transact(lambda writing: writing.replace_unit(changed))
    with store.reading() as reading:
        assert reading.unit("u-1") == changed
        assert [unit.name for unit in reading.units()] == ["Annex", "East"]


def test_an_account_is_found_whatever_the_letter_case(store, ward):
    bob = ward.account(id="a-2", name="bOb", role=Role.ADMIN, unit_id=None)
    store.transact(lambda writing: writing.add_account(bob))
    with store.reading() as reading:
        assert reading.account_named(" BOB ") == reading.account("a-2") == bob
        assert [account.name for account in reading.accounts()] == ["Anna", "bOb"]


def test_a_replaced_account_keeps_its_failed_attempts_and_its_lock(store, ward):
    locked = ward.account(
        name="ANNA", failed_attempts=3, locked_until=ward.at(15), disabled_at=ward.at(1), must_change_password=True
    )
    store.transact(lambda writing: writing.replace_account(locked))
    with store.reading() as reading:
        assert reading.account_named("anna") == locked


def test_two_accounts_cannot_share_a_name(store, ward):
    with pytest.raises(StateConflict, match="sign-in name"):
        store.transact(lambda writing: writing.add_account(ward.account(id="a-2", name="ANNA")))
    store.transact(lambda writing: writing.add_account(ward.account(id="a-2", name="Bob")))
    with pytest.raises(StateConflict, match="sign-in name"):
        store.transact(lambda writing: writing.replace_account(ward.account(id="a-2", name="anna")))


def test_ending_the_sessions_of_an_account_leaves_others_and_ended_ones_alone(store, ward):
    ended_before = ward.session(id="s-2", ended_at=ward.at(1))
    of_another = ward.session(id="s-3", account_id="a-2")

    def sign_in(writing):
        writing.add_account(ward.account(id="a-2", name="Bob"))
        for session in (ward.session(), ended_before, of_another):
            writing.add_session(session)
        writing.replace_session(ward.session(last_activity_at=ward.at(2)))
        writing.end_sessions_of("a-1", ward.at(3))

    store.transact(sign_in)
    with store.reading() as reading:
        assert reading.session("s-1") == ward.session(last_activity_at=ward.at(2), ended_at=ward.at(3))
        assert reading.session("s-2") == ended_before
        assert reading.session("s-3") == of_another


def test_a_patient_is_found_by_id_and_by_record_number_with_its_zeros(store, ward):
    with store.reading() as reading:
        assert reading.patient("p-1") == reading.patient_with_record_number("00001") == ward.patient()
        assert reading.patient_with_record_number("1") is None


@pytest.mark.parametrize("different", [{"number": 1}, {"number": 2, "record_number": "00001"}])
def test_a_second_patient_with_the_same_number_is_refused(store, ward, different):
    with pytest.raises(StateConflict, match="record number") as refusal:
        store.transact(lambda writing: writing.add_patient(ward.patient(**different)))
    assert refusal.value.next_step


def test_an_episode_is_read_back_and_open_while_its_row_says_so(store, ward):
    with store.reading() as reading:
        assert reading.episode("e-1") == reading.open_episode_of("p-1") == ward.episode()
    store.transact(lambda writing: writing.put_latest(ward.latest(status="released")))
    with store.reading() as reading:
        assert reading.open_episode_of("p-1") is None
        assert reading.episode("e-1") == ward.episode()


def test_a_second_open_episode_of_one_patient_is_refused(store, ward):
    def admit_again(writing):
        writing.add_episode(ward.episode(2))
        writing.put_latest(ward.latest(episode_id="e-2", bed="2"))

    with pytest.raises(StateConflict, match="already has an open episode") as refusal:
        store.transact(admit_again)
    assert "ward board" in refusal.value.next_step
    with store.reading() as reading:
        assert reading.episode("e-2") is None
    store.transact(lambda writing: writing.put_latest(ward.latest(status="released")))
    store.transact(admit_again)
    with store.reading() as reading:
        assert reading.open_episode_of("p-1") == ward.episode(2)
    with pytest.raises(StateConflict, match="already has an open episode"):
        store.transact(lambda writing: writing.put_latest(ward.latest(status="open")))


def test_what_belongs_to_nothing_is_not_found(store, ward):
    orphans = {
        "record": lambda writing: writing.add_record(ward.record(episode_id="e-9")),
        "correction": lambda writing: writing.add_record(ward.record(corrects="r-9")),
        "episode": lambda writing: writing.add_episode(ward.episode(2, patient_id="p-9")),
        "episode of no unit": lambda writing: writing.add_episode(ward.episode(2, unit_id="u-9")),
        "latest": lambda writing: writing.put_latest(ward.latest(episode_id="e-9", patient_id="p-9")),
        "session": lambda writing: writing.add_session(ward.session(account_id="a-9")),
        "account": lambda writing: writing.add_account(ward.account(id="a-2", name="Bob", unit_id="u-9")),
        "unit to replace": lambda writing: writing.replace_unit(ward.unit(id="u-9")),
        "account to replace": lambda writing: writing.replace_account(ward.account(id="a-9", name="Bob")),
        "session to replace": lambda writing: writing.replace_session(ward.session(id="s-9")),
    }
    for work in orphans.values():
        with pytest.raises(NotFound):
            store.transact(work)


@pytest.mark.parametrize("add", ["unit", "account", "episode"])
def test_the_same_id_is_not_added_twice(store, ward, add):
    with pytest.raises(StateConflict):
        store.transact(lambda writing: getattr(writing, f"add_{add}")(getattr(ward, add)()))


def test_a_record_comes_back_exactly_as_it_was_put_in(store, ward):
    body = {
        "mg": "0.0625",
        "scores": [0, 4, None, True],
        "note": "≥ 2 Tabletten, Größe, 😀, \x00, \u2028",
        "big": 10**30,
        "": {},
    }
    record = ward.record(body=body, happened_at=datetime(2026, 12, 1, 8, 0, 0, 1, tzinfo=UTC))
    assert store.transact(lambda writing: writing.add_record(record)) is True
    with store.reading() as reading:
        assert reading.record("r-1") == record
        assert list(reading.records("e-1")) == [record]
        assert reading.record("r-1").body["scores"][3] is True


def test_the_same_record_id_again_changes_nothing_and_answers_false(store, ward):
    assert store.transact(lambda writing: writing.add_record(ward.record())) is True
    again = ward.record(body={"tremor": 0}, happened_at=ward.at(9))
    assert store.transact(lambda writing: writing.add_record(again)) is False
    with store.reading() as reading:
        assert list(reading.records("e-1")) == [ward.record()]


def test_a_correction_keeps_the_original_readable(store, ward):
    corrected = ward.record("r-2", corrects="r-1", recorded_at=ward.at(30), body={"tremor": 2})
    store.transact(lambda writing: [writing.add_record(ward.record()), writing.add_record(corrected)])
    with store.reading() as reading:
        assert list(reading.records("e-1")) == [ward.record(), corrected]
        assert newest_uncorrected(list(reading.records("e-1"))) == [corrected]


def test_a_correction_cannot_name_a_record_of_another_patient(store, ward):
    def admit_another(writing):
        writing.add_patient(ward.patient(2))
        writing.add_episode(ward.episode(2, patient_id="p-2"))
        writing.add_record(ward.record())

    store.transact(admit_another)
    with pytest.raises(NotFound, match="correct"):
        store.transact(lambda writing: writing.add_record(ward.record("r-2", episode_id="e-2", corrects="r-1")))


def test_records_are_chosen_by_kind_and_time_oldest_first(store, ward):
    entries = [
        ward.record("late", happened_at=ward.at(-60), recorded_at=ward.at(40)),
        ward.record("b", happened_at=ward.at(0), recorded_at=ward.at(2)),
        ward.record("a", happened_at=ward.at(0), recorded_at=ward.at(3)),
        ward.record("dose", kind=RecordKind.DOSE, happened_at=ward.at(1)),
    ]
    store.transact(lambda writing: [writing.add_record(entry) for entry in reversed(entries)])
    with store.reading() as reading:

        def ids(**chosen):
            return [record.id for record in reading.records("e-1", **chosen)]

        assert ids() == ["late", "b", "a", "dose"]
        assert ids(kinds=[RecordKind.DOSE, RecordKind.PLAN]) == ["dose"]
        assert ids(since=ward.at(0)) == ["b", "a", "dose"]
        assert ids(kinds={RecordKind.OBSERVATION}, since=ward.at(0)) == ["b", "a"]
        assert ids(kinds=()) == []
        assert list(reading.records("e-2")) == []


def test_moments_come_back_in_utc_whatever_their_zone(store, ward):
    new_york = ZoneInfo("America/New_York")
    second_half_past_one = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=new_york)  # the clock goes back
    in_india = datetime(2026, 11, 1, 12, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    store.transact(
        lambda writing: writing.add_record(ward.record(happened_at=second_half_past_one, recorded_at=in_india))
    )
    with store.reading() as reading:
        record = reading.record("r-1")
        assert (record.happened_at.utcoffset(), record.recorded_at.utcoffset()) == (timedelta(0), timedelta(0))
        assert record.happened_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        assert record.recorded_at == datetime(2026, 11, 1, 6, 31, tzinfo=UTC)
        assert list(reading.records("e-1", since=second_half_past_one)) == [record]


def test_the_board_lists_the_most_dangerous_first(store, ward):
    wanted = [
        {"bed": "9", "level": 4, "next_due_at": ward.at(90)},
        {"bed": "3", "level": 2, "next_due_at": ward.at(10)},
        {"bed": "2", "level": 2, "next_due_at": ward.at(20)},
        {"bed": "10", "level": 2, "next_due_at": ward.at(20)},
        {"bed": "1", "level": 2, "next_due_at": None},
        {"bed": "4", "level": 1, "next_due_at": ward.at(-500)},
    ]

    def admit(writing):
        writing.put_latest(ward.latest(status="released"))
        for number, row in reversed(list(enumerate(wanted, start=2))):
            writing.add_patient(ward.patient(number))
            writing.add_episode(ward.episode(number, patient_id=f"p-{number}"))
            writing.put_latest(ward.latest(episode_id=f"e-{number}", patient_id=f"p-{number}", **row))

    store.transact(admit)
    with store.reading() as reading:
        assert [row.bed for row in reading.latest_rows("u-1")] == ["9", "3", "2", "10", "1", "4"]
        assert [row.episode_id for row in reading.latest_rows("u-1", status="released")] == ["e-1"]
        assert list(reading.latest_rows("u-2")) == []


def test_the_latest_row_is_replaced_whole(store, ward):
    full = ward.latest(
        level=4,
        headline="Seizure, cause not yet known",
        next_cut="suspended",
        this_dose="give_do_not_omit",
        last_observation_at=ward.at(1),
        next_due_at=ward.at(2),
        unacknowledged_alerts=2,
        oldest_unacknowledged_at=ward.at(1),
        plan_version=1,
        plan_line="2 mg a day",
        flags=("seizure", "falls"),
        alerts=(
            AlertGlance(
                id=RecordId("r-1-alert"),
                level=4,
                headline="Seizure, cause not yet known",
                rules=("R03", "R53"),
                notify=("prescriber", "charge_nurse"),
                raised_at=ward.at(1),
                respond_within_minutes=5,
                acknowledged_at=ward.at(2),
            ),
        ),
    )
    for row in (full, ward.latest(changed_at=ward.at(3))):
        store.transact(lambda writing, row=row: writing.put_latest(row))
        with store.reading() as reading:
            assert reading.latest_row("e-1") == row


def test_a_draft_is_overwritten_and_dropped_for_one_person_one_patient_one_form(store, ward):
    others = [ward.draft(account_id="a-2"), ward.draft(episode_id="e-2"), ward.draft(form="dose")]
    store.transact(lambda writing: [writing.save_draft(draft) for draft in (ward.draft(), *others)])
    newer = ward.draft(body={"tremor": "3", "sweating": None}, saved_at=ward.at(1))
    store.transact(lambda writing: writing.save_draft(newer))
    with store.reading() as reading:
        assert reading.draft("a-1", "e-1", "observation") == newer
    store.transact(lambda writing: writing.drop_draft("a-1", "e-1", "observation"))
    store.transact(lambda writing: writing.drop_draft("a-1", "e-1", "observation"))
    with store.reading() as reading:
        assert reading.draft("a-1", "e-1", "observation") is None
        assert [reading.draft(d.account_id, d.episode_id, d.form) for d in others] == others


def test_the_audit_shows_the_newest_entries_first(store, ward):
    entries = [ward.audit(f"step {number}") for number in range(5)]
    refused = ward.audit("sign plan", account_id=None, role=None, outcome="refused", detail="role", episode_id="e-1")
    for entry in (*entries, refused):
        store.transact(lambda writing, entry=entry: writing.add_audit(entry))
    with store.reading() as reading:
        assert list(reading.audit_entries()) == [refused, *reversed(entries)]
        assert list(reading.audit_entries(limit=2)) == [refused, entries[-1]]


def test_records_of_a_unit_are_those_of_every_stay_that_is_there_now_or_was_released_from_it(store, ward):
    def fill(writing):
        writing.add_unit(ward.unit(id="u-2", name="Annex"))
        for number, unit, status in ((2, "u-1", "released"), (3, "u-2", "open")):
            writing.add_patient(ward.patient(number, record_number=f"1000{number}"))
            writing.add_episode(ward.episode(number, patient_id=f"p-{number}"))
            writing.put_latest(
                ward.latest(episode_id=f"e-{number}", patient_id=f"p-{number}", unit_id=unit, status=status)
            )
        for number, minutes in ((1, 30), (2, 10), (3, 20)):
            happened = ward.at(minutes)
            writing.add_record(ward.record(f"set-{number}", episode_id=f"e-{number}", happened_at=happened))
            alert = {"episode_id": f"e-{number}", "kind": RecordKind.ALERT, "happened_at": happened}
            writing.add_record(ward.record(f"alert-{number}", **alert, recorded_at=ward.at(minutes + 1)))

    store.transact(fill)
    with store.reading() as reading:

        def ids(unit, kinds, since=0.0):
            return [record.id for record in reading.records_of_unit(unit, kinds, ward.at(since))]

        assert ids("u-1", {RecordKind.ALERT}) == ["alert-2", "alert-1"], "oldest first, the released stay too"
        assert ids("u-1", {RecordKind.ALERT, RecordKind.OBSERVATION}, 30) == ["set-1", "alert-1"], "since is included"
        assert ids("u-2", {RecordKind.ALERT}) == ["alert-3"], "where the patient is now, not where admitted"
        assert ids("u-1", {RecordKind.ALERT}, 31) == ids("u-1", set()) == ids("u-3", {RecordKind.ALERT}) == []
        assert reading.records_of_unit("u-1", {RecordKind.ALERT}, ward.at(0))[0] == reading.record("alert-2")
