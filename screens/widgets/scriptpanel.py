"""The script of the current stage, with the customer's values filled in, numbered answers, and the objection cards."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from domain.formats import day_plain
from domain.i18n import language, mark, tr
from domain.scripts import Card, Position, Required, Spoken, Stage, Talk
from domain.scripts.model import WAY, Kind

CARD_KEYS: Final = "123456789abcdefghijlmnopqrstuvwxyz"
"""The key of each objection card, in the order of the script; ``k`` closes the cards."""

_KINDS: Final[dict[Kind, str]] = {
    "open": mark("Open"),
    "verify": mark("Verify"),
    "disclose": mark("Disclose"),
    "state": mark("State the debt"),
    "ask": mark("Ask for all of it"),
    "probe": mark("Ask why"),
    "negotiate": mark("Negotiate"),
    "close": mark("Close"),
    "recap": mark("Recap"),
    "wrap_up": mark("Wrap-up"),
    "third_party": mark("Disclose nothing"),
    "message": mark("Message"),
}
_RUNGS: Final = {
    "all_today": mark("all today"),
    "part_now": mark("part now, the rest by a day"),
    "instalments": mark("instalments"),
    "extension": mark("extension"),
    "fee_waiver": mark("fee waiver"),
    "hardship": mark("hardship help"),
}


def kind_name(kind: Kind) -> str:
    """Name a kind of stage in the interface language."""
    return tr(_KINDS[kind])


class ScriptPanel(Static):
    """Shows one stage, the list of objection cards, or one card. The text is literal: nothing in a name is markup."""

    DEFAULT_CSS = """
    ScriptPanel { width: 1fr; height: auto; padding: 0 1; link-style: none; link-color: $foreground;
                  link-background: $background 0%; link-style-hover: bold; link-background-hover: $boost;
                  link-color-hover: $foreground; }
    """

    def __init__(self, widget_id: str) -> None:
        super().__init__(id=widget_id)

    def blank(self, words: str = "") -> None:
        """Show nothing of a case."""
        self.update(Content.styled(words, "$foreground-muted"))

    def show_stage(self, talk: Talk, position: Position, outcome: str) -> None:
        """Show the current stage; ``outcome`` names the result that has been proposed."""
        stage = talk.script.stage(position.stage)
        spoken = talk.speak(position, stage, language())
        lines = [_trail(stage), Content("")]
        if spoken.lock:
            lines.append(Content.styled(_lock_words(spoken), "$text-warning"))
        lines += [line for each in spoken.required for line in _required(each, each.name in position.read)]
        if spoken.say:
            lines.append(Content(spoken.say))
        lines.append(Content(""))
        lines += [_choice(key, text) for key, text in spoken.answers]
        lines += _below(talk, position, stage, spoken, outcome)
        self.update(Content("\n").join(lines))

    def show_cards(self, talk: Talk, position: Position) -> None:
        """Show the objections to choose from; those that would give the debt away are closed until the gate is open."""
        lines = [_title(tr("Objections"), tr("key opens the card · ⟦Esc call.back⟧ goes back"))]
        for key, card in zip(CARD_KEYS, talk.script.cards, strict=False):
            title = card.title[talk.language]
            if talk.card_text(position, card) is None:
                lines.append(Content.styled(f" {key}  {title} · " + tr("after identity"), "$text-disabled"))
            else:
                lines.append(_choice(key, title))
        self.update(Content("\n").join(lines))

    def show_card(self, talk: Talk, position: Position, card: Card) -> None:
        """Show what to say to one objection."""
        text = talk.card_text(position, card)
        lines = [_title(card.title[talk.language], tr("⟦Esc call.back⟧ goes back to the stage")), Content("")]
        lines.append(Content(text) if text is not None else Content.styled(tr("after identity"), "$text-warning"))
        lines.append(Content(""))
        lines += [_choice(answer.key, answer.text[talk.language]) for answer in talk.card_answers(position, card)]
        if card.hint is not None:
            lines += [Content(""), Content.styled(card.hint[language()], "italic $foreground-muted")]
        self.update(Content("\n").join(lines))


def _choice(key: str, words: str) -> Content:
    """Show a key and what it stands for; a click does what the key does. ``key`` is never out of a script's text."""
    assert key in CARD_KEYS
    click = Style.from_meta({"@click": f"screen.script_key({key!r})"})
    # the key keeps its own colour: whatever can be clicked takes that of links
    return Content.assemble((f" {key} ", "bold $accent"), " ", Content(words).stylize(click))


