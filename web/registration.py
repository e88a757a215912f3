"""Registering a household with its first members: one schema for the form and the JSON API."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from marshmallow import ValidationError, post_load
from werkzeug.datastructures import MultiDict

from journeys.household.commands import Batch, envelope
from journeys.household.facts import HouseholdRegistered, MemberJoined, Referred
from journeys.household.personal import PERSON_FIELDS
from journeys.values import Actor
from web import fields
from web.answers import AnswersSchema, PersonSchema
from web.forms import told_wrong
from web.words.fields import hint_of, label_of

MOST_MEMBERS = 30
HEAD = "head"
JOINED = "at-registration"


class MemberSchema(PersonSchema):
    """Somebody who belongs to the household from the start."""

    relation = fields.Words(
        required=True,
        metadata={"label": label_of("member-joined", "relation"), "code": "member-relation"},
    )
    birth_month = fields.MonthOfYear(metadata={"label": label_of("member-joined", "birth_month")})
    municipality = fields.Words(
        fields.KEY,
        metadata={
            "label": label_of("member-joined", "municipality"),
            "hint": hint_of("member-joined", "municipality"),
        },
    )

    @post_load
    def _born(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        if told.get("birth_date"):
            told.setdefault("birth_month", str(told["birth_date"])[:7])
        return told


class Members(fields.Answer):
    """The members, each with what is wrong with it under its number."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not 0 < len(value) <= MOST_MEMBERS:
            raise self.make_error("list")
        told, wrong = [], {}
        for place, member in enumerate(value):
            try:
                told.append(MemberSchema(typed=self.typed).load(member))
            except ValidationError as refused:
                wrong[place] = told_wrong(refused)
        if wrong:
            raise ValidationError(wrong)
        return told


class RegistrationSchema(AnswersSchema):
    """A household as it enters the record. The first member is the person of reference."""

    effective_from = fields.Day(
        required=True,
        metadata={"label": label_of("registered", "effective_from"), "widget": "date"},
    )
    unit = fields.Words(
        required=True,
        metadata={"label": label_of("registered", "unit"), "code": "household-definition"},
    )
    members = Members(required=True, metadata={"label": label_of("registered", "members")})
    referral_source = fields.Words(
        metadata={"label": label_of("referred", "source"), "code": "referral-source"}
    )
    referred_on = fields.Day(
        metadata={"label": label_of("referred", "effective_from"), "widget": "date"}
    )
    programme = fields.Words(
        fields.KEY,
        metadata={
            "label": label_of("referred", "programme"),
            "hint": hint_of("referred", "programme"),
        },
    )


def typed_registration(form: MultiDict[str, str]) -> dict[str, Any]:
    """The answers of a submitted registration, its members by their number in the form."""
    members: dict[int, dict[str, str]] = {}
    answers: dict[str, Any] = {}
    for name, value in form.items():
        if found := re.fullmatch(r"members-([0-9]{1,2})-([a-z_]+)", name):
            members.setdefault(int(found[1]), {})[found[2]] = value
        elif name in RegistrationSchema().fields:
            answers[name] = value
    answers["members"] = [members[number] for number in sorted(members)]
    return answers


def batch(household: UUID, told: Mapping[str, Any], by: Actor) -> Batch:
    """The facts of a registration: the household, its members, and its referral if told."""
    day = told["effective_from"]
    shared = envelope(by, day)
    # Made from the household's id, so that the same registration sent twice tells the same facts.
    ids = [uuid5(household, f"member {place}") for place in range(len(told["members"]))]
    facts: list[Any] = [HouseholdRegistered(unit=told["unit"], reference_member=ids[0], **shared)]
    personal: dict[tuple[int, str], Any] = {}
    for member, about in zip(ids, told["members"], strict=True):
        personal |= {(len(facts), "person"): sealed} if (sealed := _sealed(about)) else {}
        facts.append(
            MemberJoined(
                member=member,
                joined_by=JOINED,
                relation=about["relation"],
                definitions=(told["unit"],),
                birth_month=about.get("birth_month"),
                municipality=about.get("municipality"),
                **shared,
            )
        )
    if told.get("referral_source"):
        facts.append(_referral(told, by, day))
    return Batch(household=household, facts=facts, personal=personal)


def _referral(told: Mapping[str, Any], by: Actor, day: dt.date) -> Referred:
    return Referred(
        source=told["referral_source"],
        programme=told.get("programme"),
        **envelope(by, told.get("referred_on") or day),
    )


def _sealed(about: Mapping[str, Any]) -> dict[str, str]:
    return {part: about[part] for part in PERSON_FIELDS if about.get(part)}
