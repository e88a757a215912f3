"""The questions of a form: a schema's fields with the choices that one household offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from flask_babel import gettext
from marshmallow.fields import Field

from journeys.household.facts import Fact
from web.answers import PersonAnswer, PersonSchema
from web.case import Case
from web.choices import Option, options_of, with_current
from web.forms import FactSchema
from web.many import Several
from web.recording import carried_ids

MOST_RADIOS = 6
MORE = frozenset(
    {
        "currency",
        "reason",
        "attested_by",
        "attestor_interested",
        "evidence",
        "occasion",
        "enrolment",
    }
    | {
        "municipality",
        "look_back",
        "birth_month",
        "project_type",
        "programme",
        "relation",
        "cohort",
    }
)
"""Optional answers that few forms need: folded away at the end."""

UNASKED = frozenset({"party"})
"""An id of an outside source, which nobody types."""


class Question(msgspec.Struct):
    """One question as the macro `ui.field` takes it, with its answer so far and what is wrong."""

    name: str
    metadata: dict[str, Any]
    required: bool = False
    value: Any = None
    errors: Any = None
    options: list[Option] | None = None
    likely: Any = None
    """The answer that the form begins with, which nobody has given yet."""
    data_key: str | None = None


class Group(msgspec.Struct):
    """Questions under one heading, or under none; `folded` ones are shown on demand."""

    questions: list[Question]
    title: str | None = None
    hint: str | None = None
    folded: bool = False
    rest: dict[str, Any] = {}
    """What is wrong with the whole, or with what the form does not ask."""

    @property
    def touched(self) -> bool:
        """Whether one of its questions is answered or wrong, and must be seen."""
        return any(q.errors or (q.value and q.value != q.likely) for q in self.questions)


def groups(
    schema: FactSchema,
    case: Case,
    answers: Mapping[str, Any],
    errors: Mapping[str, Any],
    skip: frozenset[str] = frozenset(),
) -> list[Group]:
    """The questions of a form with `answers` as typed, in the order in which they are asked.

    Single questions come first, then those under headings, then the folded ones. `skip` names
    fields that are not asked here.
    """
    main, more = Group([]), Group([], gettext("Altri dati, se servono"), folded=True)
    headed: list[Group] = []
    for name, field in schema.fields.items():
        answer, wrong = answers.get(name), errors.get(name)
        if name in skip or name in UNASKED or name in carried_ids(schema.KIND):
            continue
        if isinstance(field, PersonAnswer):
            asked = _person(name, answer, wrong)
            main.questions += [q for q in asked if q.name not in MORE]
            more.questions += [q for q in asked if q.name in MORE]
        elif field.metadata.get("widget") == "pairs":
            headed.append(_pairs(name, field, case, answer, wrong))
        else:
            place = more if name in MORE and not field.required else main
            if name == "currency":
                place = more
            asked_for = _question(schema.KIND, name, field, case, answer, wrong)
            asked_for.likely = _likely(schema.KIND).get(name)
            place.questions.append(asked_for)
    return [group for group in (main, *headed, more) if group.questions]


def _question(
    kind: type[Fact], name: str, field: Field[Any], case: Case, answer: Any, wrong: Any
) -> Question:
    options = options_of(kind, field, case)
    about = dict(field.metadata)
    if options is not None:
        options = with_current(options, answer, case, field)
        about["widget"] = _widget(field, options)
        if about["widget"] == "radios" and len(options) == 1 and answer is None:
            answer = options[0][0]
    elif about.get("widget") not in ("date", "textarea", "number", "money"):
        about["widget"] = "text"
    return Question(name, about, field.required, answer, wrong, options)


def _widget(field: Field[Any], options: list[Option]) -> str:
    if isinstance(field, Several):
        return "checkboxes"
    # A radio button once chosen cannot be left blank again without script.
    return "radios" if field.required and len(options) <= MOST_RADIOS else "select"


def _person(name: str, answer: Any, wrong: Any) -> list[Question]:
    told = answer if isinstance(answer, Mapping) else {}
    errors = wrong if isinstance(wrong, Mapping) else {}
    questions = []
    for part, field in PersonSchema().fields.items():
        about = {"widget": "text", "autocomplete": "off", **field.metadata}
        problem = errors.get(part) or (wrong if part == "name" and wrong is not errors else None)
        questions.append(Question(f"{name}-{part}", about, False, told.get(part), problem))
    return questions


def _pairs(name: str, field: Field[Any], case: Case, answer: Any, wrong: Any) -> Group:
    told = answer if isinstance(answer, Mapping) else {}
    errors = wrong if isinstance(wrong, Mapping) else {}
    listed = case.codes.options(field.metadata["code"], case.language, document=case.document)
    known = [code for code, _ in listed]
    listed += [
        (c, case.codes.label(field.metadata["code"], c, case.language))
        for c in told
        if c not in known
    ]
    questions = [
        Question(
            f"{name}-{code}",
            {"widget": "text", "width": "short", "label": label, "inputmode": "decimal"},
            True,
            told.get(code),
            errors.get(code),
        )
        for code, label in listed
    ]
    if wrong and wrong is not errors and questions:
        questions[0].errors = wrong
    return Group(questions, str(field.metadata["label"]), str(field.metadata.get("hint") or ""))


def starting_answers(
    schema: FactSchema, carried: Mapping[str, str], organisation: str, actor: str
) -> dict[str, Any]:
    """What a new form says before anybody has typed: ids carried along, and likely answers."""
    answers: dict[str, Any] = {name: carried[name] for name in schema.fields if name in carried}
    theirs = {"decided_by": organisation, "rater": actor}
    for name, likely in (_likely(schema.KIND) | theirs).items():
        if name in schema.fields:
            answers.setdefault(name, likely)
    return answers


def _likely(kind: type[Fact]) -> dict[str, str]:
    """Answers that hold unless somebody gives others, as they are typed."""
    defaults = {f.name: f.default for f in msgspec.structs.fields(kind) if not f.required}
    likely = {name: str(told) for name, told in defaults.items() if type(told) in (str, int)}
    return {"currency": "EUR"} | likely


def labels(asked: Iterable[Group]) -> dict[str, str]:
    """Field id to label, for the summary of what is wrong."""
    return {q.name: str(q.metadata.get("label", q.name)) for g in asked for q in g.questions}


def wrong_in(asked: Iterable[Group]) -> dict[str, Any]:
    """Everything that is wrong in the questions shown, for the summary above the form."""
    wrong: dict[str, Any] = {}
    for group in asked:
        wrong |= group.rest
        wrong |= {q.name: q.errors for q in group.questions if q.errors}
    return wrong


def rest_of(errors: Mapping[str, Any], asked: Iterable[Group]) -> dict[str, Any]:
    """Errors that no question shows, as errors of the whole form."""
    shown = {q.name.partition("-")[0] for group in asked for q in group.questions if q.errors}
    unseen = [said for name, said in errors.items() if name not in shown]
    return {"_schema": unseen} if unseen else {}
