"""One entry as the record keeps it: its bytes, its fingerprint, and the proof that it is there."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Blueprint, abort, render_template

from journeys.clock import instant
from journeys.record.proofs import verify_inclusion
from journeys.record.tiles import inclusion_proof, root
from web.current import case, journeys, sees
from web.diary import shown
from web.policy import requires

entries = Blueprint("entries", __name__)


@entries.get("/households/<uuid:household>/entries/<int(max=9007199254740992):version>")
@requires("entry.inspect")
def show(household: UUID, version: int) -> str:
    """The entry, its state as stored, and its inclusion proof against the present root."""
    found, recorder = case(household), journeys().recorder
    entry = found.entry(version)
    stored = recorder.stream(household, after=version - 1)
    if not stored:
        abort(404)
    _, topic, state, recorded_at, position = stored[0]
    size = recorder.size()
    [leaf] = recorder.entries(0, position - 1, position)
    proof, top = inclusion_proof(position - 1, size, recorder), root(size, recorder)
    return render_template(
        "pages/entry.html",
        case=found,
        entry=shown(found, entry, correct=sees("household.correct")),
        title=found.fact_title(entry.current),
        place=version,
        topic=topic,
        state=json.dumps(json.loads(state), ensure_ascii=False, indent=2),
        recorded_at=instant(recorded_at),
        position=position,
        leaf=leaf.hex(),
        proof=[node.hex() for node in proof],
        root=top.hex(),
        size=size,
        holds=verify_inclusion(leaf, position - 1, size, proof, top),
    )
