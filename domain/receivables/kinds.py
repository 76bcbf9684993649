"""Whether an item is an invoice, a credit, a payment or a whole balance, by the ledger's own word or by its shape."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from domain.receivables.model import ItemKind
from domain.text import fold

# The first pattern that is found decides, so "credit card payment" is a payment and "credit memo" a credit.
_WORDS: Final[tuple[tuple[ItemKind, re.Pattern[str]], ...]] = (
    (
        "payment",
        re.compile(
            r"payment|receipt|deposit|prepay|zahlung|eingang|paiement|reglement|encaissement|pago|cobro|anticipo|pagamento"
            r"|incasso|betaling|ontvangst|pagament|inbetalning|odeme|tahsilat|plata|incasare|uplata|cobrament|دفعة|سداد"
            r"|收款|回款|付款|预收|到账|入金|領収|^dz$|^za$"
        ),
    ),
    (
        "credit",
        re.compile(
            r"credit|gutschrift|gutschr|storno|avoir|abono|nota de credito|rectificativ|nota di credito|creditnota|kredit"
            r"|iade|odobrenje|abonament|refund|return|إشعار دائن|红字|紅字|贷项|退货|冲红|赤伝|返品|^dg$|^cm$|^cn$|^rv-?cr$"
        ),
    ),
    (
        "journal",
        re.compile(
            r"journal|general entry|umbuchung|ecriture|asiento|giroconto|memoriaal|转账|調整|调整|振替|^je$|^sa$|^ab$"
        ),
    ),
    ("balance", re.compile(r"balance|opening|saldo|vortrag|solde|report a nouveau|期初|余额|繰越|残高")),
    (
        "invoice",
        re.compile(
            r"invoice|^inv|bill|rechnung|faktura|facture|factura|fattura|factuur|fatura|racun|فاتورة|发票|發票|应收|销售|請求|売上"
            r"|debit|charge|sale|^rv$|^dr$"
        ),
    ),
)


def kind_of(word: str | None, *, negative: bool, documented: bool) -> ItemKind:
    """Tell the kind of an item.

    ``word`` is what the ledger calls it. Without one, a negative document is a credit, and a figure with neither
    document nor date is the customer's balance.
    """
    if word:
        return _kind_named(word)
    if not documented:
        return "balance"
    return "credit" if negative else "invoice"


@lru_cache(maxsize=512)
def _kind_named(word: str) -> ItemKind:
    plain = fold(word.strip())
    for kind, pattern in _WORDS:
        if pattern.search(plain):
            return kind
    return "other"
