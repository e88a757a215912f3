"""A refusal in the reader's language, and the question that it is about.

The domain says each refusal in one English sentence with a stable code and the values it speaks
of. Here the code, and where it matters the field, choose the sentence in the reader's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from journeys.errors import Refusal, StoreUnavailable
from journeys.household.facts import Fact
from journeys.household.shape import marks
from journeys.values import Code
from web import formats
from web.formats import marked

SENTENCES: dict[str, str] = {
    "conflict": marked(
        "Nel frattempo qualcun altro ha registrato su questo nucleo. Guarda che cosa è cambiato e "
        "registra di nuovo."
    ),
    "not-found": marked("Quello che cerchi non è nel registro."),
    "store-unavailable": marked(
        "Il registro non è raggiungibile. Non è stato registrato niente: riprova fra poco."
    ),
    "refused": marked("Non è possibile registrarlo così."),
    "malformed-fact": marked("Una risposta non ha la forma giusta: controllala."),
    "unknown-code": marked("Questa voce non si può usare per quel giorno: scegline un’altra."),
    "unfit-personal-data": marked("Questo dato personale non va bene: controllalo."),
    "unfit-personal-data.birth_date": marked("La data di nascita non torna con gli altri dati."),
    "unfit-fiscal-code": marked("Il codice fiscale non è valido: controlla le 16 lettere e cifre."),
    "not-registered": marked("Il nucleo non è registrato."),
    "household-merged": marked(
        "Questo nucleo fa ormai parte di un altro: i fatti si registrano su quello."
    ),
    "dates-out-of-order": marked("Le date non sono nell’ordine giusto."),
    "dates-out-of-order.effective_from": marked("La fine viene prima dell’inizio."),
    "dates-out-of-order.effective_until": marked("L’ultimo giorno viene prima del primo."),
    "dates-out-of-order.known_on": marked("Non si poteva sapere prima che succedesse."),
    "in-the-future": marked("Questo giorno deve ancora venire."),
    "in-the-future.known_on": marked("Non può essere stato saputo in un giorno che deve venire."),
    "not-a-member": marked("Questa persona non fa parte del nucleo."),
    "not-a-member.member": marked("Questa persona non fa parte del nucleo."),
    "not-a-member.day": marked("Questa persona non faceva parte del nucleo il %(day)s."),
    "not-a-member.members": marked("Scegli chi va e lascia almeno una persona che resta."),
    "no-such-entry": marked("La voce indicata non c’è, o non vale più."),
    "no-such-entry.about": marked("Scegli almeno una voce."),
    "already-ended": marked("Questo risulta già finito: correggi la voce che ne dice la fine."),
    "already-there": marked("C’è già nel registro: correggi la voce, invece di ripeterla."),
    "already-there.member": marked("Questa persona fa già parte del nucleo in quel giorno."),
    "already-there.guest": marked("Chi fa parte del nucleo non può esserne ospite."),
    "predates-referral": marked("Viene prima della segnalazione al programma."),
    "predates-referral.referred_on": marked(
        "Viene prima della segnalazione al programma, del %(referred_on)s."
    ),
    "participation-ended": marked("Il nucleo ha rinunciato a partecipare dal %(withdrawn_on)s."),
    "processing-restricted": marked(
        "Il trattamento dei dati di questo nucleo è limitato: si registrano solo diritti, "
        "documenti e correzioni."
    ),
    "negative-amount": marked("L’importo non può essere sotto zero."),
    "amount-without-currency": marked("Serve la valuta dell’importo."),
    "cannot-correct": marked(
        "Questa correzione non è possibile: ritira la voce e registrala bene."
    ),
    "cannot-correct.changes": marked("Non hai cambiato niente."),
    "relied-on": marked("Altre voci si appoggiano a questa: sistema prima quelle."),
    "subject-erased": marked("I dati di questa persona sono stati cancellati per sempre."),
    "lost-key": marked("La chiave di questi dati personali non si trova."),
    "no-such-proof": marked("Questa prova non si può dare."),
    "command-reused": marked("Questa richiesta era già servita per un altro nucleo: rifalla."),
    "nothing-told": marked("Non c’è niente da registrare."),
    "unknown-cursor": marked("Questa pagina dell’elenco non c’è più: riparti dall’inizio."),
    "unreadable-fact": marked("Una voce del registro non si legge: avvisa chi lo gestisce."),
    "unknown-topic": marked("Una voce del registro non si legge: avvisa chi lo gestisce."),
    "vault-cannot-open": marked("Questi dati personali non si aprono: avvisa chi li custodisce."),
    "vault-broken-commitment": marked(
        "I dati personali custoditi non sono quelli registrati: avvisa chi li custodisce."
    ),
    "unreadable-key": marked("La chiave di questi dati personali non si legge."),
    "wrong-store": marked("Il registro non è in ordine: avvisa chi lo gestisce."),
}
"""By code, and by code and field or detail where that says more."""


def said(refusal: Refusal) -> str:
    """The refusal as a sentence in the reader's language; its own English where none is kept."""
    details = {name: _shown(value) for name, value in refusal.details.items()}
    code = refusal.code if refusal.code in SENTENCES else _kept_code(refusal)
    if code is None:
        return refusal.sentence
    found = SENTENCES[code]
    for name in (str(refusal.details.get("field", "")), *refusal.details):
        found = SENTENCES.get(f"{code}.{name}", found)
    try:
        return str(gettext(found, **details))
    except KeyError:
        any_refusal = SENTENCES["refused"]
        return str(gettext(any_refusal))


def field_of(refusal: Refusal, kind: type[Fact]) -> str:
    """The id of the question that the refusal is about; empty where it is about the whole."""
    field = str(refusal.details.get("field", ""))
    if refusal.code == "unfit-fiscal-code":
        field = "fiscal_code"
    if not field and "list" in refusal.details:
        field = _field_with(kind, str(refusal.details["list"]))
    if field == "effective_until":
        return "effective_to" if kind.SPAN != "day" else "effective_from"
    if field in ("name", "surname", "fiscal_code", "birth_date"):
        return f"person-{field}"
    return field if field in kind.__struct_fields__ else ""


def errors_of(refusal: Refusal, kind: type[Fact]) -> dict[str, Any]:
    """The refusal as a form shows errors: by question, those of a person one level down."""
    field = field_of(refusal, kind)
    if field.startswith("person-"):
        return {"person": {field.removeprefix("person-"): [said(refusal)]}}
    return {field or "_schema": [said(refusal)]}


def _kept_code(refusal: Refusal) -> str | None:
    return "store-unavailable" if isinstance(refusal, StoreUnavailable) else None


def _field_with(kind: type[Fact], list_name: str) -> str:
    for field, found in marks(kind).items():
        if any(isinstance(mark, Code) and mark.name == list_name for mark in found):
            return field
    return ""


def _shown(value: object) -> object:
    return formats.short_date(value) if isinstance(value, dt.date) else value


def problem_details(refusal: Refusal) -> Mapping[str, Any]:
    """The values that a refusal speaks of, as JSON can hold them."""
    return {name: _plain(value) for name, value in refusal.details.items()}


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else str(value)
