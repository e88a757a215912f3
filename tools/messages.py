"""Gather the texts of the pages into the catalogues that translators fill.

`python tools/messages.py` brings web/translations/*/LC_MESSAGES/messages.po up to date: new texts
appear without a translation, those that are gone are dropped, nothing is guessed. Texts are Italian
in the code; see docs/decisions/0020-languages.md.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parent.parent / "web"
CATALOGUES = WEB / "translations"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"silent": "false", "trimmed": "true"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "marked": None}


def gather(folder: Path = WEB) -> Catalog:
    """Every text that the templates and the code of the folder show, without translations."""
    found = Catalog(charset="utf-8")
    for name, _, text, comments, context in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
        if not name.startswith("static/"):
            found.add(text, auto_comments=comments, context=context)
    return found


def read(path: Path) -> Catalog:
    """A catalogue as it is kept; its folder names its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, ignore_obsolete=True)


def update(path: Path, found: Catalog) -> int:
    """Bring one catalogue up to date. Returns how many texts wait for a translation."""
    catalogue = read(path)
    # The header keeps its dates, or every run would change the file.
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, no_location=True, sort_output=True)
    return sum(1 for message in catalogue if message.id and not all(forms(message.string)))


def forms(text: str | Sequence[str] | None) -> list[str]:
    """The singular and plural of a text or its translation, or the text alone."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def main() -> int:
    """Update every catalogue and tell what is left to translate; 1 while something is."""
    found = gather()
    waiting = {path: update(path, found) for path in sorted(CATALOGUES.glob("*/*/messages.po"))}
    for path, texts in waiting.items():
        print(f"{path.relative_to(WEB.parent)}: {texts} to translate")
    return 1 if any(waiting.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
