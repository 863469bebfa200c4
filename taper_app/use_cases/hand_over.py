"""The handoff summary: drafted, signed, and handed over under a consent; the bridging sheet, which always works."""

from __future__ import annotations

import hashlib

from taper_app.clinical.errors import Fault, InputRefused, NotFound, StateConflict, TaperError
from taper_app.clinical.handoff.compose import consent_line
from taper_app.clinical.handoff.compose_taper import compose_bridging
from taper_app.clinical.handoff.consent import RecipientKind, why_not_under
from taper_app.clinical.handoff.entries import ExportBody, SummaryBody
from taper_app.clinical.handoff.kept import HandoffRecords, KeptSummary
from taper_app.clinical.handoff.release_gate import plan_has_changed
from taper_app.clinical.handoff.release_items import CheckTopic
from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.handoff.summary_parts import Replacement
from taper_app.clinical.handoff.summary_taper import Signature
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.records import Author, EpisodeId, RecordId, RecordKind
from taper_app.export.pdf import bridging_pdf, handoff_pdf
from taper_app.store.interface import AuditEntry, Reading, Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, look, opened, record
from taper_app.use_cases.handoff_view import HandoffView, view_of
from taper_app.use_cases.rights import UseCase

PDF = "application/pdf"
FORMATS = ("pdf",)


class ExportRefused(InputRefused):
    """The summary is not handed over; every reason is named, and nothing left the application."""

    next_step = "Nothing was handed over. Do what is named and try again; the bridging sheet can always be printed."


class SummaryOutdated(StateConflict):
    """What the summary says of the plan no longer stands."""

    next_step = "Write a new version of the summary and have a physician sign it."


def draft_summary(app: App, actor: Actor, episode_id: EpisodeId, *, entry_id: str, what_changed: str = "") -> RecordId:
    """Keep the summary as the record stands now, as a draft of the next version."""

    def work(writing: Writing) -> RecordId:
        episode = opened(writing, actor, UseCase.DRAFT_SUMMARY, episode_id)
        chart = read_chart(writing, episode, app.clock())
        known = next((kept for kept in chart.records if kept.id == entry_id), None)
        if known is not None:
            return known.id
        view = view_of(app, actor, chart, what_changed.strip())
        if view.kept.signed_summary is not None and len(what_changed.strip()) < 3:
            raise InputRefused([Fault("what_changed", "Say what changed since the signed version.")])
        kept = record(
            app, actor, episode_id, RecordKind.SUMMARY, SummaryBody(summary=view.composed), record_id=entry_id
        )
        writing.add_record(kept)
        refresh_latest(writing, episode, app.clock())
        return kept.id

    return change(app, actor, UseCase.DRAFT_SUMMARY, episode_id, work)


