"""Where the hand-worked cases are."""

from __future__ import annotations

from pathlib import Path

WORKED_EXAMPLES = Path(__file__).parents[1] / "worked_examples"
