"""The self-test on the screen: the same cases and the same verdicts as ``taper self-test``."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.escalation.self_test import CaseResult, SelfTestReport
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.export.self_test_report import lacks_text, source_text, summary_text
from taper_app.ui.components import show
from taper_app.ui.components.library_entry import rows_as_table
from taper_app.ui.current import Here
from taper_app.use_cases.read_rules import run_self_test

_RUN = "self-test-run"
_NO_BREAK = "\u00a0"
_VERDICTS = {
    "caught": f"✓{_NO_BREAK}caught",
    "missed": f"■{_NO_BREAK}MISSED",
    "quiet": f"✓{_NO_BREAK}quiet",
    "nuisance": "▲ called for nothing",
}


def self_test(at: Here) -> None:
    """What it is, the button, and after it the report: missed dangers first."""
    st.markdown(
        "Simulated patients and orders are judged by the rules and protocols of this site. None of them is a real "
        "person, and no clinician has checked the cases yet. On the command line: `taper self-test`."
    )
    if st.button("Run the self-test", key=_RUN, type="primary"):
        with st.spinner("Judging every case …"):
            report = run_self_test(at.app, at.actor)
        _report(report, at.app.protocols)


def _report(report: SelfTestReport, protocols: WardProtocols) -> None:
    said = show.plain_text(summary_text(report))
    (st.success if report.all_caught else st.error)(said)
    for result in (*report.with_verdict("missed"), *report.with_verdict("nuisance")):
        st.markdown(
            f"**{result.case.id} {show.plain_text(result.case.name)}** · {_VERDICTS[result.verdict]}\n\n"
            f"{show.plain_text(result.case.because)} {show.plain_text(lacks_text(result))}"
        )
    rows_as_table([_row(result, protocols) for result in report.results], "Every case of the self-test")


def _row(result: CaseResult, protocols: WardProtocols) -> dict[str, str]:
    case = result.case
    return {
        "Case": f"{case.id} {case.name}",
        "Verdict": _VERDICTS[result.verdict],
        "Why it matters": case.because,
        "What came out": result.found,
        "Source": source_text(result, protocols),
    }
