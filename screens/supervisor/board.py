"""The board: one line an agent, one line a team, live; everything else of the desk is one key away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.formats import ago
from domain.freshness import cash_words
from domain.i18n import mark, tr, trn
from domain.supervision import BoardRow, BoardTeam, CaseFilter
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import BoardView, MoveSource, SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row, Tone

COLUMNS: Final = (
    Column("agent", mark("Agent"), 0),
    Column("state", mark("State"), 15),
    Column("left", mark("Queue"), 6, right=True),
    Column("attempts", mark("Calls"), 6, right=True),
    Column("connected", mark("Conn"), 6, right=True, drop=3),
    Column("conversations", mark("Conv"), 6, right=True, drop=2),
    Column("promises", mark("Prom"), 6, right=True),
    Column("promised", mark("Promised"), 13, right=True),
    Column("kept", mark("Kept 7d"), 8, right=True, drop=4),
    Column("refusals", mark("Gate"), 5, right=True, drop=5),
    Column("unsent", mark("Unsent"), 7, right=True),
    Column("last", mark("Heard"), 7, right=True, drop=6),
    Column("lease", mark("Lease"), 6, right=True, drop=1),
)

_BY: Final[dict[str, Callable[[BoardRow, BoardView], tuple[object, ...]]]] = {
    "agent": lambda row, _view: (row.name.casefold(), row.login),
    "state": lambda row, _view: (not row.in_call, not row.online, row.login),
    "left": lambda row, _view: (row.left,),
    "attempts": lambda row, _view: (row.attempts,),
    "connected": lambda row, _view: (row.connected,),
    "conversations": lambda row, _view: (row.conversations,),
    "promises": lambda row, _view: (row.promises,),
    "promised": lambda row, _view: (max(row.promised.values(), default=0),),
    "kept": lambda row, view: (kept_share(row, view),),
    "refusals": lambda row, _view: (sum(row.refusals.values()),),
    "unsent": lambda row, _view: ((row.unsent or 0) + row.gaps,),
    "last": lambda row, _view: (row.last_contact or "",),
    "lease": lambda row, _view: (row.lease_until or "",),
}
_LEASE_TONES: Final[dict[str, Tone]] = {"held": "", "ending": "warn", "over": "bad", "none": "muted"}


def kept_share(row: BoardRow, view: BoardView) -> float:
    """Tell which share of an agent's promises of the week was kept; below 0 where none was decided."""
    kept, broken = view.week.get(row.agent, (0, 0))
    return kept / (kept + broken) if kept + broken else -1.0


