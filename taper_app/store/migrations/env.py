"""Runs the migrations on the connection, and inside the transaction, that ``schema.py`` hands over."""

from __future__ import annotations

from alembic import context

from taper_app.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
