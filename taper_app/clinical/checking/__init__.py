"""The independent checker of plans behind ``taper check``."""

from taper_app.clinical.checking.check import check_plan
from taper_app.clinical.checking.findings import CheckResult, Finding

__all__ = ["CheckResult", "Finding", "check_plan"]
