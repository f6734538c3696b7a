"""Run by Alembic: the tree of the operational database."""

from alembic import context

from models.operational import Base
from models.migrate import run_migrations

run_migrations(context.config, Base.metadata)
