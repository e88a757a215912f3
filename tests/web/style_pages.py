"""Every macro on four sample pages, so that they can be looked at and checked in a browser.

`python -m tests.web.style_pages` serves them on 127.0.0.1:8010. People and facts are invented.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask import Flask, Response, render_template, request
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from marshmallow import Schema, fields

from web import formats, ui

WEB = Path(ui.__file__).parent
PAGES = ("record", "form", "check", "list")


def at(day: int, month: int, hour: int = 9, minute: int = 30) -> dt.datetime:
    """An instant of 2026, UTC."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


class MoveIn(Schema):
    """A form with every widget."""

    moved_in = fields.Date(
        required=True,
        metadata={"label": "Data di ingresso", "widget": "date"},
    )
    title = fields.Str(
        required=True,
        metadata={
            "label": "Titolo di godimento",
            "widget": "radios",
            "options": [
                ("erp", "Edilizia pubblica"),
                ("market", "Contratto registrato", "Registrato all’Agenzia delle Entrate"),
                ("provisional", "Utilizzo autorizzato"),
            ],
        },
    )
    payer = fields.Str(
        required=True,
        metadata={
            "label": "Chi paga",
            "widget": "select",
            "options": [("household", "Il nucleo"), ("municipality", "Il Comune")],
        },
    )
    rent = fields.Int(metadata={"label": "Canone mensile", "widget": "money"})
    rooms = fields.Int(metadata={"label": "Stanze", "widget": "number", "hint": "Cucina esclusa"})
    members = fields.List(
        fields.Str(),
        metadata={
            "label": "Chi entra",
            "widget": "checkboxes",
            "options": [("m1", "Persona di riferimento"), ("m2", "Coniuge"), ("m3", "Figlia")],
        },
    )
    note = fields.Str(
        metadata={
            "label": "Nota",
            "widget": "textarea",
            "hint": "Non scrivere dati sulla salute o nomi di minori.",
        },
    )
    declared = fields.Bool(
        required=True,
        metadata={"label": "Ho visto il contratto", "widget": "checkbox"},
    )
    letter = fields.Raw(metadata={"label": "Copia del contratto", "widget": "file"})
    command_id = fields.Str(metadata={"widget": "hidden"})


ERRORS = {
    "moved_in": ["Scrivi la data come gg/mm/aaaa, per esempio 27/03/2026."],
    "title": ["Scegli il titolo di godimento."],
    "rent": "Scrivi l’importo in cifre, per esempio 1.234,50.",
    "declared": ["Conferma di avere visto il contratto."],
    "_schema": ["L’ingresso viene prima della presa in carico (12/01/2026)."],
}
TYPED = {"moved_in": "31/02/2026", "rent": "tanto", "members": ["m1", "m3"], "command_id": "c-1"}

ENTRIES = [
    {
        "title": "Visita domiciliare",
        "on": dt.date(2026, 11, 5),
        "text": "Nucleo presente. Utenze attive.",
        "who": "M. Bianchi",
        "organisation": "Cooperativa Il Ponte",
        "recorded_at": at(5, 11, 16, 31),
        "position": 1284,
        "actions": [{"text": "Correggi", "url": "#c"}, {"text": "Ritira", "url": "#r"}],
    },
    {
        "id": "v7",
        "title": "Contratto di locazione registrato",
        "start": dt.date(2026, 9, 15),
        "details": [("Canone mensile", "520,00 €"), ("Registrazione", "15/09/2026")],
        "status": ["late", "correction"],
        "note": "Corregge la data di inizio nella voce n. 1.102.",
        "who": "M. Bianchi",
        "organisation": "Comune di Prato",
        "recorded_at": at(16, 10),
        "known_on": dt.date(2026, 10, 14),
        "position": 1131,
        "actions": [{"text": "Correggi", "url": "#c"}, {"text": "Prove", "url": "#p"}],
    },
    {
        "title": "Contratto di locazione registrato",
        "start": dt.date(2026, 9, 10),
        "details": [("Canone mensile", "520,00 €")],
        "status": "superseded",
        "note": "Sostituita dalla voce n. 1.131.",
        "who": "M. Bianchi",
        "recorded_at": at(15, 9),
        "position": 1102,
    },
    {
        "title": "Accoglienza in albergo a carico del Comune",
        "start": dt.date(2026, 3, 8),
        "until": dt.date(2026, 9, 12),
        "details": [("Costo per notte", "68,00 €"), ("Destinazione", "Alloggio con contratto")],
        "who": "L. Conti",
        "recorded_at": at(9, 3),
        "position": 412,
    },
    {
        "title": "Assenza",
        "start": dt.date(2026, 5, 2),
        "until": dt.date(2026, 5, 5),
        "status": "retracted",
        "note": "Ritirata: riguardava un altro nucleo.",
        "who": "L. Conti",
        "recorded_at": at(6, 5),
        "position": 640,
    },
]

DIFFERENCES = [
    {"kind": "changed", "label": "Inizio del contratto", "before": "10 settembre 2026",
     "after": "15 settembre 2026"},
    {"kind": "added", "label": "Visita domiciliare", "before": None, "after": "5 novembre 2026"},
    {"kind": "removed", "label": "Assenza", "before": "dal 2 al 4 maggio 2026", "after": None},
    {"kind": "same", "label": "Canone mensile", "before": "520,00 €", "after": "520,00 €"},
]  # fmt: skip

ROWS = [
    ("N-0042", "M. Bianchi", "Alloggio con contratto", dt.date(2026, 11, 5), 188),
    ("N-0043", "L. Conti", "Albergo a carico del Comune", dt.date(2026, 11, 2), 1204),
    ("N-0107", "M. Bianchi", None, dt.date(2026, 10, 28), 0),
]


def style_app() -> Flask:
    """An application with nothing but the macros and the four pages."""
    app = Flask("web", root_path=str(WEB))
    app.config.update(SECRET_KEY="for the tests only", TESTING=True)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(WEB / "templates"), FileSystemLoader(Path(__file__).parent / "style")]
    )
    CSRFProtect(app)
    ui.install(app)
    app.add_url_rule("/<any(record, form, check, list):page>", "page", _page)
    app.after_request(_strict)
    return app


def _page(page: str) -> str:
    nav = [("Oggi", "#o"), ("Nuclei", "/list"), ("Verifica", "#v"), ("Analisi", "#a")]
    wrong = page == "form" and "right" not in request.args
    return render_template(
        f"{page}.html",
        organisation="Comune di Prato",
        signed_in={"name": "M. Bianchi", "role": "Operatrice"},
        sign_out_url="#out",
        nav_items=[{"label": n, "url": u, "current": n == "Nuclei"} for n, u in nav],
        demonstration=True,
        version="0.1.0",
        accessibility_url="#acc",
        privacy_url="#pri",
        schema=MoveIn(),
        errors=ERRORS if wrong else {},
        values=TYPED if wrong else {"moved_in": dt.date(2026, 9, 15), "rent": 52000},
        entries=ENTRIES,
        differences=DIFFERENCES,
        rows=ROWS,
        as_of=dt.date(2026, 9, 30),
        as_at=formats.parse_instant("05/10/2026 18:00"),
        digest="9f3c07d2" * 8,
    )


def _strict(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return response


if __name__ == "__main__":
    style_app().run(port=8010)
