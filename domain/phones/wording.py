"""The words found in phone cells: labels, extensions, requests not to call, and ways of saying "none".

Lists of the trade's words in the languages spreadsheets come in. Adding a language means adding words here.
"""

from __future__ import annotations

import re
from typing import Final

# Labels of alphabets that separate words; compared case-folded with whole words.
LABEL_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("h", "hm", "hp", "home", "house", "res", "residence", "privat", "privé", "casa", "дом"), "home"),
    **dict.fromkeys(
        (
            "w",
            "wk",
            "work",
            "o",
            "off",
            "office",
            "b",
            "bus",
            "business",
            "geschäftlich",
            "dienst",
            "bureau",
            "oficina",
        ),
        "work",
    ),
    **dict.fromkeys(("trabajo", "escritório", "trabalho", "раб", "рабочий", "company", "employer"), "work"),
    **dict.fromkeys(
        ("m", "mob", "mobile", "mobil", "c", "cel", "cell", "cellphone", "cellular", "handy", "portable", "celular"),
        "mobile",
    ),
    **dict.fromkeys(("móvil", "movil", "моб", "мобильный", "сот", "携帯", "휴대폰"), "mobile"),
    **dict.fromkeys(("f", "fax", "telefax", "fx", "факс", "ファックス", "팩스"), "fax"),
}

# Chinese and Japanese labels stand inside longer runs of characters; the longest is looked for first.
LABEL_CHARACTERS: Final[dict[str, str]] = {
    **dict.fromkeys(("手机号码", "手机号", "手机", "手機", "移动电话", "行動電話", "携帯"), "mobile"),
    **dict.fromkeys(("家庭电话", "住宅电话", "家庭", "住宅", "宅电", "自宅", "家电", "家"), "home"),
    **dict.fromkeys(
        ("单位电话", "办公电话", "公司电话", "单位", "办公室", "办公", "公司", "會社", "会社", "勤務先"), "work"
    ),
    **dict.fromkeys(("传真", "傳真"), "fax"),
}

# Words that only say "this is a phone number" or join two of them.
NOISE_WORDS: Final = frozenset(
    {
        *(
            "tel",
            "tél",
            "telephone",
            "telefon",
            "teléfono",
            "telefone",
            "fon",
            "phone",
            "ph",
            "p",
            "t",
            "no",
            "nr",
            "num",
        ),
        *(
            "number",
            "numbers",
            "call",
            "contact",
            "or",
            "and",
            "und",
            "oder",
            "ou",
            "et",
            "y",
            "e",
            "тел",
            "телефон",
            "и",
        ),
        *("sms", "callto", "電話", "전화", "번호"),
    }
)
NOISE_CHARACTERS: Final = (
    *("联系电话", "联系方式", "联系号码", "电话号码", "固定电话", "座机号", "电话号", "电话", "電話", "座机", "固话"),
    *("号码", "號碼", "号", "或者", "以及", "或", "和", "及", "与", "転"),
)

EXTENSION: Final = re.compile(
    r"""[\s,;.\-()/]*
    (?: \#
      | (?:ext|extn|extension|extens|xtn|x|int|interno|poste|ramal|anexo|dw|durchwahl|klappe|wew|доб|добавочный|вн)
      | (?:转接分机|转分机|转接|转|轉|分机号码|分机号|分机|分機|内线|內線|内線|내선|구내|ต่อ)
    )
    [\s.:=号\#]*""",
    re.IGNORECASE | re.VERBOSE,
)
# Two or more commas are the pauses dialled before an extension.
PAUSED_EXTENSION: Final = re.compile(r"\s*,{2,}\s*")

DO_NOT_CALL: Final = re.compile(
    r"""\b(?:please\s+)?(?:do\s*n[o']?t|don't|never|no\s+more|stop)\s+(?:ever\s+)?(?:phon|call|ring|contact|dial)\w*
    | \bno\s+(?:phone\s+)?calls?\b | \bdnc\b | \bdo-not-call\b
    | \bnicht\s+(?:mehr\s+)?anrufen\b | \bkeine\s+anrufe\b | \bne\s+pas\s+(?:appeler|téléphoner)\b
    | \bno\s+(?:llamar|telefonear)\b | \bn[ãa]o\s+(?:ligar|telefonar)\b | \bnon\s+chiamare\b | \bне\s+звонить\b
    | (?:请|請)?(?:勿|不要|别|別|莫)(?:再)?(?:给.{1,4})?(?:来电|來電|致电|致電|打电话|打電話|打扰|拨打|撥打|联系|聯繫|打)
    | (?:拒绝|拒絕|禁止|谢绝)(?:来电|來電|电话|電話|联系|拨打|致电|催收) | 免打扰
    | (?:電話|お電話)(?:しないで|はご遠慮|不可|禁止)\w* | 전화\s*(?:금지|하지\s*마)\w*""",
    re.IGNORECASE | re.VERBOSE,
)

NO_NUMBER: Final = frozenset(
    {
        *(
            "",
            "0",
            "x",
            "n/a",
            "n.a",
            "na",
            "#n/a",
            "#null!",
            "none",
            "nil",
            "null",
            "nan",
            "no",
            "unknown",
            "not known",
        ),
        *(
            "tbd",
            "tba",
            "tbc",
            "missing",
            "blank",
            "empty",
            "no phone",
            "no number",
            "no tel",
            "not available",
            "unlisted",
        ),
        *(
            "not provided",
            "not given",
            "keine",
            "kein",
            "unbekannt",
            "aucun",
            "inconnu",
            "ninguno",
            "no tiene",
            "nenhum",
        ),
        *(
            "nessuno",
            "нет",
            "неизвестно",
            "なし",
            "不明",
            "無",
            "없음",
            "无",
            "没有",
            "暂无",
            "無電話",
            "无电话",
            "未知",
        ),
        *("不详", "空", "未提供", "未留", "无号码", "没有电话", "暂缺", "缺失"),
    }
)
