"""The pages, one module per noun; `BLUEPRINTS` is all of them."""

from __future__ import annotations

from flask import Blueprint

from web.pages import (
    correct,
    entries,
    findings,
    health,
    household,
    households,
    log,
    record,
    register_household,
    retract,
    start,
    token,
)
from web.signin import signin

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.start,
    signin,
    households.households,
    household.pages,
    register_household.register,
    record.record,
    correct.correct,
    retract.retract,
    entries.entries,
    findings.findings,
    log.log,
    token.token,
    health.health,
)
