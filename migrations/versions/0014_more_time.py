"""More time: what the authority declined for the catalogue, and a period after a late reply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WORDS = ("declined_by", "why_declined")


def upgrade() -> None:
    for name in _WORDS:
        column = sa.Column(name, sa.String(), server_default="", nullable=False)
        op.add_column("catalogue_event", column)
    op.add_column("catalogue_event", sa.Column("declined_at", sa.BigInteger(), nullable=True))
    op.add_column("access_request", sa.Column("endorsed_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("access_request", "endorsed_until")
    for name in (*_WORDS, "declined_at"):
        op.drop_column("catalogue_event", name)
