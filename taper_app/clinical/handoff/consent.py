"""Whether a summary may be handed to somebody: the elements of consent, each named when it is missing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from taper_app.clinical.handoff.entries import ConsentBody, ConsentScope, is_over
from taper_app.clinical.handoff.kept import KeptConsent


class RecipientKind(StrEnum):
    """Who receives it: one consent for treatment, payment and operations reaches only the first three."""

    TREATING = "treating provider"
    PAYER = "payer"
    OPERATIONS = "helps to run this programme"
    FAMILY = "family or carer"
    RESIDENCE = "residence"
    OTHER = "somebody else"

    @property
    def is_tpo(self) -> bool:
        return self in (RecipientKind.TREATING, RecipientKind.PAYER, RecipientKind.OPERATIONS)


def missing_elements(consent: ConsentBody, now: datetime) -> list[tuple[str, str]]:
    """Each element of 42 CFR 2.31 that the consent lacks: field and a sentence with the fix."""
    missing = []
    for field, text, fix in (
        ("covers", consent.covers, "Say which information may be handed over."),
        ("recipients", consent.recipients, "Name to whom it may be handed over."),
        ("purpose", consent.purpose, "Name the purpose."),
        ("ends", consent.ends, "Say when the consent ends, such as at the end of treatment."),
        ("signed_by", consent.signed_by, "Write who signed the consent: the patient, or who may sign for them."),
    ):
        if len(text.strip()) < 2:
            missing.append((field, fix))
    if consent.signed_at is None:
        missing.append(("signed_at", "Give the date and time of the signature."))
    elif consent.signed_at > now:
        missing.append(("signed_at", "The signature cannot lie ahead; check the time."))
    if not consent.right_to_revoke_explained:
        missing.append(("right_to_revoke_explained", "Explain the right to revoke, and how, and record that."))
    if consent.scope is ConsentScope.SINGLE_TPO and not consent.redisclosure_explained:
        missing.append(
            ("redisclosure_explained", "Explain that a recipient may redisclose under HIPAA, and record that.")
        )
    return missing


def why_not_under(
    consent: KeptConsent | None, now: datetime, zone: str, *, recipient: str, kind: RecipientKind
) -> list[tuple[str, str]]:
    """Everything that keeps a summary from being handed over under this consent; empty when it may be."""
    if consent is None:
        return [("consent", "No consent is recorded; record the patient's consent first.")]
    if consent.revoked_at is not None:
        return [("consent", "The consent was revoked; nothing more is handed over under it. Ask for a new one.")]
    if is_over(consent.body, now.astimezone(ZoneInfo(zone)).date()):
        return [("consent", "The consent has ended; ask for a new one.")]
    faults = missing_elements(consent.body, now)
    if consent.body.scope is ConsentScope.SINGLE_TPO and not kind.is_tpo:
        faults.append(
            (
                "recipient",
                "The consent covers treatment, payment and operations; for this recipient a specific one is needed.",
            )
        )
    if consent.body.scope is ConsentScope.SPECIFIC and not _is_named(recipient, consent.body.recipients):
        faults.append(("recipient", "The specific consent does not name this recipient; choose one that it names."))
    return faults


def _is_named(recipient: str, recipients: str) -> bool:
    """An empty recipient stands for those that the consent names."""
    wanted = " ".join(recipient.casefold().split())
    named = [" ".join(part.casefold().split()) for part in recipients.replace(";", ",").split(",")]
    return not wanted or wanted in named or wanted == " ".join(recipients.casefold().split())