class BoardScreen(DeskScreen):
    """The live board."""

    PLACE = "board"
    BINDINGS: ClassVar[list[BindingType]] = bindings("board")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._view: BoardView | None = None
        self._order = "agent"
        self._descending = False

    def body(self) -> ComposeResult:
        """Give the table, one line about the agent under the cursor, and what to do where there is nobody."""
        yield LineTable(COLUMNS, markable=True)
        yield Static(id="empty")
        yield Static(id="detail")

    def heading(self) -> str:
        """Say the day's figures and how fresh the cash is."""
        view = self._view
        if view is None:
            return tr("asking the server …")
        parts = []
        promised: dict[str, int] = {}
        for team in view.board.teams:
            for currency, minor in team.promised.items():
                promised[currency] = promised.get(currency, 0) + minor
        if promised:
            parts.append(tr("promised today {money}").format(money=words.money(promised, short=True)))
        kept, broken = (sum(pair[place] for pair in view.week.values()) for place in (0, 1))
        if kept + broken:
            parts.append(tr("kept this week {rate}").format(rate=words.share(kept, kept + broken)))
        cash = cash_words(view.board.cash, self._desk.now())
        return " · ".join([cash, *parts] if self.size.width < 100 else [*parts, cash])  # the end goes first

    async def load(self) -> None:
        """Ask for the board."""
        answer = await self._desk.board()
        if isinstance(answer, Refused):
            if self._view is None:
                self._show_empty(answer.text)
            self.refused(answer)
            return
        self._view = answer
        self.repaint()

    def repaint(self) -> None:
        """Show the board that is known; the cursor stays on its agent."""
        view = self._view
        if view is None or not self.is_ready:
            return
        table = self.query_one(LineTable)
        rows: list[Row] = []
        agents = sorted(view.board.agents, key=lambda row: row.login)
        agents.sort(key=lambda row: _BY[self._order](row, view), reverse=self._descending)
        headed = {team.team for team in view.board.teams}
        rows += [self._row(row, view) for row in agents if row.team not in headed]
        for team in view.board.teams:
            rows.append(Row(f"team {team.team}", (Cell(self._team_words(team)),), heading=True))
            rows += [self._row(row, view) for row in agents if row.team == team.team]
        table.show(rows)
        table.show_order(self._order, descending=self._descending)
        if not view.board.agents:
            self._show_empty(
                tr(
                    "No agents in your team yet. On the server: duecall server user add LOGIN --role agent --team {team}"
                ).format(team=self._desk.team)
            )
        self.set_class(not view.board.agents, "-empty")
        self._show_detail(table.selected)

    def _show_empty(self, text: str) -> None:
        self.set_class(True, "-empty")
        self.query_one("#empty", Static).update(Content(text))

    def _team_words(self, team: BoardTeam) -> str:
        said = [
            team.team,
            trn("{n} agent, {online} online", "{n} agents, {online} online", team.agents).format(
                n=team.agents, online=team.online
            ),
            tr("{n} in the pool").format(n=team.pool),
            tr("{n} calls").format(n=team.attempts),
            tr("{n} promises").format(n=team.promises),
        ]
        if team.reviews:
            said.append(trn("{n} decision waits", "{n} decisions wait", team.reviews).format(n=team.reviews))
        return " · ".join(said)

    def _row(self, row: BoardRow, view: BoardView) -> Row:
        state, tone = state_words(row, self._desk.now())
        kept, broken = view.week.get(row.agent, (0, 0))
        refusals = sum(row.refusals.values())
        unsent, unsent_tone = unsent_words(row)
        return Row(
            row.agent,
            (
                Cell(row.name or row.login),
                Cell(state, tone),
                Cell(str(row.left)),
                Cell(str(row.attempts)),
                Cell(str(row.connected)),
                Cell(str(row.conversations)),
                Cell(str(row.promises)),
                Cell(words.money(row.promised, short=True) or "–", "" if row.promised else "muted"),
                Cell(words.share(kept, kept + broken)),
                Cell(str(refusals), "warn" if refusals else ""),
                Cell(unsent, unsent_tone),
                Cell(words.clock(row.last_contact), "muted"),
                Cell(words.clock(row.lease_until), _LEASE_TONES[row.lease]),
            ),
        )

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Say more about the agent under the cursor."""
        self._show_detail(event.key)

    def on_line_table_chosen(self) -> None:
        """Show the agent's queue."""
        self.action_open()

    def _agent(self, key: str | None) -> BoardRow | None:
        agents = self._view.board.agents if self._view is not None else []
        return next((row for row in agents if row.agent == key), None)

    def _show_detail(self, key: str | None) -> None:
        row = self._agent(key)
        detail = self.query_one("#detail", Static)
        if row is None:
            detail.update("")
            return
        said = [row.login, trn("{n} case", "{n} cases", row.cases).format(n=row.cases)]
        if row.device:
            said.append(tr("machine {name}").format(name=row.device))
        if row.last_contact:
            said.append(tr("heard {when}").format(when=words.when(row.last_contact, self._desk.now())))
        if row.unsent_at and row.unsent:
            said.append(tr("{n} unsent at {when}").format(n=row.unsent, when=words.clock(row.unsent_at)))
        if row.gaps:
            said.append(tr("{n} missing in between").format(n=row.gaps))
        refused = words.refusals_words(row.refusals)
        if refused:
            said.append(tr("refused by the gate: {what}").format(what=refused))
        if row.flagged:
            said.append(tr("{n} flagged").format(n=row.flagged))
        if row.lease == "over":
            said.append(tr("lease over: may not call before the next sync"))
        detail.update(Content(" · ".join(said)))

    # --- keys ---

    def action_open(self) -> None:
        """Show the queue of the agent under the cursor."""
        row = self._agent(self.query_one(LineTable).selected)
        if row is not None:
            self.post_message(self.Go("cases", row))

    def action_mark(self) -> None:
        """Mark the agent under the cursor."""
        self.query_one(LineTable).toggle_mark()

    def action_reassign(self) -> None:
        """Move the cases of the marked agents, or of the one under the cursor."""
        table = self.query_one(LineTable)
        wanted = table.marks or ((table.selected,) if table.selected else ())
        rows = [row for row in (self._agent(key) for key in wanted) if row is not None]
        if not rows:
            return
        said = ", ".join(row.name or row.login for row in rows)
        source = MoveSource(
            said, sum(row.cases for row in rows), filters=tuple(CaseFilter(owner=row.agent) for row in rows)
        )
        self.post_message(self.Go("move", source))

    def action_distribute(self) -> None:
        """Hand out the pool."""
        if self._view is not None:
            source = MoveSource(tr("the pool"), self._view.board.pool, filters=(CaseFilter(unassigned=True),))
            self.post_message(self.Go("move", source))

    def action_moves(self) -> None:
        """List what was moved."""
        self.post_message(self.Go("moves"))

    def action_find(self) -> None:
        """Find cases."""
        self.post_message(self.Go("cases", CaseFilter()))

    def action_approvals(self) -> None:
        """Decide what approval was asked for."""
        self.post_message(self.Go("decisions", "approval"))

    def action_reviews(self) -> None:
        """Decide everything that waits."""
        self.post_message(self.Go("decisions", None))

    def action_figures(self) -> None:
        """Draw the figures."""
        self.post_message(self.Go("figures"))

    def action_imports(self) -> None:
        """Bring a file in."""
        self.post_message(self.Go("imports"))

    def action_promises(self) -> None:
        """See what is due."""
        self.post_message(self.Go("promises"))

    def action_editors(self) -> None:
        """Edit the house's documents."""
        self.post_message(self.Go("editors"))

    def action_strategy(self) -> None:
        """Change the queue's order."""
        self.post_message(self.Go("strategy"))

    def action_team(self) -> None:
        """Look after the team."""
        self.post_message(self.Go("team"))

    def action_holds(self) -> None:
        """See what stays where it is."""
        self.post_message(self.Go("holds"))

    def action_audit(self) -> None:
        """Read the trail."""
        self.post_message(self.Go("audit"))

    def action_sort(self) -> None:
        """Sort by the next column: names from A, figures from the largest."""
        names = [column.id for column in COLUMNS]
        self._order = names[(names.index(self._order) + 1) % len(names)]
        self._descending = self._order not in ("agent", "state")
        self.repaint()

    def action_turn(self) -> None:
        """Turn the order round."""
        self._descending = not self._descending
        self.repaint()


def state_words(row: BoardRow, now: datetime) -> tuple[str, Tone]:
    """Say what an agent's machine does, and since when it has been silent."""
    if row.in_call and row.online:
        return "● " + tr("in a call"), "good"
    if row.online:
        return "● " + tr("online"), "good"
    if row.absence:
        return "◌ " + tr("away"), "muted"
    last = words.instant(row.last_contact)
    if last is None:
        return "○ " + tr("never seen"), "muted"
    return "○ " + tr("off-line {since}").format(since=ago(now - last)), "warn"


def unsent_words(row: BoardRow) -> tuple[str, Tone]:
    """Say how much a machine still holds: what it last said, more where it has been silent since or facts are missing."""
    if row.unsent is None:
        return (f"≥{row.gaps}", "bad") if row.gaps else ("?", "muted")
    known = max(row.unsent, row.gaps)
    if not row.online:
        return f"≥{known}", "warn" if known else "muted"
    return str(known), "warn" if known else ""
