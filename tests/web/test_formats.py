"""Dates, instants, periods and money as people read and type them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import formats

UTC = st.just(dt.UTC)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
NBSP = "\N{NO-BREAK SPACE}"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(("language", "written"), [("it", "3 marzo 2026"), ("en", "3 March 2026")])
def test_a_day_is_written_in_words_in_the_readers_language(language: str, written: str) -> None:
    assert formats.long_date(day("2026-03-03"), language) == written


def test_a_short_day_is_written_as_it_is_typed() -> None:
    assert formats.short_date(day("2026-03-03")) == "03/03/2026"


@pytest.mark.parametrize(
    ("instant", "language", "written"),
    [
        ("2026-03-03T13:05:59+00:00", "it", "3 marzo 2026, ore 14:05"),
        ("2026-07-03T13:05:00+00:00", "en", "3 July 2026, 15:05"),
        ("2026-12-31T23:30:00+00:00", "it", "1 gennaio 2027, ore 00:30"),
    ],
)
def test_an_instant_is_written_in_the_calendar_of_rome(
    instant: str, language: str, written: str
) -> None:
    assert formats.instant(moment(instant), language) == written


def test_the_hour_that_comes_twice_is_told_apart_by_its_offset() -> None:
    first, second = moment("2026-10-25T00:30:00+00:00"), moment("2026-10-25T01:30:00+00:00")
    assert formats.short_instant(first) == "25/10/2026 02:30 (UTC+2)"
    assert formats.short_instant(second) == "25/10/2026 02:30 (UTC+1)"


def test_an_instant_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        formats.instant(dt.datetime(2026, 3, 3))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "until", "italian", "english"),
    [
        ("2026-03-03", "2026-04-06", "dal 3 marzo al 5 aprile 2026",
         "from 3 March to 5 April 2026"),
        ("2026-03-03", "2026-03-10", "dal 3 al 9 marzo 2026", "from 3 to 9 March 2026"),
        ("2025-12-30", "2026-01-03", "dal 30 dicembre 2025 al 2 gennaio 2026",
         "from 30 December 2025 to 2 January 2026"),
        ("2025-03-03", "2026-03-10", "dal 3 marzo 2025 al 9 marzo 2026",
         "from 3 March 2025 to 9 March 2026"),
        ("2026-03-08", "2026-04-12", "dall’8 marzo all’11 aprile 2026",
         "from 8 March to 11 April 2026"),
        ("2026-03-03", "2026-03-04", "il 3 marzo 2026", "on 3 March 2026"),
        ("2026-03-08", "2026-03-09", "l’8 marzo 2026", "on 8 March 2026"),
        ("2026-03-03", None, "dal 3 marzo 2026", "from 3 March 2026"),
    ],
)  # fmt: skip
def test_a_half_open_period_is_read_as_inclusive_days(
    start: str, until: str | None, italian: str, english: str
) -> None:
    days = (day(start), day(until) if until else None)
    assert formats.period(*days, "it") == italian
    assert formats.period(*days, "en") == english


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="no day"):
        formats.period(day("2026-03-03"), day("2026-03-03"))


@pytest.mark.parametrize(
    ("until", "written"),
    [
        ("2026-03-04", "3 marzo 2026"),
        ("2026-03-10", "Dal 3 al 9 marzo 2026"),
        (None, "Dal 3 marzo 2026"),
    ],
)
def test_an_entry_is_headed_by_its_days(until: str | None, written: str) -> None:
    assert formats.when(day("2026-03-03"), day(until) if until else None) == written


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (123450, "EUR", "it", f"1.234,50{NBSP}€"),
        (123450, "EUR", "en", "€1,234.50"),
        (-5, "EUR", "it", f"-0,05{NBSP}€"),
        (1500, "JPY", "en", "¥1,500"),
        (10**17 + 1, "USD", "en", "$1,000,000,000,000,000.01"),
    ],
)
def test_money_is_written_from_whole_minor_units(
    minor: int, currency: str, language: str, written: str
) -> None:
    assert formats.money(minor, currency, language) == written


def test_a_fingerprint_is_read_four_digits_at_a_time() -> None:
    assert formats.fingerprint("9f3c07d2ab") == "9f3c 07d2 ab"


@pytest.mark.parametrize("text", ["03/03/2026", "3/3/2026", " 3.3.2026 ", "3-3-2026", "2026-03-03"])
def test_a_day_is_read_in_the_ways_people_write_it(text: str) -> None:
    assert formats.parse_day(text) == day("2026-03-03")


@pytest.mark.parametrize(
    "text",
    ["", "31/02/2026", "3/3/26", "03/13/2026", "2026-3-3", "٣/٣/2026", "3/3/2026 x", "0/1/2026"],
)
def test_a_day_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="27/03/2026"):
        formats.parse_day(text)


@given(DAYS)
def test_a_short_day_reads_back_as_itself(any_day: dt.date) -> None:
    assert formats.parse_day(formats.short_date(any_day)) == any_day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("27/03/2026", "2026-03-27T22:59:59.999999+00:00"),
        ("29/03/2026", "2026-03-29T21:59:59.999999+00:00"),
        ("27/03/2026 18:30", "2026-03-27T17:30:59.999999+00:00"),
        ("27/03/2026 18:30:05", "2026-03-27T17:30:05.999999+00:00"),
        ("25/10/2026 02:30", "2026-10-25T01:30:59.999999+00:00"),
        ("2026-03-27T18:30:00+01:00", "2026-03-27T17:30:00+00:00"),
    ],
)
def test_known_at_means_the_end_of_the_day_or_minute_typed(text: str, instant: str) -> None:
    assert formats.parse_instant(text) == moment(instant)


@pytest.mark.parametrize(
    "text",
    [
        "ieri",
        "27/03/2026 25:00",
        "27/03/2026 6",
        "29/03/2026 02:30",  # the clocks went from 02:00 to 03:00
        "2026-03-27T18:30:00",
        "31/12/9999",
        "T",
    ],
)
def test_an_instant_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="18:30"):
        formats.parse_instant(text)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1.234,50", 123450),
        ("1234,5", 123450),
        ("1 234", 123400),
        (f"1{NBSP}234,50 €", 123450),
        ("€ 20", 2000),
        ("1.234", 123400),
        ("1234.50", 123450),
        ("1,234.50", 123450),
        ("-0,05", -5),
        ("0", 0),
    ],
)
def test_an_amount_is_read_in_the_ways_people_write_it(text: str, minor: int) -> None:
    assert formats.parse_money(text) == minor


@pytest.mark.parametrize(
    "text", ["", "€", "tanto", "1,234", "1.23.4", "12,345", "1e3", "1.234.50", "--1", "1,2,3", "٣"]
)
def test_an_amount_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cifre"):
        formats.parse_money(text)


def test_cents_of_a_currency_that_has_none_are_refused() -> None:
    with pytest.raises(ValueError, match="cifre"):
        formats.parse_money("10,50", "JPY")


@given(st.integers(-(2**53), 2**53), st.sampled_from(["EUR", "JPY"]))
def test_an_amount_as_typed_reads_back_as_itself(minor: int, currency: str) -> None:
    assert formats.parse_money(formats.typed_money(minor, currency), currency) == minor


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 12, 31), timezones=UTC))  # noqa: DTZ001
def test_an_instant_as_typed_reads_back_as_itself(moment: dt.datetime) -> None:
    assert formats.parse_instant(formats.typed_instant(moment)) == moment


@pytest.mark.parametrize(
    "text", ["27/03/2026", "27/03/2026 18:30", "27/03/2026 18:30:05", "25/10/2026 02:30"]
)
def test_an_instant_is_typed_as_shortly_as_it_was(text: str) -> None:
    assert formats.typed_instant(formats.parse_instant(text)) == text


READERS = [formats.parse_day, formats.parse_instant, formats.parse_money]
WRONG = {formats.DAY_WRONG, formats.INSTANT_WRONG, formats.MONEY_WRONG}


@pytest.mark.parametrize("read", READERS)
@given(text=st.text(max_size=40) | st.text("0123456789/.-:,T +", max_size=25))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(
    read: Callable[[str], object], text: str
) -> None:
    try:
        read(text)
    except ValueError as error:
        refusal = str(error)
    else:
        return
    assert refusal in WRONG
