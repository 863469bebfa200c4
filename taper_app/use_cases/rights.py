"""Who may do what: one table, deny by default. What it does not grant is refused."""

from __future__ import annotations

from enum import StrEnum

from taper_app.clinical.people import Role


class UseCase(StrEnum):
    """Everything that somebody can be allowed to do. The value stands in the audit."""

    SEE_WARD_BOARD = "see_ward_board"
    SEARCH_PATIENT = "search_patient"
    OPEN_CHART = "open_chart"
    ADMIT_PATIENT = "admit_patient"
    RECORD_CURRENT_USE = "record_current_use"
    TRANSFER_BED_OR_UNIT = "transfer_bed_or_unit"
    CHART_OBSERVATION = "chart_observation"
    CHART_DOSE = "chart_dose"
    WITHHOLD_DUE_DOSE = "withhold_due_dose"
    OVERRIDE_DOSE_GATE = "override_dose_gate"
    CORRECT_OWN_ENTRY = "correct_own_entry"
    STRIKE_WRONG_PATIENT_ENTRY = "strike_wrong_patient_entry"
    ACKNOWLEDGE_ALERT = "acknowledge_alert"
    RESOLVE_ALERT = "resolve_alert"
    REQUEST_PLAN_CHANGE = "request_plan_change"
    DRAFT_PLAN = "draft_plan"
    SIGN_PLAN = "sign_plan"
    VERIFY_PLAN = "verify_plan"
    AMEND_PLAN = "amend_plan"
    CLEAR_RELEASE_VETO = "clear_release_veto"
    ASSESS_FOR_AFTERCARE = "assess_for_aftercare"
    DECIDE_AFTERCARE_SUGGESTION = "decide_aftercare_suggestion"
    ARRANGE_SERVICE = "arrange_service"
    RECORD_CONSENT = "record_consent"
    DRAFT_SUMMARY = "draft_summary"
    SIGN_SUMMARY = "sign_summary"
    RELEASE_PATIENT = "release_patient"
    EXPORT_SUMMARY = "export_summary"
    PRINT_DOWNTIME_PACK = "print_downtime_pack"
    ENTER_PAPER_CHART = "enter_paper_chart"
    IMPORT_CENSUS = "import_census"
    READ_AUDIT = "read_audit"
    MANAGE_USERS_AND_DEVICES = "manage_users_and_devices"
    CHANGE_SITE_RULES = "change_site_rules"
    APPROVE_SITE_RULES = "approve_site_rules"
    BACKUP_RESTORE_MIGRATE = "backup_restore_migrate"
    OUTCOMES_EXPORT = "outcomes_export"
    SEE_OUTBOX = "see_outbox"

    @property
    def in_words(self) -> str:
        return self.value.replace("_", " ")


class Grant(StrEnum):
    """How far a right goes. ``NO`` is the answer wherever the table is silent."""

    CONSENT = "consent"
    NO = "no"
    OWN = "own"
    PROPOSE = "propose"
    RASS_MINUS_1_WITH_REASON = "rass_minus_1_with_reason"
    READ_WITH_REASON = "read_with_reason"
    SIGN = "sign"
    SUMMARY = "summary"
    UNIT = "unit"
    YES = "yes"

    @property
    def is_bound_to_own_unit(self) -> bool:
        """``yes`` reaches every unit; whatever else is granted holds on one's own unit only."""
        return self is not Grant.YES


_ROLES = (Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN, Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN)

#: Columns: nurse, charge_nurse, physician, pharmacist, planner, auditor, admin, break-glass.
_TABLE = """
see_ward_board              unit unit unit yes unit no no yes
search_patient              unit unit unit yes unit no no yes
open_chart                  unit unit unit yes summary read_with_reason no yes
admit_patient               unit unit unit no no no no no
record_current_use          unit unit unit yes no no no no
transfer_bed_or_unit        no unit unit no no no no no
chart_observation           sign sign sign no no no no sign
chart_dose                  sign sign sign no no no no sign
withhold_due_dose           sign sign sign no no no no sign
override_dose_gate          rass_minus_1_with_reason rass_minus_1_with_reason sign no no no no no
correct_own_entry           sign sign sign sign sign no no no
strike_wrong_patient_entry  propose sign sign no no no no no
acknowledge_alert           unit unit unit no no no no yes
resolve_alert               unit unit unit no no no no no
request_plan_change         unit unit unit yes no no no no
draft_plan                  no no unit propose no no no no
sign_plan                   no no sign no no no no no
verify_plan                 no no no sign no no no no
amend_plan                  no no sign propose no no no no
clear_release_veto          no no sign no no no no no
assess_for_aftercare        unit unit unit no unit no no no
decide_aftercare_suggestion no no unit no unit no no no
arrange_service             no unit unit no unit no no no
record_consent              unit unit unit no unit yes no no
draft_summary               no no unit no unit no no no
sign_summary                no no sign no no no no no
release_patient             no no sign no no no no no
export_summary              no no consent no consent no no no
print_downtime_pack         unit unit unit no no no yes yes
enter_paper_chart           sign sign sign no no no no no
import_census               no unit no no no no yes no
read_audit                  own own own own own yes no no
manage_users_and_devices    no no no no no no yes no
change_site_rules           no no propose propose no no no no
approve_site_rules          no no sign sign no no no no
backup_restore_migrate      no no no no no no yes no
outcomes_export             no no yes no no yes no no
see_outbox                  no unit no no no no yes no
"""


def _read_table() -> dict[UseCase, dict[Role, Grant]]:
    rights = {}
    for line in _TABLE.split("\n"):
        if line.strip():
            name, *cells = line.split()
            rights[UseCase(name)] = {role: Grant(cell) for role, cell in zip(_ROLES, cells[:-1], strict=True)}
    return rights


RIGHTS = _read_table()


def grant_of(use_case: UseCase, role: Role) -> Grant:
    """The right of a role; ``Grant.NO`` when the table has no such row."""
    return RIGHTS.get(use_case, {}).get(role, Grant.NO)
