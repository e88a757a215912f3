"""What each finding of data quality says, for somebody who may set it right."""

from __future__ import annotations

from flask_babel import gettext

from web.formats import marked

FINDINGS: dict[str, str] = {
    "overlapping-stays": marked("Due alloggi negli stessi giorni"),
    "overlapping-jobs": marked("Due lavori della stessa persona negli stessi giorni"),
    "stay-open-after-exit": marked("Alloggio ancora aperto dopo l’uscita dal programma"),
    "late-entry": marked("Registrato molto dopo che è successo"),
    "recorded-before-it-happened": marked("Registrato prima che succedesse"),
    "ends-before-it-begins": marked("La fine viene prima dell’inizio"),
    "before-birth": marked("Prima della nascita della persona"),
    "no-head": marked("Nessuna persona di riferimento"),
    "no-members": marked("Nucleo senza componenti"),
    "two-heads": marked("Più di una persona di riferimento"),
    "outside-membership": marked("Riguarda una persona che non faceva parte del nucleo"),
    "unknown-code": marked("Una voce che gli elenchi non hanno"),
}
"""By the finding's stable name."""

STATUSES: dict[str, str] = {
    "enrolled": marked("Nel programma"),
    "referred": marked("Segnalato"),
    "registered": marked("Registrato"),
    "exited": marked("Uscito"),
    "withdrawn": marked("Ha rinunciato"),
    "merged": marked("Unito a un altro"),
    "unknown": marked("Non noto"),
}
"""How a household stands with the programme, as the register names it."""

PROJECTIONS: dict[str, str] = {
    "timeline": marked("Diario"),
    "register": marked("Elenco dei nuclei"),
    "findings": marked("Da controllare"),
    "situation": marked("Situazioni"),
    "names": marked("Nomi"),
}
"""What each read model is for."""

LOOKS = {"enrolled": "good", "withdrawn": "warning", "exited": "neutral", "merged": "neutral"}
"""The look of a status' badge, where it is not that of information."""


def finding_title(name: str) -> str:
    """A finding in the reader's language; its stable name where no words are kept."""
    return str(gettext(FINDINGS[name])) if name in FINDINGS else name


def projection_title(name: str) -> str:
    """A read model in the reader's language; its name where no words are kept."""
    return str(gettext(PROJECTIONS[name])) if name in PROJECTIONS else name


def status_title(name: str) -> str:
    """A household's status in the reader's language."""
    return str(gettext(STATUSES[name])) if name in STATUSES else name
