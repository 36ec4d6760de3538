"""Indexes that say by themselves which delivery was the newest, and when a grant was live."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_DELIVERIES = "ix_delivery_dataset_delivered_at"
_NEWEST = "ix_delivery_dataset_delivered_at_number"
_GRANTS = "ix_access_grant_dataset_period"
_PERIOD = ["dataset", "not_before", "not_after"]
_LIVE = ["department", "granted_at", "revoked_at", "finished_at", "review_due"]


def upgrade() -> None:
    op.drop_index(_DELIVERIES, table_name="delivery")
    op.create_index(_NEWEST, "delivery", ["dataset", "delivered_at", "number", "status"])
    op.drop_index(_GRANTS, table_name="access_grant")
    op.create_index(_GRANTS, "access_grant", [*_PERIOD, *_LIVE])


def downgrade() -> None:
    op.drop_index(_GRANTS, table_name="access_grant")
    op.create_index(_GRANTS, "access_grant", _PERIOD)
    op.drop_index(_NEWEST, table_name="delivery")
    op.create_index(_DELIVERIES, "delivery", ["dataset", "delivered_at", "status"])
