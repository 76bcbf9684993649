"""Payments files of banks and ledgers, read into payments: every row in one class, with the reason."""

from domain.cash.model import PaymentItem, PaymentsReading
from domain.cash.reading import payments_to_json, read_payment_grid

__all__ = ["PaymentItem", "PaymentsReading", "payments_to_json", "read_payment_grid"]
