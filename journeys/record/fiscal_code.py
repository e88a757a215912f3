"""Italian fiscal codes: checked, and brought to the one form that every variant shares."""

from __future__ import annotations

import re

from codicefiscale import codicefiscale

from journeys.errors import Refusal

LENGTH = 16


class UnfitFiscalCode(Refusal):
    """A text is no fiscal code: wrong length, wrong check letter, or a day that is none."""

    code = "unfit-fiscal-code"


def check_fiscal_code(text: str) -> str:
    """The fiscal code in its base form: upper case, no spaces, omocodia resolved.

    Where two people would share a code, the Agenzia delle Entrate replaces digits by letters
    (omocodia); the base form has the digits back, and its own check letter. Raises
    `UnfitFiscalCode`.
    """
    bare = re.sub(r"\s", "", text).upper()
    if len(bare) != LENGTH or not bare.isascii() or not bare.isalnum():
        raise UnfitFiscalCode("A fiscal code has 16 letters and digits.")
    try:
        base: str = codicefiscale.decode(bare)["omocodes"][0]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UnfitFiscalCode("The fiscal code is not valid: check its letters.") from error
    return base
