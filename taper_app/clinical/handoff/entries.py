"""What is recorded on the way to release: services, consents, clearances, summaries, exports, the release itself."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.release_items import Remark, SupplyItem
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.records import Frozen, RecordId


class ServiceBody(Frozen):
    """Body of an AFTERCARE_SERVICE record; a changed one corrects the older record. ``service`` is a type's id."""

    service: str
    what: Remark = ""
    who: str = Field(default="", max_length=120)
    where: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=60)
    starts_at: AwareDatetime | None = None
    how_often: str = Field(default="", max_length=120)
    booked_by: str = Field(default="", max_length=120)
    confirmed: Answer = Answer.NOT_ASSESSED
    cancelled: bool = False


class ConsentScope(StrEnum):
    """42 CFR 2.33: one consent for all treatment, payment and operations, or a specific one."""

    SINGLE_TPO = "single_tpo"
    SPECIFIC = "specific"

    @property
    def in_words(self) -> str:
        return {
            "single_tpo": "one consent for all future treatment, payment and health care operations",
            "specific": "specific consent",
        }[self.value]


class ConsentBody(Frozen):
    """Body of a CONSENT record, with the elements of 42 CFR 2.31. What is missing: ``consent.missing_elements``."""

    scope: ConsentScope
    covers: str = Field(default="", max_length=400)
    recipients: str = Field(default="", max_length=400)
    purpose: str = Field(default="", max_length=200)
    ends: str = Field(default="", max_length=200)
    ends_on: date | None = None
    right_to_revoke_explained: bool = False
    redisclosure_explained: bool = False
    signed_by: str = Field(default="", max_length=120)
    signed_at: AwareDatetime | None = None


class ConsentRevocationBody(Frozen):
    """Body of a CONSENT_REVOCATION record: from this moment nothing more is handed over under it."""

    consent: RecordId
    how: Remark = ""


class VetoClearanceBody(Frozen):
    """Body of a VETO_CLEARANCE record. It clears what had happened by ``last_event_at``, nothing later."""

    reason: str = Field(min_length=10, max_length=1000)
    last_event_at: AwareDatetime


class SummaryBody(Frozen):
    """Body of a SUMMARY record: a draft, or the version that was signed, complete in itself."""

    summary: HandoffSummary
    signs: RecordId | None = None


class ExportBody(Frozen):
    """Body of an EXPORT record: what left, to whom, under which consent."""

    format: str
    recipient: str
    consent: RecordId | None
    summary: RecordId | None
    version: int | None
    plan: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    notice: str = ""


class AgainstAdvice(Frozen):
    """Leaving against advice: what was talked over and handed over. Nothing here keeps the patient."""

    reason_given: Remark = ""
    risks_talked_over: Answer = Answer.NOT_ASSESSED
    written_plan: Answer = Answer.NOT_ASSESSED
    naloxone: Answer = Answer.NOT_ASSESSED
    prescriber_called: Answer = Answer.NOT_ASSESSED
    supply: SupplyItem


class ReleaseBody(Frozen):
    """Body of a RELEASE record. ``missing`` names the requirements that were not met."""

    disposition: str = Field(min_length=2, max_length=200)
    against_advice: AgainstAdvice | None = None
    missing: tuple[str, ...] = ()
    veto_stood: bool = False


def is_over(consent: ConsentBody, today: date) -> bool:
    """Whether the consent's last day has passed."""
    return consent.ends_on is not None and consent.ends_on < today
