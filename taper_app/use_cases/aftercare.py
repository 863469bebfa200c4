"""Arranging what comes afterwards: services, and the items that a release asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from taper_app.clinical.answers import Answer
from taper_app.clinical.errors import Fault, InputRefused, NotFound, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.handoff.entries import ServiceBody
from taper_app.clinical.handoff.release_items import (
    CheckItem,
    DiagnosesItem,
    EmptyListItem,
    FirstVisitItem,
    LeavingItem,
    ListTopic,
    ReleaseItem,
    ReleaseItemBody,
    SupplyItem,
    TextItem,
    TextTopic,
)
from taper_app.clinical.handoff.topics import Absence
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.handoff_view import view_of
from taper_app.use_cases.rights import UseCase

ShapeT = TypeVar("ShapeT", bound=BaseModel)

#: Topics that a physician answers: what was found, and which words stand for it.
_BY_A_PHYSICIAN = {TextTopic.SEIZURE_CAUSE.value, ListTopic.DIAGNOSES.value}


def parsed(shape: type[ShapeT], written: Mapping[str, Any]) -> ShapeT:
    """The form in its shape, or InputRefused with every fault."""
    try:
        return shape.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def arrange_service(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    written: Mapping[str, Any],
    *,
    entry_id: str,
    corrects: RecordId | None = None,
) -> None:
    """Keep one aftercare service, or a newer word on one (``corrects``), such as that it was cancelled.

    ``written`` is a ``ServiceBody``. Raises InputRefused with every fault.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.ARRANGE_SERVICE, episode_id)
        body = parsed(ServiceBody, written)
        chart = read_chart(writing, episode, app.clock())
        if any(known.id == entry_id for known in chart.records):
            return
        if corrects is not None:
            _require_standing(chart, corrects)
        if faults := _service_faults(body, app.protocols, chart):
            raise InputRefused(faults)
        kept = record(app, actor, episode_id, RecordKind.AFTERCARE_SERVICE, body, record_id=entry_id, corrects=corrects)
        writing.add_record(kept)
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.ARRANGE_SERVICE, episode_id, work)


def _require_standing(chart: Chart, service: RecordId) -> None:
    if not any(known.id == service for known in chart.records if known.kind is RecordKind.AFTERCARE_SERVICE):
        raise NotFound("There is no such service for this patient.")
    if any(known.corrects == service for known in chart.records):
        raise StateConflict("Somebody changed this service meanwhile.")


def _service_faults(body: ServiceBody, protocols: WardProtocols, chart: Chart) -> list[Fault]:
    faults = []
    if protocols.aftercare.named(body.service) is None:
        faults.append(Fault("service", "Choose a kind of service from the list."))
    if body.cancelled:
        return faults
    if len(body.who.strip()) < 2 and len(body.where.strip()) < 2:
        faults.append(Fault("who", "Say who provides it, or where."))
    if body.starts_at is not None and body.starts_at < chart.episode.admitted_at:
        faults.append(Fault("starts_at", "The first date lies before the admission; check the year."))
    if body.confirmed is Answer.YES and len(body.booked_by.strip()) < 2:
        faults.append(Fault("booked_by", "Say who booked what is confirmed."))
    return faults


