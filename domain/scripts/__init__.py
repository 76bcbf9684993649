"""Call scripts: stages with the customer's values filled in and answers by number."""

from domain.scripts.library import ScriptError, choose, parse_script, shipped, shipped_scripts
from domain.scripts.model import Answer, Script, Stage
from domain.scripts.values import ScriptValues, fill

__all__ = [
    "Answer",
    "Script",
    "ScriptError",
    "ScriptValues",
    "Stage",
    "choose",
    "fill",
    "parse_script",
    "shipped",
    "shipped_scripts",
]
