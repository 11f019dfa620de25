"""The attributes of entries by which an account's facts can be filtered."""
import sqlalchemy as sa
from alembic import op

revision = "008"
down_revision = "007"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("attributes", sa.JSON(), server_default="[]", nullable=False))
