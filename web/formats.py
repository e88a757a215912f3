"""How dates, instants, periods and money are written for people, and read back as typed.

Pure functions of their arguments: the language is passed in (`"it"` or `"en"`) and nothing reads
the clock. `web.languages` makes Jinja filters of those that show, in the reader's language.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision

ROME = ZoneInfo("Europe/Rome")
ONE_DAY = dt.timedelta(days=1)


def marked(sentence: str) -> str:
    """Show a sentence to the collector of translations; whoever displays it translates it."""
    return sentence


DAY_WRONG = marked("Scrivi la data come gg/mm/aaaa, per esempio 27/03/2026.")
INSTANT_WRONG = marked("Scrivi il giorno come gg/mm/aaaa, con l’ora se serve: 27/03/2026 18:30.")
MONEY_WRONG = marked("Scrivi l’importo in cifre, per esempio 1.234,50.")

# `[0-9]`, not `\d`: digits of other scripts would pass `\d` and read as numbers.
DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
CLOCK_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?")
AMOUNT = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:[. '’][0-9]{3})+)(?:,([0-9]{1,2}))?")
AMOUNT_WITH_POINT = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]{1,2})")


def long_date(day: dt.date, language: str = "it") -> str:
    """«3 marzo 2026», «3 March 2026»."""
    return format_date(day, "d MMMM y", locale=language)


def short_date(day: dt.date) -> str:
    """«03/03/2026» in both languages: the form in which days are also typed."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def instant(moment: dt.datetime, language: str = "it", zone: ZoneInfo = ROME) -> str:
    """«3 marzo 2026, ore 14:05», «3 March 2026, 14:05», in the calendar of `zone`.

    In the hour that an autumn night has twice, the offset is added, so that two instants are
    never written alike. Raises ValueError for a naive datetime.
    """
    local = _local(moment, zone)
    word = "ore " if language == "it" else ""
    return f"{long_date(local.date(), language)}, {word}{_time_of_day(local)}"


def short_instant(moment: dt.datetime, zone: ZoneInfo = ROME) -> str:
    """«03/03/2026 14:05», for tables; the offset is added as in `instant`."""
    local = _local(moment, zone)
    return f"{short_date(local.date())} {_time_of_day(local)}"


def _local(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs its offset: {moment.isoformat()}")
    return moment.astimezone(zone)


def _time_of_day(local: dt.datetime) -> str:
    written = f"{local.hour:02}:{local.minute:02}"
    offset = local.utcoffset() or dt.timedelta()
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        written += f" (UTC{offset // dt.timedelta(hours=1):+d})"
    return written


def period(start: dt.date, until: dt.date | None = None, language: str = "it") -> str:
    """The days of the half-open `[start, until)`, as inclusive days inside a sentence.

    «il 3 marzo 2026», «dal 3 al 9 marzo 2026», «dal 3 marzo al 5 aprile 2026», «dal 3 marzo 2026»
    where `until` is None. Raises ValueError for a period without a day.
    """
    if until is None:
        return _days(_SINCE[language], start, language)
    last = _last_day(start, until)
    if last == start:
        return _days(_ON[language], start, language)
    beginning = _days(_SINCE[language], start, language, before=last)
    return f"{beginning} {_days(_TO[language], last, language)}"


def when(start: dt.date, until: dt.date | None = None, language: str = "it") -> str:
    """The same period as the heading of an entry: «3 marzo 2026», «Dal 3 al 9 marzo 2026»."""
    if until is not None and _last_day(start, until) == start:
        return long_date(start, language)
    words = period(start, until, language)
    return words[0].upper() + words[1:]


def _last_day(start: dt.date, until: dt.date) -> dt.date:
    if until <= start:
        raise ValueError(f"no day lies in [{start}, {until})")
    return until - ONE_DAY


# Before «otto» and «undici» the Italian article loses its vowel.
_ON = {"it": ("il ", "l’"), "en": ("on ", "on ")}
_SINCE = {"it": ("dal ", "dall’"), "en": ("from ", "from ")}
_TO = {"it": ("al ", "all’"), "en": ("to ", "to ")}


def _days(
    words: tuple[str, str], day: dt.date, language: str, before: dt.date | None = None
) -> str:
    """A day with its preposition, without the month and year that `before` will say again."""
    pattern = "d MMMM y"
    if before is not None and day.year == before.year:
        pattern = "d" if day.month == before.month else "d MMMM"
    return words[day.day in (8, 11)] + format_date(day, pattern, locale=language)


def money(minor: int, currency: str = "EUR", language: str = "it") -> str:
    """Integer minor units as people write them: «1.234,50 €», «€1,234.50»."""
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=language)


