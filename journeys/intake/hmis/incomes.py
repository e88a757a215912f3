"""IncomeBenefits: what a person lives on, from each source and in all, and the benefits seen."""

from __future__ import annotations

from journeys.household.facts import IncomeObserved
from journeys.intake.hmis.answers import CURRENCY, YES, Answer, answered_at
from journeys.intake.hmis.changes import Seen
from journeys.intake.hmis.tables import BENEFITS, INCOME_SOURCES, Line
from journeys.intake.hmis.telling import Stay, Telling


def tell_income(telling: Telling, stay: Stay, row: str, line: Line) -> list[Seen]:
    """Tell the incomes of a row; the benefits that it says yes or no to."""
    answer = answered_at(telling, stay, row, line)
    if answer is None:
        return []
    said, total, benefits, *rest = line.rest[1:]
    summed = _sources(answer, rest[len(BENEFITS) :])
    _total(answer, said, total, summed)
    return _benefits(answer, benefits, rest[: len(BENEFITS)])


def _sources(answer: Answer, values: list[str]) -> int:
    """Tell the income from each source, and sum them up. `values` are flags and amounts in turn."""
    summed = 0
    flags, amounts = values[::2], values[1::2]
    if "1" not in flags and not any(amounts):
        return 0
    for (name, code), flag, text in zip(INCOME_SOURCES.items(), flags, amounts, strict=True):
        if flag != "1" and not text:
            continue
        amount = answer.cents(name, text)
        if flag == "1" and not text:
            answer.find("no-amount", f"There is an income «{name}», without its amount.")
        elif flag != "1" and amount:
            sentence = f"There is an amount of «{name}», but the row does not say yes to it."
            answer.leave_out("contradiction", sentence)
        elif flag == "1" and amount is not None:
            summed += amount
            _income(answer, code, amount)
    return summed


def _total(answer: Answer, said: str, text: str, summed: int) -> None:
    """Tell the total: the amount given, zero for "no income", or that it is not known.

    A total that is left empty is not made up from its sources: the source did not say it.
    """
    total = answer.cents("TotalMonthlyIncome", text)
    if not text and said == "0":
        total = 0
    if total is None:
        answer.measure("hud-income-not-known", YES)
        return
    if said == "0" and (total or summed):
        answer.find("contradiction", "The row says no income, and gives amounts.")
    elif total != summed:
        sentence = f"The total of {_dollars(total)} is not the sum of its sources: "
        answer.find("total-differs", sentence + f"{_dollars(summed)}.")
    _income(answer, "total", total)


def _income(answer: Answer, source: str, amount: int) -> None:
    answer.say(
        source,
        IncomeObserved,
        {
            "source": source,
            "amount": amount,
            "currency": CURRENCY,
            "occasion": answer.occasion,
        },
        links=answer.enrolment,
    )


def _benefits(answer: Answer, said: str, flags: list[str]) -> list[Seen]:
    """What each column says; "no benefit at all" answers for the columns left empty."""
    return [
        Seen(answer.on, answer.line, answer.row, code, flag == "1")
        for code, flag in zip(BENEFITS.values(), flags, strict=True)
        if flag in ("0", "1") or (said == "0" and not flag)
    ]


def _dollars(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
