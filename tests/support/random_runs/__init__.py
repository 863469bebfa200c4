"""Random plan requests by number, what must hold for each answer, and a run over very many of them.

``python -m random_runs`` (with ``tests/support`` on the path) is the long run; ``tests/properties`` runs a short one.
"""
