"""Which column of a payments file is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from domain.receivables.grid import Row
from domain.receivables.heading_words import fold_heading

PaymentRole = Literal[
    "day", "amount", "debit", "currency", "customer_id", "customer", "doc", "reference", "payment_id", "status"
]

_SEARCHED_ROWS: Final = 100
_WORDS: Final[dict[PaymentRole, str]] = {
    "day": "payment date|date|paid on|date paid|value date|posting date|booking date|transaction date|receipt date"
    "|date received"
    "|收款日期|付款日期|到账日期|入账日期|交易日期|日期|还款日期|到账时间|交易时间|回款日期|zahlungsdatum|buchungstag"
    "|buchungsdatum|valuta|wertstellung|datum|date de paiement|fecha|fecha de pago|data pagamento",
    "amount": "amount|payment amount|paid amount|amount paid|amount received|received|payment|paid|credit|credit amount"
    "|金额|收款金额|到账金额|付款金额|还款金额|入账金额|贷方金额|贷方发生额|收入金额|回款金额|betrag|zahlbetrag|haben|zahlung|montant|importe|importo",
    "debit": "debit|debit amount|借方金额|借方发生额|支出金额|soll|returned|退款金额",
    "currency": "currency|ccy|cur|currency code|币种|货币|währung|wahrung|devise|moneda|valuta iso",
    "customer_id": "customer id|customer no|customer no.|customer number|customer #|account|account no|account number"
    "|client id|client no|debtor no|debtor|cust|cust id|customer code"
    "|客户编号|客户号|客户代码|客户编码|kundennummer|kunden-nr|kundennr"
    "|debitor|debitorennummer",
    "customer": "customer|customer name|name|payer|payer name|client|company|paid by|counterparty|received from|客户|客户名称"
    "|付款人|付款方|姓名|户名|对方户名|付款人名称|kunde|kundenname|auftraggeber|zahler|client name|cliente",
    "doc": "invoice|invoice no|invoice no.|invoice number|invoice #|document|document no|document number|doc|doc no"
    "|applied to|bill|bill no|loan no|loan number|contract|contract no"
    "|发票号|发票号码|单据号|合同号|借据号|账单号|订单号|rechnung"
    "|rechnungsnummer|rechnungsnr|beleg|belegnummer|belegnr|facture|factura|fattura",
    "reference": "reference|ref|memo|description|details|narrative|payment reference|remittance"
    "|备注|摘要|附言|用途|verwendungszweck"
    "|referenz|text|buchungstext|libelle|concepto",
    "payment_id": "transaction id|payment id|payment no|payment number|receipt|receipt no|receipt number|transaction number"
    "|transaction|bank reference|txn id|流水号|交易流水号|交易号|收据号|凭证号|transaktions-id|zahlungsnummer",
    "status": "status|state|状态",
}
_ROLES: Final[dict[str, PaymentRole]] = {
    fold_heading(word): role for role, words in _WORDS.items() for word in words.split("|")
}


@dataclass(frozen=True, slots=True)
class PaymentColumns:
    """The heading's place, the column of each meaning, and the headings nobody understood."""

    row: int
    by_role: dict[PaymentRole, int]
    printed: tuple[str, ...]
    unread: tuple[str, ...]

    def at(self, cells: Sequence[object], role: PaymentRole) -> object | None:
        """Give the cell of a meaning, if the row has one."""
        index = self.by_role.get(role)
        return cells[index] if index is not None and index < len(cells) else None

    def repeats(self, cells: Sequence[object]) -> bool:
        """Tell whether a row prints the headings again."""
        return texts_of(cells) == self.printed


def find_columns(rows: Sequence[Row]) -> PaymentColumns | None:
    """Find the row that names a day, an amount and whom or what was paid for; ``None`` where there is none."""
    for index, row in enumerate(rows[:_SEARCHED_ROWS]):
        texts = texts_of(row.cells)
        by_role: dict[PaymentRole, int] = {}
        for column, text in enumerate(texts):
            role = _ROLES.get(fold_heading(text))
            if role is not None:
                by_role.setdefault(role, column)
        paid = "amount" in by_role or "debit" in by_role
        told = {"customer_id", "customer", "doc", "reference", "payment_id"} & set(by_role)
        if "day" in by_role and paid and told:
            known = set(by_role.values())
            unread = tuple(text for column, text in enumerate(texts) if text and column not in known)
            return PaymentColumns(index, by_role, texts, unread)
    return None


def texts_of(cells: Sequence[object]) -> tuple[str, ...]:
    """Give the words of a row without the empty cells at its end."""
    texts = [cell.strip() if isinstance(cell, str) else str(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
