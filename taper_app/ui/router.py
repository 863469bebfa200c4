"""The page script: page configuration, then the session check, then the pages. Shows nothing when ungated."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.people import Role
from taper_app.ui import current
from taper_app.ui.server.routes import PAGE_ICON
from taper_app.ui.session_binding import require_session
from taper_app.use_cases.read_rules import may_read_rules
from taper_app.use_cases.rights import Grant, UseCase, grant_of

st.set_page_config(page_title="Taper", page_icon=PAGE_ICON, layout="wide", initial_sidebar_state="collapsed")
signed_in = require_session()
role = signed_in.actor.role


def _may(use_case: UseCase) -> bool:
    return grant_of(use_case, role) is not Grant.NO


pages = []
if _may(UseCase.SEE_WARD_BOARD):
    pages.append(st.Page(current.BOARD, title="Ward board", default=True))
    pages.append(st.Page(current.WALL, title="Wall", visibility="hidden"))
if _may(UseCase.ACKNOWLEDGE_ALERT):
    pages.append(st.Page(current.SHIFT, title="Shift"))
if _may(UseCase.ADMIT_PATIENT):
    pages.append(st.Page(current.ADMIT, title="Admit"))
if _may(UseCase.OPEN_CHART) and role not in (Role.PLANNER, Role.AUDITOR):
    pages.append(st.Page(current.CHART, title="Chart"))
    pages.append(st.Page(current.PLAN, title="Plan"))
    pages.append(st.Page(current.REVIEW, title="Review"))
    pages.append(st.Page(current.PATIENT, title="Patient"))
if _may(UseCase.DRAFT_SUMMARY) or _may(UseCase.ASSESS_FOR_AFTERCARE):
    pages.append(st.Page(current.HANDOFF, title="Handoff"))
if _may(UseCase.OPEN_CHART):
    pages.append(st.Page(current.PROTOCOLS, title="Protocols"))
if may_read_rules(role):
    pages.append(st.Page(current.RULES, title="Rules"))
if _may(UseCase.MANAGE_USERS_AND_DEVICES):
    pages.append(st.Page(current.SET_UP, title="Set-up", default=True))
if role is Role.AUDITOR:
    pages.append(st.Page(current.AUDIT, title="Audit", default=True))

page = st.navigation(pages, position="top")
page.run()
