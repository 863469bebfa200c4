"""The worked story up to the day of release, for the tests of the handoff. Loaded by path; holds no test."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import taper_story
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId
from taper_app.use_cases.aftercare import arrange_service, record_release_item
from taper_app.use_cases.consent import record_consent
from taper_app.use_cases.handoff_view import HandoffView, open_summary
from taper_app.use_cases.release import clear_release_veto
from taper_app.use_cases.set_up_unit import set_up_unit

Story, ciwa_b, VITALS = taper_story.Story, taper_story.ciwa_b, taper_story.VITALS
REASON = "Free for three days on 2 mg, work-up done, neurology takes over."


class Leaving(Story):  # type: ignore[misc,valid-type]
    """The story with the handoff's own steps; every method answers itself, so that a test reads as a sentence."""

    @property
    def planner(self) -> Actor:
        return self.actor(Role.PLANNER)

    def set_up(self, crisis_lines: str = "988, call or text") -> Leaving:
        set_up_unit(
            self.app,
            self.actor(Role.ADMIN),
            name="3 East",
            beds="01, 02",
            zone=taper_story.ZONE,
            emergency_number="911",
            crisis_lines=crisis_lines,
            phone_day_and_night="555-0100",
        )
        return self

    def next_dose(self) -> datetime:
        """The next 08:00 or 20:00 on the ward's clock."""
        now = self.clock().astimezone(ZoneInfo(taper_story.ZONE))
        times = [now.replace(hour=hour, minute=0, second=0) + timedelta(days=day) for day in (0, 1) for hour in (8, 20)]
        return min(moment for moment in times if moment > now)

    def stay_well(self, doses: int) -> Leaving:
        """So many doses of version 2 are given in time, each after a calm and complete set."""
        for _dose in range(doses):
            planned_for = self.next_dose()
            self.clock.now = planned_for.astimezone(self.clock.now.tzinfo)
            self.calm_set()
            self.give_planned("1", planned_for)
        return self

    def calm_set(self, score: int = 0, **more: Any) -> Leaving:
        self.observe(**{"vitals": VITALS, "rass": 0, "ciwa_b": ciwa_b(score), "events": []} | more)
        return self

    def to_day_nine(self) -> Leaving:
        """Version 2 signed on day 5, then its doses and calm sets until the morning of day 9."""
        self.set_up().restabilised()
        return self.stay_well(8)

    def view(self, who: Actor | None = None) -> HandoffView:
        return open_summary(self.app, who or self.physician, self.episode_id, audited=False)

    def item(self, form: str, who: Actor | None = None, **fields: Any) -> Leaving:
        record_release_item(
            self.app, who or self.physician, self.episode_id, {"form": form, **fields}, entry_id=self.entry()
        )
        return self

    def check(self, topic: str, answer: str = "yes", **fields: Any) -> Leaving:
        return self.item("check", topic=topic, answer=answer, **fields)

    def service(self, service: str, **fields: Any) -> Leaving:
        written = {"service": service, "who": "City Hospital", "phone": "555-0177"} | fields
        arrange_service(self.app, self.planner, self.episode_id, written, entry_id=self.entry())
        return self

    def cause_unknown(self) -> Leaving:
        return self.item("text", topic="seizure_cause", lines=["unknown after work-up"])

    def prescriber(self, accepted: str = "yes") -> Leaving:
        told = {"accepted_at": self.clock().isoformat(), "accepted_heard_by": "L. Park"} if accepted == "yes" else {}
        prescriber = {"name": "Dr A. Reyes", "where": "Harbor Family Practice", "phone": "555-0142"}
        return self.item("next_prescriber", self.planner, prescriber={**prescriber, "accepted": accepted, **told})

    def first_visit(self, hours: int = 48) -> Leaving:
        visit = {
            "who": "Dr A. Reyes",
            "at": (self.clock() + timedelta(hours=hours)).isoformat(),
            "where": "Harbor Family Practice",
            "phone": "555-0142",
            "booked_by": "L. Park",
            "confirmed": "yes",
        }
        return self.item("first_visit", self.planner, visit=visit)

    def consent(self, **changes: Any) -> Leaving:
        record_consent(self.app, self.planner, self.episode_id, self.consent_form(**changes), entry_id=self.entry())
        return self

    def consent_form(self, **changes: Any) -> dict[str, Any]:
        return {
            "scope": "single_tpo",
            "covers": "the handoff summary",
            "recipients": "my treating providers, health plans and those who help to run this programme",
            "purpose": "treatment, payment and health care operations",
            "ends": "at the end of treatment",
            "right_to_revoke_explained": True,
            "redisclosure_explained": True,
            "signed_by": "the patient",
            "signed_at": (self.clock() - timedelta(hours=1)).isoformat(),
        } | changes

    def supply(self, days: int = 5) -> Leaving:
        products = [{"product": "clonazepam-tablet-1mg", "count": str(2 * days)}]
        return self.item("supply", days=days, products=products, handed_over="R. Singh, pharmacist, to the patient")

    def everything_arranged(self) -> Leaving:
        """All that the gate asks for, but the cleared veto and the signed summary."""
        leaves_at = (self.clock() + timedelta(hours=2)).isoformat()
        self.cause_unknown().prescriber().first_visit().consent().supply()
        self.check("naloxone", note="nasal spray, two devices; sister taught").check("no_driving")
        self.item("leaving", self.planner, goes_to="Home, with her sister", leaves_at=leaves_at)
        self.service("check-in", who="L. Park", starts_at=(self.clock() + timedelta(hours=24)).isoformat())
        self.service("neurology", who="Dr N. Weiss", starts_at=(self.clock() + timedelta(days=9)).isoformat())
        return self.service("mutual-help-other", what="SMART Recovery", how_often="once a week", booked_by="patient")

    def veto_cleared(self, reason: str = REASON) -> Leaving:
        clear_release_veto(self.app, self.physician, self.episode_id, reason, entry_id=self.entry())
        return self

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(taper_story.ZONE)).date()


__all__ = ["REASON", "EpisodeId", "Leaving", "Role", "ciwa_b", "taper_story"]
