"""The open alerts of each patient on the board, so that by the clock it shows who has to answer now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows that are there show no alert's clock until the patient's next change; level and headline stand meanwhile."""
    op.add_column("latest", sa.Column("alerts", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("latest", "alerts")
