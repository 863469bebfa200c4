"""The report of the self-test as text: first what was missed, then whom it called for nothing, then every case."""

from __future__ import annotations

from collections.abc import Iterator

from taper_app.clinical.escalation.self_test import CaseResult, SelfTestReport, Verdict
from taper_app.clinical.protocol.ward_library import WardProtocols

_CALL_FOR_A_LOOK: tuple[tuple[Verdict, str], ...] = (("missed", "Missed"), ("nuisance", "Called for nothing"))
_VERDICTS: dict[Verdict, str] = {"caught": "caught", "missed": "MISSED", "quiet": "quiet", "nuisance": "NUISANCE"}


def summary_text(report: SelfTestReport) -> str:
    """``33 of 33 dangerous patients and orders caught, 0 missed. 0 nuisance alerts on 7 harmless ones.``"""
    missed, nuisance = len(report.with_verdict("missed")), len(report.with_verdict("nuisance"))
    alerts = "alert" if nuisance == 1 else "alerts"
    return (
        f"{report.dangerous - missed} of {report.dangerous} dangerous patients and orders caught, {missed} missed. "
        f"{nuisance} nuisance {alerts} on {report.harmless} harmless ones."
    )


def source_text(result: CaseResult, protocols: WardProtocols) -> str:
    """``NEWS2 chart, respiratory rate 8 or less scores 3; hazard H034``, with a mark for what nobody read there."""
    case = result.case
    mark = f" ({case.evidence.mark})" if case.evidence.mark else ""
    hazard = f"; hazard {case.hazard}" if case.hazard and case.hazard not in case.where else ""
    return f"{protocols.source_short(case.source)}, {case.where}{mark}{hazard}"


def lacks_text(result: CaseResult) -> str:
    """What a missed case should have brought, or what a harmless one brought for nothing; empty otherwise."""
    if not result.lacks:
        return ""
    said = "; ".join(result.lacks)
    if not result.case.dangerous:
        return f"For nothing: {said}."
    rules = (
        f" In the shipped files {' or '.join(result.case.caught_by)} answers for it." if result.case.caught_by else ""
    )
    return f"Did not come out: {said}.{rules}"


def report_text(report: SelfTestReport, protocols: WardProtocols) -> str:
    """The whole report for a terminal."""
    return "\n".join(_lines(report, protocols))


def _lines(report: SelfTestReport, protocols: WardProtocols) -> Iterator[str]:
    yield summary_text(report)
    yield f"Judged by the files of this site, market {protocols.market}. No clinician has checked the cases yet."
    for verdict, title in _CALL_FOR_A_LOOK:
        found = report.with_verdict(verdict)
        if found:
            yield f"\n{title}:"
        for result in found:
            yield f"  {result.case.id}  {result.case.name}"
            yield f"       Why: {result.case.because}"
            yield f"       Found: {result.found}"
            yield f"       {lacks_text(result)}"
            yield f"       Source: {source_text(result, protocols)}"
    yield "\nEvery case:"
    for result in report.results:
        yield f"  {_VERDICTS[result.verdict]:<9} {result.case.id}  {result.case.name}"
