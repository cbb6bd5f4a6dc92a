"""The pages' views in the database: a row is what the latest event of its subject said."""

from typing import Any

from libs.common.db import Tx

Row = dict[str, Any]
"""Columns by name, as the event told them."""


async def keep_row(tx: Tx, view: str, row: Row) -> None:
    """The row in place of the one with its id; fields that the view has no column for are left."""
    await tx.do("SELECT keep_row($1, $2)", view, row)
