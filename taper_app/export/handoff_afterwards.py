"""What follows after release in the printed summary: what is arranged, advice, consent and the notice."""

from __future__ import annotations

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.advice import advice_for
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_parts import (
    ArrangedService,
    ConsentLine,
    ReleaseCheck,
)
from taper_app.clinical.handoff.topics import Listed
from taper_app.clinical.protocol.handoff_texts import HandoffTexts, Shown, filled
from taper_app.export.blocks import (
    Block,
    Column,
    Heading,
    Items,
    Lines,
    Pairs,
    SmallPrint,
    Table,
    joined,
    marked,
)
from taper_app.export.dates import moment_text
from taper_app.export.handoff_front import fillings
from taper_app.export.handoff_words import NOT_WRITTEN, confirmed_words, sentences, title_of, why_empty

_HOME_TOPICS = (
    "care_team",
    "housing",
    "support_network",
    "goals",
    "relapse_plan",
    "readiness",
    "transport",
    "payer",
    "advance_directive",
    "teach_back",
)


def afterwards_blocks(summary: HandoffSummary) -> list[Block]:
    home = [(title_of(key), sentences(getattr(summary, key))) for key in _HOME_TOPICS]
    return [
        Heading("Arranged for afterwards"),
        *_services(title_of("services"), summary.services, summary.unit.zone),
        *_services(title_of("support_groups"), summary.support_groups, summary.unit.zone),
        Pairs(tuple(home), columns=2),
        Pairs(((title_of("release_checks"), _release_checks(summary.release_checks)),)),
    ]


def advice_blocks(summary: HandoffSummary, texts: HandoffTexts) -> list[Block]:
    """The standing advice; what a seizure forbids stands on page 1."""
    values = fillings(summary)
    rows = tuple(
        (filled(entry.title, values), marked(filled(entry.text, values), entry.evidence))
        for entry in advice_for(summary, texts)
        if entry.shown is not Shown.AFTER_SEIZURE
    )
    return [Heading("Advice given"), Items(rows)]


def law_blocks(summary: HandoffSummary, texts: HandoffTexts) -> list[Block]:
    """Consent, and the full notice of 42 CFR 2.32 once, at the end."""
    blocks: list[Block] = [
        Heading("Consent and confidentiality"),
        Pairs(_consent(summary.consent, summary.unit.zone), columns=2),
    ]
    if summary.unit.part2_program:
        blocks.append(SmallPrint("Notice under 42 CFR 2.32", texts.notice_full.paragraphs))
    return blocks


def _services(title: str, services: Listed[ArrangedService], zone: str) -> list[Block]:
    if not services.entries:
        return [Heading(title, level=3), Lines((why_empty(services),))]
    columns = (
        Column(title, 3),
        Column("Who, where, phone", 4.6),
        Column("First date"),
        Column("How often"),
        Column("Booked", 2.8),
    )
    return [Table(columns, tuple(_service_row(service, zone) for service in services.entries))]


def _service_row(service: ArrangedService, zone: str) -> tuple[str, ...]:
    booked = f"by {service.booked_by}" if service.booked_by else "not booked"
    return (
        service.what,
        joined([service.who, service.where, service.phone or "no phone recorded"]),
        moment_text(service.starts_at, zone) if service.starts_at else "no date",
        marked(service.how_often or "not recorded", service.evidence),
        joined([booked, confirmed_words(service.confirmed)]),
    )


def _release_checks(checks: Listed[ReleaseCheck]) -> str:
    if not checks.entries:
        return why_empty(checks)
    told = [check for check in checks.entries if check.answer is not Answer.NOT_ASSESSED or check.note]
    open_ones = [check.what for check in checks.entries if check not in told]
    lines = [f"{check.what}: {joined([check.answer.in_words, check.note])}" for check in told]
    return "\n".join(
        [joined(lines, "; "), *([f"Not assessed: {joined(open_ones, '; ')}"] if open_ones else [])]
    ).strip()


def _consent(consent: ConsentLine | None, zone: str) -> tuple[tuple[str, str], ...]:
    if consent is None:
        return (("Consent", NOT_WRITTEN),)
    rows = [
        ("What it covers", consent.scope),
        ("To whom", consent.recipients),
        ("For what", consent.purpose),
        ("Signed, ends", f"{moment_text(consent.signed_at, zone)}; {consent.ends}"),
    ]
    if consent.revoked_at is not None:
        rows.append(("REVOKED", moment_text(consent.revoked_at, zone)))
    return tuple(rows)
