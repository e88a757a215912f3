"""What is said of an answer that does not fit, by the name of what is wrong with it."""

from __future__ import annotations

from web.formats import DAY_WRONG, MONEY_WRONG, marked

MESSAGES: dict[str, str] = {
    "required": marked("Rispondi a questa domanda."),
    "null": marked("Rispondi a questa domanda."),
    "validator_failed": marked("Questo valore non va bene."),
    "wrong": marked("Questo valore non va bene."),
    "day": DAY_WRONG,
    "iso_day": marked("Serve un giorno come AAAA-MM-GG."),
    "last_day": marked("Questo giorno non esiste nel calendario del registro."),
    "month": marked("Scrivi il mese come mm/aaaa, per esempio 04/1987."),
    "iso_month": marked("Serve un mese come AAAA-MM."),
    "money": MONEY_WRONG,
    "minor_units": marked("Serve un numero intero di centesimi."),
    "whole": marked("Scrivi un numero intero, per esempio 12."),
    "decimal": marked("Scrivi un numero, per esempio 12,5."),
    "range": marked("Il numero è troppo grande o troppo piccolo."),
    "yes_no": marked("Rispondi sì o no."),
    "id": marked("Questo codice non è valido."),
    "text": marked("Serve un testo."),
    "list": marked("Serve un elenco."),
    "mapping": marked("Servono coppie di voce e valore, per esempio: reddito = 850."),
    "choice": marked("Scegli una delle risposte proposte."),
    "key": marked("Usa da 1 a 80 lettere senza accenti, cifre o . _ : / - e nessuno spazio."),
    "pattern": marked("Questo valore non ha la forma richiesta."),
}
