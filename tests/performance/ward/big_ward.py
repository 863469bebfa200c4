"""A hospital of 500 patients in 20 units with a million observations, as rows of the application's own tables.

One small ward is charted through the use-cases; its rows are then written many times over with other ids and moments,
so that every body and every index is as the application makes it. Bodies of assessments, three times as long, are
written for the patients whose course is measured; for the others the board never reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from taper_app.clinical.records import Author
from taper_app.store import tables
from taper_app.store.exact import microseconds_of
from taper_app.store.memory import MemoryStore
from taper_app.use_cases import demo

UNITS, PATIENTS_A_UNIT = 20, 25
PATIENTS = UNITS * PATIENTS_A_UNIT
#: Every 65 minutes: 1,994 sets in 90 days.
BETWEEN_SETS = timedelta(minutes=65)
#: Of these the assessments are written too: their course is read.
WITH_COURSE = 5
AT_ONCE = 5_000
RECORD_COLUMNS = [column.name for column in tables.record.columns if column.name != "seq"]
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Template:
    """Rows of one charted set, and of the ward around it."""

    observation: str
    assessment: str
    latest: list[dict[str, Any]]
    unit: dict[str, Any]
    now: datetime


def template() -> Template:
    store, now = MemoryStore(), datetime.now(UTC)
    demo.fill(store, patients=12, seed=7, now=now)
    kept = store._kept
    bodies = {
        kind: [row["body"] for row in kept.records.values() if row["kind"] == kind]
        for kind in ("observation", "assessment")
    }
    return Template(
        observation=bodies["observation"][-1],
        assessment=bodies["assessment"][-1],
        latest=list(kept.latest.values()),
        unit=next(iter(kept.units.values())),
        now=now,
    )


def ward_rows(made: Template) -> dict[str, list[dict[str, Any]]]:
    """Units, patients, episodes and board rows, by table."""
    units = [
        {**made.unit, "id": unit_of(number * PATIENTS_A_UNIT), "name": f"Unit {number}"} for number in range(UNITS)
    ]
    kept = [made.latest[number % len(made.latest)] for number in range(PATIENTS)]
    author = Author(user_id="a-1", name="A. Ng", role="nurse")
    admitted = microseconds_of(made.now - timedelta(days=91))
    return {
        "unit": units,
        "board_version": [{"unit_id": unit["id"], "number": 1} for unit in units],
        "patient": [
            {
                "id": patient_of(number),
                "record_number": f"S{number:05}",
                "family_name": f"Example{number}",
                "given_name": "Ida",
                "born_on": row["born_on"],
                "sex": row["sex"],
                "allergies": "none known",
            }
            for number, row in enumerate(kept)
        ],
        "episode": [
            {
                "id": episode_of(number),
                "patient_id": patient_of(number),
                "unit_id": unit_of(number),
                "admitted_at": admitted,
                **{f"admitted_by_{part}": str(getattr(author, part)) for part in ("user_id", "name", "role")},
            }
            for number in range(PATIENTS)
        ],
        "latest": [
            {
                **row,
                "episode_id": episode_of(number),
                "patient_id": patient_of(number),
                "unit_id": unit_of(number),
                "record_number": f"S{number:05}",
                "bed": f"{number % PATIENTS_A_UNIT + 1:02}",
            }
            for number, row in enumerate(kept)
        ],
    }


def fill_ward(connection: Connection, made: Template) -> None:
    for name, found in ward_rows(made).items():
        connection.execute(insert(tables.metadata.tables[name]), found)


def records(made: Template, first: int, last: int) -> Iterator[tuple[Any, ...]]:
    """Observation records number ``first`` to ``last``, in the order of time: every patient in turn."""
    begin = microseconds_of(made.now - timedelta(days=90))
    for number in range(first, last):
        patient, nth = number % PATIENTS, number // PATIENTS
        at = begin + nth * (BETWEEN_SETS // _MICROSECOND) + patient
        record_id, episode = f"{number:08}-0000-4000-8000-{patient:012}", episode_of(patient)
        yield (record_id, episode, "observation", at, at, "a-1", "A. Ng", "nurse", None, made.observation)
        if patient < WITH_COURSE:
            assessed = f"{record_id}-assessment"
            yield (assessed, episode, "assessment", at, at, "a-1", "A. Ng", "nurse", None, _assessment(made, record_id))


def _assessment(made: Template, record_id: str) -> str:
    """The template names its own set."""
    end = made.assessment.index('","answer"')
    return f'{{"observation":"{record_id}{made.assessment[end:]}'


def unit_of(patient: int) -> str:
    return f"unit-{patient // PATIENTS_A_UNIT:02}"


def patient_of(patient: int) -> str:
    return f"patient-{patient:04}-0000-0000-000000000000"


def episode_of(patient: int) -> str:
    return f"episode-{patient:04}-0000-0000-000000000000"