def number(value: int | Decimal, language: str = "it") -> str:
    """Grouped by thousands: «12.345», «12,345»."""
    return format_decimal(value, locale=language)


def typed_money(minor: int, currency: str = "EUR") -> str:
    """Minor units as they are typed into a form: «1234,50». `parse_money` reads it back."""
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}".replace(".", ",")


def fingerprint(digest: str) -> str:
    """A hexadecimal digest in groups of four, so that two people can compare it aloud."""
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def parse_day(text: str) -> dt.date:
    """The day that was typed: gg/mm/aaaa, g/m/aaaa (also with `.` or `-`) or ISO aaaa-mm-gg.

    Raises ValueError with a sentence for the person who typed (`DAY_WRONG`).
    """
    stripped = text.strip()
    if found := DAY_FIRST.fullmatch(stripped):
        day, month, year = found.groups()
    elif found := ISO_DAY.fullmatch(stripped):
        year, month, day = found.groups()
    else:
        raise ValueError(DAY_WRONG)
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(DAY_WRONG) from None


def parse_instant(text: str, zone: ZoneInfo = ROME) -> dt.datetime:
    """The last microsecond, UTC, of the day or minute that was typed in the calendar of `zone`.

    «Known on the 27th» means all that was known when that day ended. In the hour that an autumn
    night has twice the later one is meant. ISO 8601 with an offset is taken exactly.
    Raises ValueError (`INSTANT_WRONG`).
    """
    stripped = text.strip()
    if "T" in stripped:
        return _exact(stripped)
    day, _, clock = stripped.partition(" ")
    try:
        start = dt.datetime.combine(parse_day(day), dt.time(fold=1), zone)
        if not clock:
            following = dt.datetime.combine(start.date() + ONE_DAY, dt.time(), zone)
            return following.astimezone(dt.UTC) - dt.timedelta(microseconds=1)
        return _end_of_minute(start, clock.strip())
    except (ValueError, OverflowError):
        raise ValueError(INSTANT_WRONG) from None


def typed_instant(moment: dt.datetime, zone: ZoneInfo = ROME) -> str:
    """The shortest writing that `parse_instant` reads back as exactly this instant.

    The day alone for its end, day and time for the end of a minute or second, else ISO 8601.
    """
    local = _local(moment, zone)
    day = short_date(local.date())
    for written in (day, f"{day} {local:%H:%M}", f"{day} {local:%H:%M:%S}"):
        try:
            if parse_instant(written, zone) == moment:
                return written
        except ValueError:  # the last day of the calendar has no end
            continue
    return moment.astimezone(dt.UTC).isoformat()


def _exact(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(INSTANT_WRONG)


def _end_of_minute(day: dt.datetime, clock: str) -> dt.datetime:
    found = CLOCK_TIME.fullmatch(clock)
    if not found:
        raise ValueError(INSTANT_WRONG)
    hour, minute, second = found.groups()
    local = day.replace(hour=int(hour), minute=int(minute), second=int(second or 59))
    moment = local.replace(microsecond=999_999).astimezone(dt.UTC)
    # A spring night has no such minute: the round trip lands on another one.
    if moment.astimezone(day.tzinfo).replace(tzinfo=None) != local.replace(
        microsecond=999_999, tzinfo=None
    ):
        raise ValueError(INSTANT_WRONG)
    return moment


def parse_money(text: str, currency: str = "EUR") -> int:
    """Minor units of an amount as typed: «1.234,50», «1234,5», «1 234», «1,234.50», «1234.5».

    A point before exactly three digits groups thousands, as Italians write; a comma before three
    digits says two things in two languages and is refused. Raises ValueError (`MONEY_WRONG`).
    """
    stripped = text.strip().removesuffix("€").removeprefix("€").replace("\N{NO-BREAK SPACE}", " ")
    found = AMOUNT.fullmatch(stripped.strip()) or AMOUNT_WITH_POINT.fullmatch(stripped.strip())
    if not found:
        raise ValueError(MONEY_WRONG)
    sign, whole, fraction = found.groups()
    digits = get_currency_precision(currency)
    if len(fraction or "") > digits:
        raise ValueError(MONEY_WRONG)
    return int(sign + re.sub("[^0-9]", "", whole) + (fraction or "").ljust(digits, "0"))
