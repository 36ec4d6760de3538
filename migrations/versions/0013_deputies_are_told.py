"""On whose behalf a deputy is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    behalf = sa.Column("behalf", sa.String(length=100), server_default="", nullable=False)
    op.add_column("notice", behalf)


def downgrade() -> None:
    op.drop_column("notice", "behalf")
