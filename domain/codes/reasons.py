"""Why a debt is overdue: codes in groups, with names in both languages."""

from __future__ import annotations

from typing import Final

from domain.i18n import language
from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for default."""

    id: str
    group: str
    en: str
    zh: str

    @property
    def name(self) -> str:
        """The reason in the interface language."""
        return self.zh if language() == "zh" else self.en


REASONS: Final = (
    Reason("unemployed", "income", "unemployed", "失业"),
    Reason("income_cut", "income", "income cut", "收入减少"),
    Reason("business_failure", "income", "business failed", "经营失败"),
    Reason("payroll_late", "income", "wages paid late", "工资延发"),
    Reason("parental_leave", "income", "parental leave", "产假或育儿假"),
    Reason("over_indebted", "outgo", "too many debts", "多头负债"),
    Reason("medical", "outgo", "medical costs", "医疗支出"),
    Reason("family", "outgo", "illness or death in the family", "家人患病或去世"),
    Reason("disaster", "outgo", "disaster", "灾害"),
    Reason("divorce", "outgo", "divorce", "离婚"),
    Reason("tax", "outgo", "taxes", "税款"),
    Reason("fraud_victim", "outgo", "victim of fraud", "遭遇诈骗"),
    Reason("forgot", "process", "forgot", "忘记还款"),
    Reason("no_bill", "process", "no bill received", "未收到账单"),
    Reason("autopay_failed", "process", "automatic payment failed", "自动扣款失败"),
    Reason("transfer_pending", "process", "transfer on its way", "转账在途"),
    Reason("paid_already", "process", "says it is paid", "称已还款"),
    Reason("wrong_account", "process", "paid to the wrong account", "付错账户"),
    Reason("payment_problem", "process", "payment problem", "支付故障"),
    Reason("waiting_approval", "process", "waiting for approval", "等待审批"),
    Reason("payment_run", "process", "in the next payment run", "已排入付款批次"),
    Reason("cash_flow", "process", "cash flow", "资金周转"),
    Reason("amount", "dispute", "amount is wrong", "金额有误"),
    Reason("fee", "dispute", "fee is unfair", "费用争议"),
    Reason("quality", "dispute", "quality or delivery", "质量或交付问题"),
    Reason("price", "dispute", "price", "价格争议"),
    Reason("cancelled", "dispute", "cancelled", "已取消"),
    Reason("not_mine", "dispute", "not their debt", "非本人债务"),
    Reason("credit_note", "dispute", "credit note due", "应有贷项"),
    Reason("refuses", "unwilling", "refuses", "拒绝还款"),
    Reason("strategic", "unwilling", "will not pay although able", "有能力而不还"),
    Reason("time_barred", "unwilling", "believes it is time-barred", "认为已过时效"),
    Reason("intermediary", "unwilling", "paid an intermediary", "已付中介"),
    Reason("moved", "status", "moved", "已搬迁"),
    Reason("imprisoned", "status", "imprisoned", "服刑"),
    Reason("military", "status", "in military service", "服役"),
    Reason("incapable", "status", "not legally capable", "无行为能力"),
    Reason("vulnerable", "status", "vulnerable", "弱势群体"),
)


def reason(code: str | None) -> Reason | None:
    """Find a reason by its code."""
    return next((each for each in REASONS if each.id == code), None)


def find_reasons(words: str) -> tuple[Reason, ...]:
    """Find the reasons whose code or name contains ``words``, in either language."""
    wanted = words.strip().casefold()
    return tuple(each for each in REASONS if wanted in each.id or wanted in each.en or wanted in each.zh)
