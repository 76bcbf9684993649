"""The scripts in use: those the server published where they pass the linter, the shipped ones for everything else."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.i18n import tr, trn
from domain.records import dataclass
from domain.scripts import Checked, Script, check_texts, choose, shipped_script, shipped_texts


@dataclass(frozen=True, slots=True)
class ScriptShelf:
    """Scripts to choose from. ``refused`` are the published ones that cannot be used."""

    published: tuple[Script, ...] = ()
    refused: tuple[Checked, ...] = ()

    def choose(self, segment: str, party: str) -> Script | None:
        """Choose the script for a call: a published one for exactly this use before any shipped one."""
        exact = [each for each in self.published if (each.segment, each.party) == (segment, party)]
        return choose(exact, segment, party) or shipped_script(segment, party) or shipped_script("business", party)

    def notice(self) -> str:
        """Say that published scripts cannot be used, and why; empty when all is well."""
        if not self.refused:
            return ""
        words = trn(
            "{n} script of the house cannot be used ({why}); the built-in one serves. Tell your supervisor.",
            "{n} scripts of the house cannot be used ({why}); the built-in ones serve. Tell your supervisor.",
            len(self.refused),
        )
        first = next(each for each in self.refused[0].findings if each.severity == "error")
        why = tr("line {line}: {text}").format(line=first.line, text=first.text.rstrip(".。"))
        return words.format(n=len(self.refused), why=why)


def shelf_of(texts: object, codes: Collection[str]) -> ScriptShelf:
    """Read the texts of a published document, whatever it holds: nothing in it can end the application."""
    known: Sequence[str] = [each for each in texts if isinstance(each, str)] if isinstance(texts, list) else []
    ours = set(
        shipped_texts().values()
    )  # a new server publishes these; what the tests have checked is not checked again
    checked = check_texts([text for text in known if text not in ours], codes)
    return ScriptShelf(
        published=tuple(each.script for each in checked if each.script is not None and each.usable),
        refused=tuple(each for each in checked if not each.usable),
    )