def sign_summary(app: App, actor: Actor, episode_id: EpisodeId, draft: RecordId, *, entry_id: str) -> None:
    """Sign exactly the draft that was read. Raises StateConflict when it is not the newest, or the chart moved on."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.SIGN_SUMMARY, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if any(known.id == entry_id for known in chart.records):
            return
        view = view_of(app, actor, chart)
        found = next((kept for kept in view.kept.summaries if kept.record.id == draft), None)
        if found is None:
            raise NotFound("There is no such draft of a summary.")
        if view.kept.draft is None or view.kept.draft.record.id != draft:
            raise SummaryOutdated("A newer draft or version exists.")
        _require_still_true(found.summary, view.composed)
        signed = _signed(found.summary, Signature(by=Author.of(actor), at=app.clock()))
        body = SummaryBody(summary=signed, signs=draft)
        writing.add_record(record(app, actor, episode_id, RecordKind.SUMMARY, body, record_id=entry_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.SIGN_SUMMARY, episode_id, work)


def _require_still_true(draft: HandoffSummary, now: HandoffSummary) -> None:
    """A plan, an event or an arrangement that changed after the draft was written has to be read first."""
    changed = [
        words
        for words, then, at_present in (
            ("the plan", _plan_told(draft), _plan_told(now)),
            ("an event", draft.events, now.events),
            ("the first visit", draft.first_visit, now.first_visit),
            ("the next prescriber", draft.next_prescriber, now.next_prescriber),
            ("the supply", draft.supply, now.supply),
        )
        if then != at_present
    ]
    if changed:
        raise SummaryOutdated(f"Changed since this draft was written: {', '.join(changed)}.")


def _plan_told(summary: HandoffSummary) -> object:
    """The taper without the last dose given, which moves on with every dose."""
    return summary.taper.model_dump(exclude={"last_dose"})


def _signed(draft: HandoffSummary, signature: Signature) -> HandoffSummary:
    fields = draft.model_dump() | {"status": SummaryStatus.SIGNED, "signature": signature.model_dump()}
    return HandoffSummary.model_validate(fields)


def export_summary(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    fmt: str = "pdf",
    recipient: str = "",
    *,
    recipient_kind: RecipientKind = RecipientKind.TREATING,
    version: int | None = None,
    entry_id: str | None = None,
) -> tuple[str, str, bytes]:
    """File name, media type and content of a signed summary, handed over under the patient's consent.

    ``recipient`` empty: those that the consent names. ``version`` None: the newest; an older one is printed as
    superseded. Refused, with everything that is missing by name, without consent, notice, crisis lines or a signed
    summary that says what stands (ExportRefused, SummaryOutdated); each refusal is audited.
    """

    def read(reading: Reading) -> HandoffView:
        episode = opened(reading, actor, UseCase.EXPORT_SUMMARY, episode_id, closed_too=True)
        view = view_of(app, actor, read_chart(reading, episode, app.clock()))
        _require_allowed(view, app.protocols.handoff_texts, fmt, recipient, recipient_kind)
        return view

    # Typesetting takes a second or so: it is done outside of the writer's thread, and what it was made from is
    # checked again when the export is kept.
    try:
        view = look(app, actor, UseCase.EXPORT_SUMMARY, episode_id, read)
        printed = _under_its_consent(_printed_version(view, version), view)
        content = handoff_pdf(printed, app.protocols.handoff_texts)
        _keep_export(app, actor, view, printed, content, fmt, recipient, recipient_kind, entry_id)
    except (ExportRefused, StateConflict) as refused:
        _audit_refusal(app, actor, episode_id, refused)
        raise
    return f"handoff-summary-version-{printed.version}.pdf", PDF, content


def _require_allowed(view: HandoffView, texts: HandoffTexts, fmt: str, recipient: str, kind: RecipientKind) -> None:
    chart, kept = view.chart, view.kept
    faults = []
    if fmt not in FORMATS:
        faults.append(Fault("format", f"The format must be one of {', '.join(FORMATS)}."))
    if not chart.unit.crisis_lines.strip():
        faults.append(
            Fault("crisis_lines", "The unit's crisis lines are blank; an administrator enters them in Set-up.")
        )
    if chart.unit.part2_program:
        faults.extend(_part2_faults(view, texts, recipient, kind))
    if kept.signed_summary is None:
        faults.append(Fault("summary", "No summary is signed yet; a physician signs it first."))
    if faults:
        raise ExportRefused(faults)
    if not view.is_released and (changed := plan_has_changed(chart, kept)):
        raise SummaryOutdated(changed)
    if not view.is_released and _struck_since_signed(chart, kept.signed_summary):
        raise SummaryOutdated("An entry of another patient was struck from this chart after the summary was signed.")


def _struck_since_signed(chart: Chart, signed: KeptSummary | None) -> bool:
    return signed is not None and any(
        struck.kind is RecordKind.STRIKE and struck.recorded_at > signed.record.recorded_at for struck in chart.records
    )


def _part2_faults(view: HandoffView, texts: HandoffTexts, recipient: str, kind: RecipientKind) -> list[Fault]:
    chart, kept = view.chart, view.kept
    if kept.check(CheckTopic.CONSENT_DECLINED).answer.value == "yes" and kept.consent is None:
        return [Fault("consent", "The patient declines that the summary is handed to others.")]
    found = why_not_under(kept.consent, chart.now, chart.unit.zone, recipient=recipient, kind=kind)
    faults = [Fault(field, message) for field, message in found]
    if not "".join(texts.notice_full.paragraphs).strip():
        faults.append(Fault("notice", "The notice of 42 CFR 2.32 is missing from the protocol files."))
    return faults


def _printed_version(view: HandoffView, version: int | None) -> HandoffSummary:
    signed = [kept for kept in view.kept.summaries if kept.is_signed]
    newest = signed[-1]
    wanted = newest if version is None else next((kept for kept in signed if kept.summary.version == version), None)
    if wanted is None:
        raise NotFound("There is no such signed version of the summary.")
    return as_shown(wanted, signed)


def _under_its_consent(summary: HandoffSummary, view: HandoffView) -> HandoffSummary:
    """The copy that is handed over explains the consent it is handed over under, also one given after signing."""
    line = consent_line(view.kept.consent)
    fields = summary.model_dump() | {"consent": line.model_dump() if line else None}
    return HandoffSummary.model_validate(fields)


def as_shown(kept: KeptSummary, signed: list[KeptSummary]) -> HandoffSummary:
    """The signed summary as it stands now: an older one is marked as superseded by the next."""
    newer = next((other for other in signed if other.summary.version > kept.summary.version), None)
    if newer is None or newer.summary.signature is None:
        return kept.summary
    replaced = Replacement(version=newer.summary.version, at=newer.summary.signature.at)
    fields = kept.summary.model_dump() | {"status": SummaryStatus.SUPERSEDED, "replaced": replaced.model_dump()}
    return HandoffSummary.model_validate(fields)


def _keep_export(
    app: App,
    actor: Actor,
    view: HandoffView,
    printed: HandoffSummary,
    content: bytes,
    fmt: str,
    recipient: str,
    kind: RecipientKind,
    entry_id: str | None,
) -> None:
    episode_id = view.chart.episode_id

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.EXPORT_SUMMARY, episode_id, closed_too=True)
        now = view_of(app, actor, read_chart(writing, episode, app.clock()))
        _require_allowed(now, app.protocols.handoff_texts, fmt, recipient, kind)
        if _signed_ids(now.kept) != _signed_ids(view.kept):
            raise SummaryOutdated("Another version was signed meanwhile.")
        body = ExportBody(
            format=fmt,
            recipient=recipient.strip() or _consent_recipients(now.kept),
            consent=now.kept.consent.id if now.kept.consent else None,
            summary=_signed_ids(now.kept)[-1],
            version=printed.version,
            plan=printed.taper.kind,
            sha256=hashlib.sha256(content).hexdigest(),
            notice="42 CFR 2.32(a)(1) and (a)(2)" if now.chart.unit.part2_program else "",
        )
        writing.add_record(record(app, actor, episode_id, RecordKind.EXPORT, body, record_id=entry_id))

    change(app, actor, UseCase.EXPORT_SUMMARY, episode_id, work)


def _signed_ids(kept: HandoffRecords) -> list[RecordId]:
    return [summary.record.id for summary in kept.summaries if summary.is_signed]


def _consent_recipients(kept: HandoffRecords) -> str:
    return kept.consent.body.recipients if kept.consent else "not named"


def _audit_refusal(app: App, actor: Actor, episode_id: EpisodeId, refused: TaperError) -> None:
    """Which elements were missing, by field; nothing of what was written in them."""
    fields = [fault.field for fault in refused.faults] if isinstance(refused, InputRefused) else ["plan"]
    entry = AuditEntry(
        at=app.clock(),
        account_id=actor.user_id,
        role=actor.role.value,
        action=UseCase.EXPORT_SUMMARY.value,
        episode_id=episode_id,
        outcome="refused",
        detail=f"missing: {', '.join(dict.fromkeys(fields))}"[:400],
    )
    app.store.transact(lambda writing: writing.add_audit(entry))


def bridging_sheet(app: App, actor: Actor, episode_id: EpisodeId) -> tuple[str, str, bytes]:
    """File name, media type and content of the bridging sheet, for the patient's own hand.

    It needs no consent, no signed plan and no released gate, and never holds a cut: it can always be printed by
    those who care for the patient.
    """

    def read(reading: Reading) -> tuple[Chart, HandoffView]:
        episode = opened(reading, actor, UseCase.ASSESS_FOR_AFTERCARE, episode_id, closed_too=True)
        chart = read_chart(reading, episode, app.clock())
        return chart, view_of(app, actor, chart)

    chart, view = look(app, actor, UseCase.ASSESS_FOR_AFTERCARE, episode_id, read)
    sheet = compose_bridging(chart, view.kept, app.protocols)
    content = bridging_pdf(view.composed, sheet, app.protocols.handoff_texts)

    def keep(writing: Writing) -> None:
        opened(writing, actor, UseCase.ASSESS_FOR_AFTERCARE, episode_id, closed_too=True)
        body = ExportBody(
            format="bridging-pdf",
            recipient="patient",
            consent=None,
            summary=None,
            version=None,
            plan="bridging",
            sha256=hashlib.sha256(content).hexdigest(),
        )
        writing.add_record(record(app, actor, episode_id, RecordKind.EXPORT, body))

    change(app, actor, UseCase.ASSESS_FOR_AFTERCARE, episode_id, keep)
    return "bridging-sheet.pdf", PDF, content
