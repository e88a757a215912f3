"""Who works in the invented programme. Keys of people and organisations; none is real."""

from __future__ import annotations

from journeys.values import Actor

PROGRAMME = "emergenza-abitativa"
CONTRACT = "prato-emergenza-abitativa"
RULES = "criteri-2023-1"

MUNICIPALITY = "comune-prato"

PROVIDERS: dict[str, tuple[Actor, ...]] = {
    MUNICIPALITY: (
        Actor("operatrice-01", MUNICIPALITY, "caseworker"),
        Actor("operatrice-02", MUNICIPALITY, "caseworker"),
        Actor("operatore-03", MUNICIPALITY, "caseworker"),
    ),
    "coop-alveare": (
        Actor("operatrice-04", "coop-alveare", "caseworker"),
        Actor("operatrice-05", "coop-alveare", "caseworker"),
        Actor("operatore-06", "coop-alveare", "caseworker"),
    ),
    "coop-filanda": (
        Actor("operatrice-07", "coop-filanda", "caseworker"),
        Actor("operatore-08", "coop-filanda", "caseworker"),
    ),
    "associazione-lanterna": (
        Actor("operatrice-09", "associazione-lanterna", "caseworker"),
        Actor("operatrice-10", "associazione-lanterna", "caseworker"),
    ),
}
"""Caseworkers by the organisation that they record for."""

SUPERVISOR = Actor("coordinatrice-01", MUNICIPALITY, "supervisor")
VERIFIER = Actor("verificatrice-01", "studio-riscontro", "verifier")

HOTELS = ("albergo-il-tiglio", "albergo-la-spola", "albergo-bella-vista")
GUEST_HOUSES = ("affittacamere-glicine", "affittacamere-melograno")

ACTORS = (*(actor for team in PROVIDERS.values() for actor in team), SUPERVISOR, VERIFIER)
