"""Workbooks, simulations with their events, idempotency keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "workbooks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("edited_from", sa.String(32), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workbooks"),
        sa.ForeignKeyConstraint(["edited_from"], ["workbooks.id"], name="fk_workbooks_edited_from_workbooks"),
    )
    op.create_table(
        "simulations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("workbook_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("result_folder", sa.String(64), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", sa.String(32), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_simulations"),
        sa.ForeignKeyConstraint(["workbook_id"], ["workbooks.id"], name="fk_simulations_workbook_id_workbooks"),
    )
    op.create_index("ix_simulations_status_id", "simulations", ["status", "id"])
    op.create_index("ix_simulations_workbook_id", "simulations", ["workbook_id"])
    op.create_table(
        "simulation_events",
        sa.Column("simulation_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("simulation_id", "number", name="pk_simulation_events"),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["simulations.id"], name="fk_simulation_events_simulation_id_simulations"
        ),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("simulation_id", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_keys"),
    )


def downgrade() -> None:
    for table in ("idempotency_keys", "simulation_events", "simulations", "workbooks"):
        op.drop_table(table)
