"""The team: what every agent can take on and knows, who is away, whose work is spread and given back."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from domain.i18n import mark, tr, trn
from domain.supervision import Absence, AbsenceRequest, AgentLine, AgentList, AgentProfile, StrategyName
from screens.ports import Refused
from screens.supervisor import team_words, words
from screens.supervisor.asking import AskChoice, AskLine
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.move import STRATEGIES
from screens.supervisor.moving_words import preview_lines
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

COLUMNS: Final = (
    Column("name", mark("Agent"), 0),
    Column("cases", mark("Cases"), 6, right=True),
    Column("owed", mark("Owed"), 14, right=True, drop=2),
    Column("capacity", mark("Capacity"), 9, right=True),
    Column("knows", mark("Languages, skills"), 20, drop=1),
    Column("away", mark("Away"), 28),
)


class TeamScreen(DeskScreen):
    """Agents first, then who is, was or will be away."""

    PLACE = "team"
    BINDINGS: ClassVar[list[BindingType]] = bindings("team", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._agents: AgentList | None = None
        self._absences: list[Absence] = []
        self._profile_before: tuple[str, AgentProfile] | None = None
        self._absence_made: str | None = None

    def body(self) -> ComposeResult:
        """Agents and absences, and more about the one under the cursor."""
        with Horizontal(id="main"):
            yield LineTable(COLUMNS)
            yield Static(id="empty")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="side-text")

    def heading(self) -> str:
        """Name the screen."""
        return tr("Team")

    async def load(self) -> None:
        """Ask who there is and who is away."""
        agents, absences = await self._desk.agents(), await self._desk.staff.absences()
        if self.refused(agents) or isinstance(agents, Refused):
            return
        if self.refused(absences) or isinstance(absences, Refused):
            return
        self._agents, self._absences = agents, absences.absences
        self.repaint()

    def repaint(self) -> None:
        """Show agents and absences."""
        if not self.is_ready or self._agents is None:
            return
        rows = [self._agent_row(agent) for agent in self._agents.agents if agent.active]
        self.set_class(not rows, "-empty")
        if not rows:
            said = tr("There is no agent in this team yet: “duecall server user add LOGIN --role agent” adds one.")
            self.query_one("#empty", Static).update(Content(said))
        if self._absences:
            rows.append(Row("heading", (Cell(tr("Absences, newest first")),), heading=True))
            rows += [self._absence_row(each) for each in self._absences]
        self.query_one(LineTable).show(rows)
        self._show_side()

    def _agent_row(self, agent: AgentLine) -> Row:
        capacity = agent.profile.capacity
        full = capacity is not None and agent.cases > capacity
        running = self._absent(agent.agent)
        away = team_words.away_words(running.since, running.until) if running is not None else ""
        return Row(
            f"agent {agent.agent}",
            (
                Cell(agent.name or agent.login),
                Cell(str(agent.cases), "warn" if full else ""),
                Cell(words.money(agent.owed, short=True)),
                Cell("–" if capacity is None else str(capacity), "muted" if capacity is None else ""),
                Cell(team_words.profile_words(agent.profile)),
                Cell(away, "warn" if running is not None and running.state == "away" else "muted"),
            ),
        )

    def _absence_row(self, absence: Absence) -> Row:
        tone = {"planned": "", "away": "warn", "back": "muted"}[absence.state]
        states = {"planned": tr("planned"), "away": tr("away"), "back": tr("back")}
        days = team_words.away_words(absence.since, absence.until)
        name = f"{self._called(absence.agent)} · {states[absence.state]}"
        return Row(
            f"absence {absence.id}",
            (
                Cell(name, "warn" if tone == "warn" else "muted" if tone else ""),
                Cell(str(absence.cases) if absence.cases else ""),
                Cell(""),
                Cell(""),
                Cell(""),
                Cell(days, "muted" if tone == "muted" else ""),
            ),
        )

    def on_line_table_highlighted(self) -> None:
        """Say more about the row under the cursor."""
        self._show_side()

    def _show_side(self) -> None:
        agent, absence = self._agent(), self._absence()
        lines: list[Content] = []
        if absence is not None:
            lines = [
                Content.styled(self._called(absence.agent), "bold"),
                Content(team_words.away_words(absence.since, absence.until)),
                Content(team_words.state_words(absence)),
            ]
        elif agent is not None:
            lines = team_words.agent_lines(agent, self._absences)
        self.query_one("#side-text", Static).update(Content("\n").join(lines))

    # --- what stands under the cursor ---

    def _key(self) -> tuple[str, str]:
        kind, _, name = (self.query_one(LineTable).selected or "").partition(" ")
        return kind, name

    def _agent(self) -> AgentLine | None:
        """Give the agent under the cursor, also where their absence stands there."""
        kind, name = self._key()
        if kind == "absence":
            absence = self._absence()
            name = absence.agent if absence is not None else ""
        found = self._agents.agents if self._agents is not None else []
        return next((agent for agent in found if agent.agent == name), None)

    def _absence(self) -> Absence | None:
        kind, name = self._key()
        return next((each for each in self._absences if kind == "absence" and each.id == name), None)

    def _absent(self, agent: str) -> Absence | None:
        """Give an agent's absence that is not over, the one that is running before one that is planned."""
        mine = [each for each in self._absences if each.agent == agent and each.state != "back"]
        return min(mine, key=lambda each: (each.state != "away", each.since), default=None)

    def _called(self, agent: str) -> str:
        found = self._agents.agents if self._agents is not None else []
        return next((each.name or each.login for each in found if each.agent == agent), agent)

    # --- capacity, languages, skills ---

    def action_capacity(self) -> None:
        """Say how many cases an agent can take on."""
        agent = self._agent()
        if agent is None:
            return

        def typed(text: str | None) -> None:
            if text is None:
                return
            if text and not (text.isascii() and text.isdecimal()):
                self.say(tr("“{text}” is no number of cases; nothing was changed.").format(text=text), trouble=True)
                return
            self._write(agent, replace(agent.profile, capacity=int(text) if text else None))

        known = "" if agent.profile.capacity is None else str(agent.profile.capacity)
        question = tr("How many cases can {name} have at once? Empty: no limit.").format(name=self._called(agent.agent))
        self.app.push_screen(AskLine(question, value=known, needed=False), typed)

    def action_skills(self) -> None:
        """Say which languages an agent speaks, and what they know."""
        agent = self._agent()
        if agent is None:
            return

        def typed(text: str | None) -> None:
            if text is not None:
                self._write(agent, team_words.read_profile(text, agent.profile))

        question = tr("Which languages and skills has {name}?").format(name=self._called(agent.agent))
        hint = tr("Languages as two letters, skills as words of your own: zh en business legal")
        known = team_words.profile_words(agent.profile)
        self.app.push_screen(AskLine(question, value=known, hint=hint, needed=False), typed)

    def _write(self, agent: AgentLine, profile: AgentProfile) -> None:
        if profile != agent.profile:
            self.carry_out(self._written(agent, profile, agent.profile))

    async def _written(self, agent: AgentLine, profile: AgentProfile, before: AgentProfile | None) -> None:
        answer = await self._desk.staff.write_profile(agent, profile)
        if isinstance(answer, Refused):
            said = answer.text
            if answer.code == "outdated":
                said = tr(
                    "Somebody else has just changed this agent; nothing was overwritten. Look, and type it again."
                )
            self.say(said, trouble=True)
        elif before is None:
            self.say(tr("taken back"))
        else:
            self._profile_before, self._absence_made = (agent.agent, before), None
            knows = team_words.profile_words(answer.profile)
            said = " · ".join(each for each in (team_words.room_words(answer), knows) if each)
            self.say(tr("{name}: {what} · u undoes").format(name=answer.name or answer.login, what=said))
        self.reload()

    # --- away and back ---

    def action_away(self) -> None:
        """Write down that an agent is away; their work is spread over the others."""
        agent = self._agent()
        if agent is None:
            return

        def typed(text: str | None) -> None:
            if text is None:
                return
            read = team_words.read_days(text, self._desk.now().astimezone().date())
            if isinstance(read, Refused):
                self.say(read.text, trouble=True)
                return
            asked = AbsenceRequest(agent.agent, read.first, read.last, reason=read.reason)
            self._ask_how(agent, asked)

        question = tr("When is {name} away? First and last day, then a comma and the reason.").format(
            name=self._called(agent.agent)
        )
        hint = tr("today · mon - fri, holiday · 2026-12-01 - 2026-12-05. One day alone: until called back.")
        self.app.push_screen(AskLine(question, hint=hint), typed)

    def _ask_how(self, agent: AgentLine, asked: AbsenceRequest) -> None:
        def chosen(name: str | None) -> None:
            strategy: StrategyName | None = next((each for each, _, _ in STRATEGIES if each == name), None)
            if strategy is not None:
                work = self._preview(agent, replace(asked, strategy=strategy))
                self.run_worker(work, group="preview", exclusive=True, exit_on_error=False)

        choices: list[tuple[str, str, str]] = [
            (str(place), name, f"{tr(said)} · {tr(why)}") for place, (name, said, why) in enumerate(STRATEGIES, 1)
        ]
        question = tr("How is the work of {name} spread meanwhile?").format(name=self._called(agent.agent))
        detail = team_words.away_words(asked.since, asked.until)
        self.app.push_screen(AskChoice(question, choices, detail=detail), chosen)

    async def _preview(self, agent: AgentLine, asked: AbsenceRequest) -> None:
        preview = await self._desk.staff.try_absence(replace(asked, dry_run=True))
        if self.refused(preview) or isinstance(preview, Refused) or self._agents is None:
            return
        names = {each.agent: each.name or each.login for each in self._agents.agents}
        detail = "\n".join(line.plain for line in preview_lines(preview, names, self._desk.now()))

        def sure(answer: str | None) -> None:
            if answer == "yes":
                self.carry_out(self._begin(agent, asked))

        later = asked.since > self._desk.now().astimezone().date()
        yes = tr("yes, once the first day has come") if later else tr("yes, at once")
        question = tr("Spread the work of {name}?").format(name=self._called(agent.agent))
        self.app.push_screen(AskChoice(question, [("y", "yes", yes), ("n", "no", tr("no"))], detail=detail), sure)

    async def _begin(self, agent: AgentLine, asked: AbsenceRequest) -> None:
        absence = self._desk.new_id()
        answer = await self._desk.staff.write_absence(absence, asked)
        if self.refused(answer) or isinstance(answer, Refused):
            return
        self._absence_made, self._profile_before = absence, None
        said = tr("{name}: {what} · u undoes")
        self.say(said.format(name=self._called(agent.agent), what=team_words.state_words(answer)))
        self.reload()

    def action_end(self) -> None:
        """Call somebody back: what the others still have of theirs is given back."""
        agent = self._agent()
        absence = self._absence() or (self._absent(agent.agent) if agent is not None else None)
        if absence is None or absence.state == "back":
            self.say(tr("Nobody is away here; a writes an absence down."))
            return
        self.carry_out(self._end(absence.id))

    async def _end(self, absence: str) -> None:
        answer = await self._desk.staff.end_absence(absence)
        if self.refused(answer) or isinstance(answer, Refused):
            return
        self._absence_made = None
        said = trn("{n} case was spread", "{n} cases were spread", answer.cases).format(n=answer.cases)
        self.say(
            tr("{name} is back; {spread}, what the others still had is given back.").format(
                name=self._called(answer.agent), spread=said
            )
        )
        self.reload()

    def action_undo(self) -> None:
        """Take the last change made here back."""
        if self._absence_made is not None:
            self.carry_out(self._end(self._absence_made))
        elif self._profile_before is not None and self._agents is not None:
            (name, before), self._profile_before = self._profile_before, None
            agent = next((each for each in self._agents.agents if each.agent == name), None)
            if agent is not None:
                self.carry_out(self._written(agent, before, None))
        else:
            self.say(tr("Nothing has been changed here yet."))