def _title(words: str, aside: str) -> Content:
    return Content.assemble((words, "bold $accent"), "  ", (aside, "$foreground-muted"))


def _trail(stage: Stage) -> Content:
    """Say where the call is and what comes next: ``3 Disclose ▸ 4 State the debt``."""
    head = Content.styled(tr("Script") + "  ", "bold $foreground-muted")
    if stage.kind not in WAY:
        return head + Content.styled(kind_name(stage.kind), "bold $text-warning")
    number = WAY.index(stage.kind)
    here = f"{number + 1} {kind_name(stage.kind)}"
    if stage.rung is not None:
        here += f" · {tr(_RUNGS[stage.rung])}"
    trail = head + Content.styled(here, "bold $accent")
    if number + 1 < len(WAY):
        trail += Content.styled(f" ▸ {number + 2} {kind_name(WAY[number + 1])}", "$foreground-muted")
    return trail + Content.styled(f"  {number + 1}/{len(WAY)}", "$foreground-muted")


def _required(text: Required, read: bool) -> list[Content]:
    """Show a text that has to be read out word by word, and whether it was."""
    if read:
        return [Content.assemble(("✓ ", "$text-success"), (text.text, "$foreground-muted"))]
    source = f" ({text.source})" if text.source else ""
    return [
        # no blank after the mark: Chinese is one word to the line breaker, and would begin on the next line
        Content.assemble(("▌", "bold $text-warning"), (text.text, "bold")),
        Content.styled("  " + tr("read out word by word, then ⟦a call.disclosed⟧") + source, "$foreground-muted"),
    ]


def _lock_words(spoken: Spoken) -> str:
    if spoken.lock == "identity":
        return tr("Closed until the identity is confirmed (⟦i call.identity⟧). ⟦⌫ call.stage_back⟧ goes back.")
    return tr("Closed until the required text has been read out (⟦a call.disclosed⟧). ⟦⌫ call.stage_back⟧ goes back.")


def _below(talk: Talk, position: Position, stage: Stage, spoken: Spoken, outcome: str) -> list[Content]:
    lines: list[Content] = []
    if stage.kind == "wrap_up" and outcome:
        lines += [Content(""), Content.assemble((tr("Result: {name}").format(name=outcome), "bold"))]
    if stage.rung is not None and not spoken.lock and talk.authority is not None:
        lines += [Content(""), Content.styled(_authority(talk, stage), "$foreground-muted")]
    if spoken.hint:
        lines += [Content(""), Content.styled(spoken.hint, "italic $foreground-muted")]
    if position.unverified and not position.identified:
        words = tr("Identity not confirmed: this person is a stranger, nothing may be disclosed.")
        lines += [Content(""), Content.styled(words, "$text-warning")]
    if talk.notice:
        lines += [Content(""), Content.styled(talk.notice, "$text-warning")]
    return lines


def _authority(talk: Talk, stage: Stage) -> str:
    """Say what the agent may agree to on this rung without asking anybody."""
    assert talk.authority is not None
    if stage.rung in ("fee_waiver", "hardship"):
        return tr("Not yours to grant: a supervisor decides.")
    words = tr("Yours to grant: {n} payments at most, the first at least {amount}, the last by {day}.")
    return words.format(
        n=talk.authority.most_parts, amount=talk.authority.first_part, day=day_plain(talk.authority.horizon)
    )
