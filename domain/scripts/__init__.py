"""Call scripts: stages with the customer's values filled in, answers by number, gates, and the linter."""

from domain.scripts.check import Checked, ScriptError, check_text, check_texts, parse_script
from domain.scripts.finding import Finding
from domain.scripts.library import choose, shipped, shipped_script, shipped_scripts, shipped_texts
from domain.scripts.model import Answer, Card, Script, Stage
from domain.scripts.talk import Authority, Position, Required, Spoken, Talk
from domain.scripts.values import ScriptValues, fill

__all__ = [
    "Answer",
    "Authority",
    "Card",
    "Checked",
    "Finding",
    "Position",
    "Required",
    "Script",
    "ScriptError",
    "ScriptValues",
    "Spoken",
    "Stage",
    "Talk",
    "check_text",
    "check_texts",
    "choose",
    "fill",
    "parse_script",
    "shipped",
    "shipped_script",
    "shipped_scripts",
    "shipped_texts",
]
