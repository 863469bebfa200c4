"""From what was charted to findings: facts are worked out, rules are evaluated, the dose is judged.

The one function to call is ``assess`` in ``assess.py``.
"""