def record_release_item(
    app: App, actor: Actor, episode_id: EpisodeId, *several: Mapping[str, Any], entry_id: str
) -> None:
    """Keep one item of the release, or several of one form, all or none of them.

    The newest of a topic stands, older ones stay readable. Each is one of the shapes of ``ReleaseItem``, told apart
    by ``form``. A cause and a diagnosis are a physician's word. Raises InputRefused with every fault.
    """
    physicians = any(is_physicians_word(written) for written in several)
    right = UseCase.SIGN_SUMMARY if physicians else UseCase.ASSESS_FOR_AFTERCARE

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, right, episode_id)
        chart = read_chart(writing, episode, app.clock())
        faults: list[Fault] = []
        items = [_read_item(written, chart, app.protocols, faults) for written in several]
        if faults:
            raise InputRefused(faults)
        for index, item in enumerate(item for item in items if item is not None):
            body = ReleaseItemBody(item=_with_author(item, actor))
            kept_id = entry_id if index == 0 else f"{entry_id}-{index}"
            writing.add_record(record(app, actor, episode_id, RecordKind.RELEASE_ITEM, body, record_id=kept_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, right, episode_id, work)


def _read_item(
    written: Mapping[str, Any], chart: Chart, protocols: WardProtocols, faults: list[Fault]
) -> ReleaseItem | None:
    """The item, or None with its faults added to ``faults``."""
    try:
        item = _parsed_item(written)
    except InputRefused as refused:
        faults.extend(refused.faults)
        return None
    faults.extend(_item_faults(item, chart, protocols))
    return item


def is_physicians_word(written: Mapping[str, Any]) -> bool:
    """Whether the item is one that only a physician answers."""
    return written.get("form") == "diagnoses" or written.get("topic") in _BY_A_PHYSICIAN


def _parsed_item(written: Mapping[str, Any]) -> ReleaseItem:
    """The item, or InputRefused; faults name the form's own fields."""
    try:
        return parsed(ReleaseItemBody, {"item": dict(written)}).item
    except InputRefused as refused:
        raise InputRefused([_of_the_form(fault, str(written.get("form"))) for fault in refused.faults]) from None


def _of_the_form(fault: Fault, form: str) -> Fault:
    """The fault without the wrapping that only storage knows: the form's own field, the sentence alone."""
    field = fault.field.removeprefix("item").removeprefix(".").removeprefix(form).removeprefix(".")
    told = fault.message.removeprefix("Item: ")
    return Fault(field, told[0].upper() + told[1:])


def _with_author(item: ReleaseItem, actor: Actor) -> ReleaseItem:
    """A diagnosis carries the name of who entered it."""
    if not isinstance(item, DiagnosesItem):
        return item
    entered = [{**diagnosis.model_dump(), "entered_by": actor.signature} for diagnosis in item.diagnoses]
    return DiagnosesItem.model_validate({"diagnoses": entered})


def _item_faults(item: ReleaseItem, chart: Chart, protocols: WardProtocols) -> list[Fault]:
    faults: list[Fault] = []
    if isinstance(item, SupplyItem):
        faults.extend(
            Fault(f"products.{index}", "Choose a product from the list of medicines.")
            for index, supplied in enumerate(item.products)
            if protocols.product(supplied.product) is None
        )
    if isinstance(item, FirstVisitItem) and item.visit.at <= chart.now:
        faults.append(Fault("at", "The first visit lies ahead; check the date."))
    if isinstance(item, LeavingItem) and item.leaves_at < chart.episode.admitted_at:
        faults.append(Fault("leaves_at", "Nobody leaves before the admission; check the date."))
    if isinstance(item, CheckItem) and item.on is not None and item.on > chart.today:
        faults.append(Fault("on", "The day cannot lie ahead."))
    return faults


def mark_topics_not_assessed(app: App, actor: Actor, episode_id: EpisodeId, *, entry_id: str) -> int:
    """Say "not assessed" for every hand-written topic that nobody has written; answers how many.

    An honest word by a named person, in place of silence. What a release needs is not touched by it.
    """

    def work(writing: Writing) -> int:
        episode = opened(writing, actor, UseCase.DRAFT_SUMMARY, episode_id)
        view = view_of(app, actor, read_chart(writing, episode, app.clock()))
        silent = [topic for topic in _HAND_WRITTEN if not getattr(view.composed, topic.value).written]
        for topic in silent:
            body = ReleaseItemBody(item=_not_assessed(topic))
            kept_id = f"{entry_id}-{topic.value}"
            writing.add_record(record(app, actor, episode_id, RecordKind.RELEASE_ITEM, body, record_id=kept_id))
        refresh_latest(writing, episode, app.clock())
        return len(silent)

    return change(app, actor, UseCase.DRAFT_SUMMARY, episode_id, work)


_NOT_A_FIELD = (TextTopic.SEVERITY, TextTopic.SEIZURE_CAUSE)
_HAND_WRITTEN: tuple[TextTopic | ListTopic, ...] = (
    *(topic for topic in TextTopic if topic not in _NOT_A_FIELD),
    *ListTopic,
)


def _not_assessed(topic: TextTopic | ListTopic) -> ReleaseItem:
    if isinstance(topic, TextTopic):
        return TextItem(topic=topic, absence=Absence.NOT_ASSESSED)
    return EmptyListItem(topic=topic, absence=Absence.NOT_ASSESSED)
