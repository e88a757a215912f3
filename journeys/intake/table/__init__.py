"""Any CSV file into facts, through a mapping document: see docs/how-to/import-a-table.md."""

from __future__ import annotations

from journeys.intake.table.document import WrongMapping
from journeys.intake.table.mapping import load_mapping
from journeys.intake.table.run import import_table
from journeys.intake.table.sheet import UnreadableTable, WrongHeader

__all__ = ["UnreadableTable", "WrongHeader", "WrongMapping", "import_table", "load_mapping"]
