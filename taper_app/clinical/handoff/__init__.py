"""The handoff: the summary one clinician gives another, and what must stand in it."""
