"""Alembic migrations, from the first table on. ``schema.py`` beside this folder runs them.

A new one is a file in ``versions/`` whose ``down_revision`` names the newest; raise
``tables.SCHEMA_REVISION`` with it. Migrations never import ``tables.py``, which goes on changing.
"""
