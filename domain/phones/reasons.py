"""Why a text in a phone cell is not dialled, said to the person who reads the import report."""

from __future__ import annotations

from domain.i18n import tr
from domain.phones.model import RejectedText, RejectionCode


def reject(text: str, code: RejectionCode) -> RejectedText:
    """Refuse ``text`` and say why in the current language."""
    return RejectedText(text.strip(), _reason(code), code)


def _reason(code: RejectionCode) -> str:
    match code:
        case "ambiguous":
            return tr("It is not certain where one number ends and the next begins. Write one number per line.")
        case "date":
            return tr("This is a date, not a phone number.")
        case "digits_lost":
            return tr("The spreadsheet rounded this number and digits are lost. Take it from the original again.")
        case "do_not_call":
            return tr("The cell asks not to be called. Its numbers are kept, and calling them is stopped.")
        case "emergency":
            return tr("This is an emergency number and is never dialled.")
        case "fax":
            return tr("This is a fax number.")
        case "masked":
            return tr("Digits of this number are hidden. Ask for the full number.")
        case "no_number":
            return tr("The cell says that there is no number.")
        case "no_region":
            return tr("The country of this number is not known. Write it with + and the country code.")
        case "not_valid":
            return tr("No such number exists in this country's numbering plan.")
        case "short_number":
            return tr("This is a service's short number, not a customer's.")
        case "too_long":
            return tr("This number has too many digits.")
        case "too_short":
            return tr("Digits are missing, perhaps the area code.")
        case "words":
            return tr("These are words, not a phone number.")
