"""What somebody looks for in the register, as told in an address, for pages, export and API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args
from uuid import UUID

from msgspec import Struct
from werkzeug.datastructures import MultiDict

from journeys.application import Journeys
from journeys.record.fiscal_code import UnfitFiscalCode
from projections.search import Listing, Sort, Wanted, listing
from projections.store import Views

FILTERS = ("status", "programme", "accommodation", "provider", "organisation", "finding")
SORTS: tuple[Sort, ...] = get_args(Sort)
DESCENDING = frozenset({"last_on", "recorded_at", "findings"})
"""Orders in which the newest or the most comes first."""

MOST_PER_PAGE = 200


class Lookup(Struct, frozen=True):
    """A text, filters by name, an order, and the page after which to go on."""

    text: str = ""
    filters: Mapping[str, Any] = {}
    sort: Sort = "name"
    after: str | None = None

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Lookup:
        """What an address asks for; an order that there is none of is that by name."""
        told: dict[str, Any] = {
            name: args[name].strip() for name in FILTERS if args.get(name, "").strip()
        }
        order = args.get("sort", "")
        return cls(
            text=args.get("q", "").strip()[:200],
            filters=told,
            sort=next((sort for sort in SORTS if sort == order), "name"),
            after=args.get("after") or None,
        )

    def arguments(self, *, without: str = "") -> dict[str, Any]:
        """The lookup as the arguments of an address, but for one of them and the page."""
        told = {"q": self.text, **self.filters, "sort": "" if self.sort == "name" else self.sort}
        return {name: value for name, value in told.items() if value and name != without}

    def find(self, journeys: Journeys, views: Views, size: int, *, names: bool) -> Listing:
        """A page of the households looked for, as they stand today.

        A text that is a household's id or a fiscal code finds that household alone. Names are
        looked in only where `names` says that the reader may see them; raises `UnknownCursor`.
        """
        exact = self._exact(journeys, names=names)
        wanted = Wanted(
            text="" if exact is not None else self.text,
            households=exact if exact is not None or names or not self.text else [],
            **self.filters,
        )
        return listing(
            views,
            journeys.today(),
            wanted,
            sort=self.sort if names or self.sort != "name" else "household",
            descending=self.sort in DESCENDING,
            after=self.after,
            size=size,
        )

    def _exact(self, journeys: Journeys, *, names: bool) -> list[UUID] | None:
        """The households that the text names by itself; None where it is to be looked for."""
        try:
            return [UUID(self.text)] if len(self.text) == 36 else self._by_code(journeys, names)
        except ValueError:
            return None

    def _by_code(self, journeys: Journeys, names: bool) -> list[UUID] | None:
        try:
            found = journeys.find_fiscal_code(self.text) if names and self.text else None
        except UnfitFiscalCode:
            return None
        return None if found is None else [household for _, household in found]
