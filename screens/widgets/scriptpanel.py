"""The script of the current stage, with the customer's values filled in and numbered answers."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from domain.i18n import tr
from domain.scripts import Answer, Script, ScriptValues, Stage, fill


class ScriptPanel(Static):
    """Shows one stage. The text is literal: nothing in a customer's name is markup."""

    DEFAULT_CSS = "ScriptPanel { width: 1fr; height: auto; padding: 0 1; }"

    def __init__(self, widget_id: str) -> None:
        super().__init__(id=widget_id)
        self.script: Script | None = None
        self.stage: Stage | None = None

    def show(self, script: Script | None, values: ScriptValues | None, stage_id: str | None) -> None:
        """Show a stage of a script."""
        self.script = script
        if script is None or values is None:
            self.stage = None
            self.update(Content.styled(tr("No script for this kind of case."), "$foreground-muted"))
            return
        stage = script.stage(stage_id or script.stages[0].id)
        self.stage = stage
        index = script.stages.index(stage)
        trail = Content.styled(tr("Script") + "  ", "bold $foreground-muted")
        for number, each in enumerate(script.stages):
            if abs(number - index) <= 1 or number == index:
                style = "bold $accent" if number == index else "$foreground-muted"
                trail += Content.styled(f"{number + 1} {each.title}", style) + (
                    " ▸ " if number < min(index + 1, len(script.stages) - 1) else ""
                )
        lines = [trail, Content(""), Content(fill(stage.say, values)), Content("")]
        lines += [Content.assemble((f" {answer.key} ", "bold $accent"), " ", answer.text) for answer in stage.answers]
        if stage.hint:
            lines += [Content(""), Content.styled(stage.hint, "italic $foreground-muted")]
        self.update(Content("\n").join(lines))

    def answer(self, key: str) -> Answer | None:
        """Give the answer a number key stands for at this stage."""
        return next((each for each in self.stage.answers if each.key == key), None) if self.stage else None
