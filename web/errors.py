"""When the answer is no: a page in the reader's language, or problem details for the API."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as AnyResponse

from journeys.errors import Conflict, NotFound, Refusal, StoreUnavailable, WrongStore
from web.api.conditions import VersionMismatch
from web.api.problems import problem
from web.formats import marked
from web.guard import wants_json
from web.policy import Denied
from web.signin import resume
from web.words.refusals import problem_details, said

log = logging.getLogger(__name__)

RETRY_SECONDS = 5

TITLES: dict[int, str] = {
    400: marked("La richiesta non si capisce"),
    401: marked("Serve accedere"),
    403: marked("Il tuo ruolo non lo permette"),
    404: marked("Questa pagina non c’è"),
    405: marked("Questa pagina non si apre così"),
    409: marked("Nel frattempo è cambiato"),
    413: marked("È troppo grande"),
    422: marked("Non è possibile"),
    500: marked("Qualcosa è andato storto"),
    503: marked("Il registro non è raggiungibile"),
}

TEXTS: dict[int, str] = {
    400: marked("L’indirizzo o il modulo contiene qualcosa che il registro non può leggere."),
    401: marked("Accedi e riprova."),
    403: marked("Se ti serve per il tuo lavoro, chiedi a chi gestisce il servizio."),
    404: marked("L’indirizzo è sbagliato, o la voce non è nel registro."),
    405: marked("Torna indietro e usa i pulsanti della pagina."),
    413: marked("Il modulo o il file supera la grandezza permessa."),
    500: marked("Non è colpa tua. Quello che non ha una ricevuta non è stato registrato."),
}


def install(app: Flask) -> None:
    """Answer every error in the form that whoever asked can read."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(Exception, broke)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    statuses = ((Denied, 403), (NotFound, 404), (VersionMismatch, 412), (Conflict, 409))
    if isinstance(refusal, StoreUnavailable | WrongStore):
        return 503
    return next((status for kind, status in statuses if isinstance(refusal, kind)), 422)


def refused(refusal: Refusal) -> AnyResponse | tuple[str, int]:
    """A refusal of the domain or of the stores."""
    status = status_of(refusal)
    if status == 503:
        log.error("%s: %s", refusal.code, refusal.sentence)
    if wants_json():
        details = problem_details(refusal)
        return problem(status, refusal.code, said(refusal), details, retry=_retry(status))
    if status == 503 and request.method == "POST" and request.form.get("form"):
        # The same form with the same answers is the same command: trying again tells nothing twice.
        page = resume(request.path, again=request.form.get("step"))
        return Response(page, status, headers=_headers(status))
    text = TEXTS[status] if status in (403, 404) else None
    return _page(status, gettext(text) if text else said(refusal))


def expired(error: CSRFError) -> AnyResponse | tuple[str, int]:
    """A form without its token: nothing of it is taken, and nothing that was typed is lost."""
    if wants_json():
        return problem(400, "forged-request", str(error.description))
    return resume(request.path), 400


def failed(error: HTTPException) -> AnyResponse | tuple[str, int]:
    """What Flask itself refuses: no such page, wrong method, too large."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    status = error.code or 500
    if isinstance(error, SecurityError):  # of the Host header: there is no site to be on
        return Response(_text(status), status, mimetype="text/plain")
    if wants_json():
        answer = problem(status, (error.name or "error").lower().replace(" ", "-"), _text(status))
        answer.headers.extend(
            (name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")
        )
        return answer
    return _page(status, _text(status))


def broke(error: Exception) -> AnyResponse | tuple[str, int]:
    """A defect: noted with its trace, told without it."""
    told = (type(error).__name__, request.method, request.path)
    log.error("unhandled %s on %s %s", *told, exc_info=error)
    if wants_json():
        return problem(500, "internal-error", _text(500))
    return _page(500, _text(500))


def _page(status: int, text: str) -> AnyResponse | tuple[str, int]:
    title = gettext(TITLES.get(status, TITLES[500 if status >= 500 else 400]))
    page = render_template("pages/error.html", title=title, text=text, retry=status == 503)
    return Response(page, status, headers=_headers(status))


def _text(status: int) -> str:
    return str(gettext(TEXTS.get(status, TEXTS[500 if status >= 500 else 400])))


def _headers(status: int) -> dict[str, Any]:
    seconds = _retry(status)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _retry(status: int) -> int | None:
    return RETRY_SECONDS if status == 503 else None
