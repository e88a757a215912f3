"""HUD's numbers as codes of the code lists.

Living situations and destinations were numbered anew in 2024. The number of the file is kept
(`hud22-` for a 2022 number that has changed since), and `meaning` tells which destinations of
different editions are the same, so that a newer edition of the same exit is no change.
"""

from __future__ import annotations

from journeys.codes import CodeBook
from journeys.intake.hmis.edition import Edition

SAME_IN_2022 = frozenset(("8", "9", "17", "24", "30", "37", "99"))
"""Living situations and destinations that kept number and meaning."""

_MEANT: dict[str, tuple[str, str | None]] = {
    "hud22-1": ("hud-101", None),
    "hud22-2": ("hud-302", None),
    "hud22-3": ("hud-435", "hud-440"),
    "hud22-4": ("hud-204", None),
    "hud22-5": ("hud-205", None),
    "hud22-6": ("hud-206", None),
    "hud22-7": ("hud-207", None),
    "hud22-10": ("hud-410", None),
    "hud22-11": ("hud-411", None),
    "hud22-12": ("hud-312", None),
    "hud22-13": ("hud-313", None),
    "hud22-14": ("hud-314", None),
    "hud22-15": ("hud-215", None),
    "hud22-16": ("hud-116", None),
    "hud22-18": ("hud-118", None),
    "hud22-19": ("hud-435", "hud-419"),
    "hud22-20": ("hud-435", "hud-420"),
    "hud22-21": ("hud-421", None),
    "hud22-22": ("hud-422", None),
    "hud22-23": ("hud-423", None),
    "hud22-25": ("hud-225", None),
    "hud22-26": ("hud-426", None),
    "hud22-27": ("hud-327", None),
    "hud22-28": ("hud-435", "hud-428"),
    "hud22-29": ("hud-329", None),
    "hud22-31": ("hud-435", "hud-431"),
    "hud22-32": ("hud-332", None),
    "hud22-33": ("hud-435", "hud-433"),
    "hud22-34": ("hud-435", "hud-434"),
    "hud22-35": ("hud-335", None),
    "hud22-36": ("hud-336", None),
}

OCCASIONS = {"1": "start", "2": "update", "3": "exit", "5": "annual", "6": "follow-up"}
"""DataCollectionStage, as the occasions of every programme."""

STAYS = {
    "hud-0": "hud-emergency",
    "hud-2": "hud-transitional",
    "hud-8": "hud-safe-haven",
}
"""Project types in which people stay from entry to exit, and the kind of accommodation."""

HOMES = {
    "hud-3": "hud-supportive",
    "hud-9": "hud-housing-only",
    "hud-10": "hud-housing-with-services",
    "hud-13": "hud-rapid-rehousing",
}
"""Project types of permanent housing, in which people live from MoveInDate to exit."""

BED_NIGHT = "200"

SENSITIVE_SERVICES = frozenset(
    ["143", "151"]  # for people with HIV (HOPWA)
    + [f"141-{n}" for n in (3, 4, 5, 14)]
    + [f"142-{n}" for n in (12, 13, 14, 17, 18, 27, 28)]
    + ["144-10"]
    + [f"161-{n}" for n in (1, 2, 3, 10)]
)
"""Services that tell of a person's health, by record type or by record type and type."""


def meaning(code: str, subsidy: str | None) -> tuple[str, str | None]:
    """A destination with its subsidy in the numbers that hold since 2024."""
    return _MEANT.get(code, (code, subsidy))


class Numbers:
    """Finds the code of a number; None for a number that the code lists do not have."""

    def __init__(self, codes: CodeBook, edition: Edition) -> None:
        self._lists = codes.lists
        self._renumbered = edition == 2022

    def code(self, list_name: str, number: str) -> str | None:
        """The code of a number that means the same in every edition."""
        code = f"hud-{number}"
        return code if code in self._lists[list_name] else None

    def destination(self, number: str) -> str | None:
        """The code of a destination."""
        return self._numbered("destination", number, "")

    def seen(self, number: str) -> str | None:
        """The measure that counts a contact in that living situation."""
        return self._numbered("measure", number, "seen-")

    def project_type(self, number: str, tracking: str) -> str | None:
        """The code of a project type; before 2024 night-by-night shelters were told by tracking."""
        if self._renumbered and number == "1" and tracking != "3":
            number = "0"
        return self.code("project-type", number)

    def _numbered(self, list_name: str, number: str, word: str) -> str | None:
        old = self._renumbered and number not in SAME_IN_2022
        code = f"{'hud22' if old else 'hud'}-{word}{number}"
        return code if code in self._lists[list_name] else None
