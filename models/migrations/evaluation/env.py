"""Run by Alembic: the tree of the evaluation database."""

from alembic import context

from models.evaluation import Base
from models.migrate import run_migrations

run_migrations(context.config, Base.metadata)
