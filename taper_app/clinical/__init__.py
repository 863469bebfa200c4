"""The clinical core: pure functions over frozen values.

Nothing in here reads a file, a clock, a database or a screen. The sub-packages stand in the order
in which a patient's data flows: protocol, planning (with its independent checking), charting,
escalation, handoff.
"""
