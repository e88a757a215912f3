"""What each kind of fact is called, and what it is for, for somebody who must choose one."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

from web.formats import marked

GROUPS: dict[str, str] = {
    "housing": marked("Casa"),
    "plan": marked("Progetto e interventi"),
    "economy": marked("Lavoro, redditi e sostegni"),
    "composition": marked("Chi fa parte del nucleo"),
    "entry": marked("Ingresso e uscita dal programma"),
    "outcome": marked("Valutazioni e risultati"),
    "evidence": marked("Documenti e attestazioni"),
    "rights": marked("Diritti sui dati"),
    "correction": marked("Correzioni"),
}
"""The groups of facts, in the order in which a person looks for them."""

KINDS: dict[str, tuple[str, str]] = {
    "registered": (
        marked("Registrazione del nucleo"),
        marked("Il nucleo entra nel registro."),
    ),
    "member-joined": (
        marked("Nuovo componente"),
        marked("Una persona entra a far parte del nucleo: nascita, convivenza, rientro."),
    ),
    "member-left": (
        marked("Uscita di un componente"),
        marked("Una persona non fa più parte del nucleo."),
    ),
    "guest-hosted": (
        marked("Ospite in casa"),
        marked("Qualcuno sta con il nucleo senza farne parte."),
    ),
    "split": (
        marked("Divisione del nucleo"),
        marked("Alcuni componenti vanno a formare un nuovo nucleo."),
    ),
    "merged": (
        marked("Unione di due nuclei"),
        marked("Un altro nucleo diventa parte di questo."),
    ),
    "identity-matched": (
        marked("Stessa persona in un altro nucleo"),
        marked("Un componente risulta anche in un altro nucleo."),
    ),
    "identity-unmatched": (
        marked("Abbinamento annullato"),
        marked("Due persone credute la stessa sono persone diverse."),
    ),
    "referred": (
        marked("Segnalazione al programma"),
        marked("Chi ha segnalato il nucleo, e quando."),
    ),
    "eligibility-assessed": (
        marked("Verifica dei requisiti"),
        marked("Esito della verifica, con la versione delle regole applicate."),
    ),
    "enrolled": (
        marked("Ingresso nel programma"),
        marked("Il nucleo, o un componente, entra sotto un contratto."),
    ),
    "baseline-fixed": (
        marked("Situazione di partenza"),
        marked("Le misure di prima, concordate una volta sola."),
    ),
    "exited": (
        marked("Uscita dal programma"),
        marked("La partecipazione finisce: quando, come e verso dove."),
    ),
    "re-enrolled": (
        marked("Rientro nel programma"),
        marked("Il nucleo torna dopo un’uscita."),
    ),
    "plan-agreed": (
        marked("Progetto personalizzato firmato"),
        marked("Obiettivi e interventi concordati, con le firme."),
    ),
    "plan-revised": (
        marked("Progetto personalizzato rivisto"),
        marked("Il progetto cambia."),
    ),
    "intervention-started": (
        marked("Inizio di un intervento"),
        marked("Un servizio comincia."),
    ),
    "intervention-delivered": (
        marked("Intervento svolto"),
        marked("Una visita, un colloquio, un’attività: quando e per quante ore."),
    ),
    "intervention-missed": (
        marked("Appuntamento mancato"),
        marked("Un appuntamento è saltato, e perché."),
    ),
    "intervention-ended": (
        marked("Fine di un intervento"),
        marked("Un servizio finisce, e perché."),
    ),
    "accommodation-started": (
        marked("Ingresso in alloggio"),
        marked("Albergo, struttura, utilizzo autorizzato, casa popolare, affitto."),
    ),
    "accommodation-ended": (
        marked("Uscita dall’alloggio"),
        marked("Il nucleo non dorme più lì, e perché."),
    ),
    "absence-recorded": (
        marked("Assenza"),
        marked("Il nucleo, o un componente, è stato via per alcuni giorni."),
    ),
    "tenancy-registered": (
        marked("Contratto di affitto registrato"),
        marked("Un contratto a nome del nucleo, registrato all’Agenzia delle Entrate."),
    ),
    "arrears-observed": (
        marked("Debito di affitto o di spese"),
        marked("Quanto risulta dovuto in un certo giorno; zero se niente."),
    ),
    "eviction-stage-reached": (
        marked("Passo di uno sfratto"),
        marked("La procedura di sfratto è andata avanti."),
    ),
    "income-observed": (
        marked("Reddito"),
        marked("Un’entrata di un componente, con fonte e importo."),
    ),
    "isee-attested": (
        marked("ISEE"),
        marked("Attestazione ISEE: tipo, valore, validità, difformità."),
    ),
    "employment-started": (
        marked("Inizio di un lavoro"),
        marked("Un componente comincia a lavorare."),
    ),
    "employment-ended": (
        marked("Fine di un lavoro"),
        marked("Un lavoro finisce, e perché."),
    ),
    "benefit-granted": (
        marked("Sostegno economico concesso"),
        marked("Assegno di Inclusione, contributo affitto e simili."),
    ),
    "benefit-ended": (
        marked("Sostegno economico finito"),
        marked("Una misura di sostegno si interrompe."),
    ),
    "qualification-awarded": (
        marked("Titolo o qualifica"),
        marked("Un componente ottiene un titolo di studio o una qualifica."),
    ),
    "assessment-scored": (
        marked("Valutazione con punteggi"),
        marked("Matrice di autosufficienza o altro strumento, area per area."),
    ),
    "measure-observed": (
        marked("Misura rilevata"),
        marked("Una quantità contata: assenze da scuola, notti, episodi."),
    ),
    "outcome-observed": (
        marked("Risultato raggiunto"),
        marked("Un risultato che nessun altro fatto esprime."),
    ),
    "evidence-captured": (
        marked("Documento acquisito"),
        marked("Un documento che prova uno o più fatti."),
    ),
    "evidence-assessed": (
        marked("Documento valutato"),
        marked("Il giudizio su un documento acquisito."),
    ),
    "attestation-given": (
        marked("Attestazione"),
        marked("Qualcuno che ne ha titolo conferma dei fatti."),
    ),
    "entry-corrected": (
        marked("Correzione"),
        marked("Una voce diceva una cosa sbagliata."),
    ),
    "entry-retracted": (
        marked("Ritiro di una voce"),
        marked("Una voce non andava registrata."),
    ),
    "participation-withdrawn": (
        marked("Rinuncia a partecipare"),
        marked("Il nucleo non partecipa più da questo giorno."),
    ),
    "processing-restricted": (
        marked("Limitazione del trattamento"),
        marked("I dati si conservano ma non si usano (art. 18 GDPR)."),
    ),
    "restriction-lifted": (
        marked("Fine della limitazione"),
        marked("Il trattamento dei dati riprende."),
    ),
    "address-protected": (
        marked("Indirizzo protetto"),
        marked("L’indirizzo non va mostrato: violenza domestica, ordini di protezione."),
    ),
    "personal-data-erased": (
        marked("Cancellazione di dati personali"),
        marked("I dati di una persona sono stati cancellati (art. 17 GDPR)."),
    ),
}
"""Short name of a kind of fact → its title, and one sentence on what it is for."""

MOST_USED = (
    "intervention-delivered",
    "intervention-missed",
    "accommodation-started",
    "accommodation-ended",
    "income-observed",
    "employment-started",
    "tenancy-registered",
    "absence-recorded",
)
"""What a caseworker records most, in that order; shown first where a choice is made."""


def kind_title(name: str) -> LazyString | str:
    """The title of a kind of fact in the reader's language; its short name where it has none."""
    return lazy_gettext(KINDS[name][0]) if name in KINDS else name


def kind_purpose(name: str) -> LazyString:
    """What a kind of fact is for, in the reader's language."""
    return lazy_gettext(KINDS[name][1])


def group_title(name: str) -> LazyString:
    """The title of a group of facts in the reader's language."""
    return lazy_gettext(GROUPS[name])
