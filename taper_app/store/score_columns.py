"""The scores of a course as columns: the database picks them out of the bodies, and no body is parsed here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select

from taper_app.clinical.records import RecordId, RecordKind
from taper_app.store import tables
from taper_app.store.exact import moment_of
from taper_app.store.interface import SetScores

_ANSWER: Final = "$.answer.scores."
_OF_ASSESSMENT: Final = (
    "$.observation",
    *(f"{_ANSWER}ciwa_b.{name}" for name in ("total", "least", "most")),
    *(f"{_ANSWER}news2.{name}" for name in ("total", "least")),
)
_BLANK: Final = (None, "null")


def _of_kind(kind: RecordKind, *columns: Any) -> Select[Any]:
    record = tables.record.c
    wanted = (
        record.episode_id == bindparam("episode"),
        record.kind == kind.value,
        record.happened_at >= bindparam("since"),
    )
    return select(*columns).where(*wanted).order_by(record.happened_at, record.recorded_at, record.id)


_BODY = tables.record.c.body
#: One text a set: [observation, the scores …].
ASSESSMENTS: Final = _of_kind(RecordKind.ASSESSMENT, func.json_extract(_BODY, *_OF_ASSESSMENT))
#: Whether CIWA-B and vital signs were charted at all, and by which wording.
OBSERVATIONS: Final = _of_kind(
    RecordKind.OBSERVATION,
    tables.record.c.id,
    tables.record.c.happened_at,
    func.json_type(_BODY, "$.ciwa_b"),
    func.json_type(_BODY, "$.vitals"),
    func.json_extract(_BODY, "$.ciwa_b_form"),
)


def set_scores(observations: Iterable[Sequence[Any]], assessments: Iterable[str]) -> list[SetScores]:
    """The two readings put together. All texts are parsed at once, which costs a third of one after the other."""
    by_set: dict[str, list[Any]] = {found[0]: found for found in json.loads(f"[{','.join(assessments)}]")}
    found = []
    for record_id, at, ciwa_b, vitals, form in observations:
        scored = by_set.get(record_id)
        if scored is not None:
            of_ciwa_b = (None, None, None) if ciwa_b in _BLANK else scored[1:4]
            of_news2 = (None, None) if vitals in _BLANK else scored[4:]
            found.append(SetScores(RecordId(record_id), moment_of(at), form, *of_ciwa_b, *of_news2))
    return found
