"""Schema migrations: one Alembic tree for each database, applied at start and by ``fellowship-bot migrate``.

``python -m models.migrate operational "why"`` writes a new revision from what the tables say now.
"""

import logging
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from models.session import Database

Tree = Literal["operational", "evaluation"]
TREES: tuple[Tree, ...] = ("operational", "evaluation")

# Any number will do, as long as every replica uses the same: PostgreSQL lets one of them migrate at a time.
_MIGRATION_LOCK = 4_202_611_231


def _config(tree: Tree) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations" / tree))
    config.set_main_option("path_separator", "os")
    config.attributes["tree"] = tree
    return config


def _version_table(tree: Tree) -> str:
    return f"alembic_version_{tree}"


def run_migrations(config: Config, metadata: MetaData) -> None:
    """Apply the pending revisions on the connection that the caller put into ``config``, in one transaction."""
    connection: Connection = config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=_version_table(config.attributes["tree"]),
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def current(database: Database, tree: Tree) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(
            connection, opts={"version_table": _version_table(tree)}
        ).get_current_revision()


def upgrade(database: Database, tree: Tree, revision: str = "head") -> None:
    """Bring the database to ``revision``; several processes may call this at once, one of them does it."""
    config = _config(tree)
    if revision == "head" and current(database, tree) == ScriptDirectory.from_config(config).get_current_head():
        return
    _on_connection(database, config, lambda: command.upgrade(config, revision))


def downgrade(database: Database, tree: Tree, revision: str = "base") -> None:
    """Take the database back to ``revision``."""
    config = _config(tree)
    _on_connection(database, config, lambda: command.downgrade(config, revision))


def _on_connection(database: Database, config: Config, work: Callable[[], None]) -> None:
    with database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        work()


def drift(database: Database, tree: Tree) -> list[str]:
    """What the tables in the code and the migrated database disagree about; empty when they agree."""
    with database.engine.connect() as connection:
        migration = MigrationContext.configure(
            connection, opts={"version_table": _version_table(tree), "compare_type": True}
        )
        return [str(difference) for difference in compare_metadata(migration, _metadata(tree))]


def _metadata(tree: Tree) -> MetaData:
    if tree == "operational":
        from models.operational import Base  # noqa: PLC0415 - only the tree asked for is loaded

        return Base.metadata
    from models.evaluation import Base as EvaluationBase  # noqa: PLC0415 - as above

    return EvaluationBase.metadata


def write_revision(tree: Tree, message: str) -> None:
    """Write the revision file that takes a database at head to what the code says."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/scratch.db")
        upgrade(database, tree)
        config = _config(tree)
        _on_connection(database, config, lambda: _revise(config, message))
        database.close()


def _revise(config: Config, message: str) -> None:
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    write_revision(cast("Tree", sys.argv[1]), sys.argv[2])
