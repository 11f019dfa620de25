"""Visualizations and dashboards with their versions."""
import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"


def upgrade() -> None:
    op.create_table("boards",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_boards_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_boards_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_boards"))
    )
    op.create_index(op.f("ix_boards_account_id_kind"), "boards", ["account_id", "kind"], unique=False)
    op.create_index(op.f("ix_boards_user_id"), "boards", ["user_id"], unique=False)
    op.create_table("board_versions",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.board_id"], name=op.f("fk_board_versions_board_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("board_id", "version", name=op.f("pk_board_versions"))
    )
