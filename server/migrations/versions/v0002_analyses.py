"""Analyses in the queue of simulations, and notes of what was taken from a workbook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("simulations", sa.Column("analysis", sa.Text(), nullable=True))
    op.add_column("simulations", sa.Column("notes", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("simulations", "notes")
    op.drop_column("simulations", "analysis")
