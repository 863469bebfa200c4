"""Which shipped rules cannot speak on these screens, because nobody can chart what they ask for yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.case import AssessmentCase, PatientFacts
from taper_app.clinical.charting.observation import (
    Asq,
    CiwaB,
    Cssrs,
    DosesSoFar,
    FourAt,
    Labs,
    Observation,
    Signs,
    Symptoms,
    Vitals,
)
from taper_app.clinical.charting.scores import CIWA_B
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.ward_library import WardProtocols

#: Fields of a set that no form of these screens offers, and the reading that is no yes or no.
NOT_ON_THE_FORMS = ("cam_icu", "glucose_mmol_l")
_AT = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
_NO = Answer.NO


def rules_that_cannot_speak(protocols: WardProtocols) -> tuple[str, ...]:
    """Rule ids: the inactive ones, and those that a full set leaves unevaluated and that fire on nothing charted.

    What is judged by the clock (late sets, alerts that nobody acknowledges) speaks on the board and on the chart.
    """
    quiet = [_answer(protocols, wrong=False, last_level=level) for level in (1, 3)]
    unevaluated = {left.rule for answer in quiet for left in answer.not_evaluated}
    fired = {finding.rule for finding in _answer(protocols, wrong=True, last_level=1).findings}
    rules = protocols.rules
    by_the_clock = {rule.id for rule in rules.of_the_clock} | {rules.ladder.rule}
    return tuple(sorted(((unevaluated - fired) | {rule.id for rule in rules.inactive}) - by_the_clock))


def _answer(protocols: WardProtocols, *, wrong: bool, last_level: int) -> Assessment:
    earlier = _everything_charted(_AT - timedelta(hours=4), protocols, wrong=False)
    now = _everything_charted(_AT, protocols, wrong=wrong)
    case = AssessmentCase(patient=_everything_asked(last_level), history=(earlier,), observation=now)
    return assess(case, protocols.rules, protocols.scales, protocols.vital_limits)


def _everything_asked(last_level: int) -> PatientFacts:
    return PatientFacts(
        age_years=44,
        pregnant=_NO,
        weeks_postpartum=None,
        opioid_co_use=_NO,
        alcohol_co_use=_NO,
        seizure_history=_NO,
        anticoagulant=_NO,
        antipsychotic_or_ssri=_NO,
        interacting_drug_changed=_NO,
        undeclared_drug_found=_NO,
        admitted_at=_AT - timedelta(days=2),
        last_cut_on=date(2027, 1, 9),
        next_cut_on=date(2027, 1, 23),
        last_dose_on=_AT.date(),
        last_level=last_level,
        benzodiazepine_dependent=Answer.NOT_ASSESSED,
        naloxone_available=Answer.YES,
        obstetric_plan_recorded=Answer.YES,
        short_acting=_NO,
    )


def _everything_charted(at: datetime, protocols: WardProtocols, *, wrong: bool) -> Observation:
    """A set with every field that the chart page offers: nothing of note in it, or each yes-or-no answered yes."""
    answered = Answer.YES if wrong else _NO
    signs = {name: answered for name in Signs.model_fields if name not in (*NOT_ON_THE_FORMS, "catatonia_signs")}
    return Observation(
        at=at,
        vitals=Vitals(
            respiratory_rate=16,
            spo2=98,
            on_oxygen=False,
            systolic=120,
            diastolic=78,
            pulse=70,
            temperature_c=Decimal("37.0"),
            acvpu="C" if wrong else "A",
        ),
        ciwa_b=CiwaB.of_scores({item.id: 0 for item in protocols.scales[CIWA_B].scored_items}),
        ciwa_b_form=protocols.scales[CIWA_B].form,
        rass=2 if wrong else 0,
        four_at=FourAt(alertness=0, amt4=0, attention=0, acute_change=4 if wrong else 0),
        poss=("3" if wrong else "1") if protocols.offers("poss") else None,
        cssrs=Cssrs(**dict.fromkeys(Cssrs.model_fields, wrong)) if protocols.offers("c-ssrs") else None,
        phq9=(int(wrong),) * 9,
        gad7=(int(wrong),) * 7,
        asq=Asq(q1=answered, q2=answered, q3=answered, q4=answered, q5=answered),
        symptoms=Symptoms(**dict.fromkeys(Symptoms.model_fields, 0)),
        signs=Signs.model_validate(signs | {"glucose_mmol_l": "5.5", "catatonia_signs": 2 if wrong else 0}),
        doses=DosesSoFar(
            late_minutes=0,
            hours_since_last=Decimal(4),
            withheld_or_missed_24h=0,
            prn_24h=0,
            prn_days_running=0,
            vomited_within_minutes=240,
            vomited_doses_24h=0,
            own_supply_found=answered,
        ),
        labs=Labs(
            qtc_ms=420,
            potassium_mmol_l=Decimal("4.2"),
            magnesium_mmol_l=Decimal("0.9"),
            sodium_mmol_l=Decimal(140),
        ),
        events=(),
        dose_due=False,
    )
