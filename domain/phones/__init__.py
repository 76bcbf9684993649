"""What a phone cell means: the numbers that may be dialled, and why the rest may not.

People type two numbers, an extension, a name and a request not to be called into one spreadsheet cell. The functions
here read such a cell and answer with *valid* numbers only; everything else comes back with a reason, never silently.
The numbering plans come from libphonenumber, which is imported when the first cell is read and not before.
"""

from domain.phones.model import PhoneCell, PhoneNumber, Place, RejectedText
from domain.phones.reading import read_phone_cell
from domain.phones.showing import display, masked, zones_of

__all__ = ["PhoneCell", "PhoneNumber", "Place", "RejectedText", "display", "masked", "read_phone_cell", "zones_of"]
