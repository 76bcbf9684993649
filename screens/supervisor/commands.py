"""Every command of the supervisor's desk once: keys, footer, help, palette and the table of keys derive from this list."""

from __future__ import annotations

from typing import Final

from textual.binding import BindingType

from domain.i18n import mark, tr
from screens.commands import Command, Place

COMMANDS: Final[tuple[Command, ...]] = (
    Command("board.open", "board", "enter", "↵", mark("Queue"), mark("Show the cases of the agent under the cursor")),
    Command("board.mark", "board", "space", "␣", mark("Mark"), mark("Mark the agent whose cases are to be moved")),
    Command("board.reassign", "board", "r", "r", mark("Reassign"), mark("Move the cases of the marked agents")),
    Command("board.distribute", "board", "d", "d", mark("Distribute"), mark("Hand out the pool by a strategy")),
    Command("board.find", "board", "f", "f", mark("Find"), mark("Find cases by name, age or money, and mark them")),
    Command("board.approvals", "board", "a", "a", mark("Approvals"), mark("Decide what agents asked approval for")),
    Command("board.reviews", "board", "v", "v", mark("Reviews"), mark("Decide everything else that waits")),
    Command("board.figures", "board", "g", "g", mark("Figures"), mark("Draw the figures, with their formulas")),
    Command("board.imports", "board", "i", "i", mark("Import"), mark("Bring in receivables, contacts or payments")),
    Command("board.promises", "board", "p", "p", mark("Promises"), mark("See which promises are due, day by day")),
    Command("board.editors", "board", "e", "e", mark("Editors"), mark("Edit rules, promise types, codes and scripts")),
    Command("board.strategy", "board", "t", "t", mark("Strategy"), mark("Change the queue's order, and try it first")),
    Command("board.team", "board", "m", "m", mark("Team"), mark("Say who can take on what, and who is away")),
    Command("board.holds", "board", "h", "h", mark("Holds"), mark("See which cases stay where they are")),
    Command("board.audit", "board", "l", "l", mark("Audit"), mark("See who saw, changed, moved and decided what")),
    Command("board.sort", "board", "s", "s", mark("Sort"), mark("Sort by the next column"), bar=False),
    Command("board.turn", "board", "S", "S", mark("Turn"), mark("Turn the order round"), bar=False),
    Command("board.moves", "board", "z", "z", mark("Moves"), mark("See what was moved, and take it back"), bar=False),
    Command("cases.mark", "cases", "space", "␣", mark("Mark"), mark("Mark the case under the cursor")),
    Command("cases.mark_all", "cases", "asterisk", "*", mark("All"), mark("Mark every case that is shown, or none")),
    Command("cases.reassign", "cases", "r", "r", mark("Reassign"), mark("Move the marked cases, or all found")),
    Command("cases.hold", "cases", "h", "h", mark("Hold"), mark("Keep the marked cases where they are, until a day")),
    Command("cases.filter", "cases", "slash", "/", mark("Filter"), mark("Say which cases, in words and bounds")),
    Command("cases.pool", "cases", "o", "o", mark("Pool"), mark("Show only the cases nobody owns, or all")),
    Command("cases.sort", "cases", "s", "s", mark("Sort"), mark("Sort by money, age, rest or name")),
    Command("move.apply", "move", "enter", "↵", mark("Move"), mark("Move the cases as the preview says")),
    Command("move.mark", "move", "space", "␣", mark("Mark"), mark("Mark the agents a strategy deals to")),
    Command("move.mode", "move", "n", "n", mark("Now"), mark("Move at once, or wait for running calls")),
    Command("move.holds", "move", "h", "h", mark("Holds"), mark("Take cases on hold along, or leave them")),
    Command("move.force", "move", "F", "F", mark("Force"), mark("Let the new owner call at once, for a reason")),
    Command("move.undo", "move", "u", "u", mark("Undo"), mark("Give the cases back to whom they came from")),
    Command("moves.undo", "moves", "u", "u", mark("Undo"), mark("Take the move under the cursor back")),
    Command("team.capacity", "team", "c", "c", mark("Capacity"), mark("Say how many cases the agent can have")),
    Command("team.skills", "team", "s", "s", mark("Skills"), mark("Say which languages and skills the agent has")),
    Command("team.away", "team", "a", "a", mark("Away"), mark("Write an absence down and spread the work")),
    Command("team.end", "team", "e", "e", mark("Is back"), mark("Call the agent back; the work is given back")),
    Command("team.undo", "team", "u", "u", mark("Undo"), mark("Take the last change made here back")),
    Command("holds.release", "holds", "u", "u", mark("Let go"), mark("Let the cases of the hold go")),
    Command("decisions.approve", "decisions", "y", "y", mark("Yes"), mark("Approve, settle, accept or lift")),
    Command("decisions.refuse", "decisions", "n", "n", mark("No"), mark("Refuse, leave frozen or dismiss")),
    Command(
        "decisions.approve_because", "decisions", "Y", "Y", mark("Yes, why"), mark("Say yes with a reason"), bar=False
    ),
    Command("decisions.refuse_because", "decisions", "N", "N", mark("No, why"), mark("Say no with a reason")),
    Command(
        "decisions.keep(1)", "decisions", "1", "1", mark("First"), mark("Keep the first of two promises"), bar=False
    ),
    Command(
        "decisions.keep(2)", "decisions", "2", "2", mark("Second"), mark("Keep the second of two promises"), bar=False
    ),
    Command("decisions.kind", "decisions", "f", "f", mark("Kind"), mark("Show the next kind that waits")),
    Command("decisions.stops", "decisions", "s", "s", mark("Stops"), mark("Show the stop flags, or what waits")),
    Command("decisions.undo", "decisions", "u", "u", mark("Undo"), mark("Take the last decision back")),
    Command(
        "imports.choose", "imports", "o", "o", mark("Choose"), mark("Choose a file; it is read, nothing is changed")
    ),
    Command("imports.kind", "imports", "t", "t", mark("Type"), mark("Take it for receivables, contacts or payments")),
    Command("imports.profile", "imports", "p", "p", mark("Profile"), mark("Use the answers remembered for a source")),
    Command("imports.answer", "imports", "a", "a", mark("Answer"), mark("Answer what the file leaves open")),
    Command("imports.settings", "imports", "g", "g", mark("Settings"), mark("Say which ledger, market and owners")),
    Command("imports.only", "imports", "f", "f", mark("Only"), mark("Show one class of rows, or all")),
    Command("imports.commit", "imports", "c", "c", mark("Bring in"), mark("Bring the whole file in, or nothing of it")),
    Command("imports.stop", "imports", "x", "x", mark("Stop"), mark("Stop what is on its way; nothing is changed")),
    Command("imports.undo", "imports", "u", "u", mark("Undo"), mark("Take the whole import back")),
    Command("imports.earlier", "imports", "z", "z", mark("Earlier"), mark("List what came in before")),
    Command("importlist.undo", "importlist", "u", "u", mark("Undo"), mark("Take the import under the cursor back")),
    Command("promises.earlier", "promises", "left", "←", mark("Earlier"), mark("Show two weeks earlier")),
    Command("promises.later", "promises", "right", "→", mark("Later"), mark("Show two weeks later")),
    Command("promises.broken", "promises", "b", "b", mark("Broken"), mark("List what was broken, or the day again")),
    Command("promises.judge", "promises", "g", "g", mark("Judge"), mark("Judge the day again; twice changes nothing")),
    Command("figures.unit", "figures", "t", "t", mark("Unit"), mark("Draw rates, money, counts or times")),
    Command("figures.currency", "figures", "x", "x", mark("Currency"), mark("Draw the next currency")),
    Command("figures.form", "figures", "b", "b", mark("Bars"), mark("Draw bars, or lines")),
    Command("figures.span", "figures", "w", "w", mark("Days"), mark("Look at 7, 14, 30 or 90 days")),
    Command("figures.earlier", "figures", "left", "←", mark("Earlier"), mark("Look at the days before"), bar=False),
    Command("figures.later", "figures", "right", "→", mark("Later"), mark("Look at the days after"), bar=False),
    Command("figures.svg", "figures", "v", "v", mark("SVG"), mark("Keep the picture as SVG")),
    Command("figures.csv", "figures", "c", "c", mark("CSV"), mark("Keep the numbers as CSV")),
    Command("figures.pdf", "figures", "p", "p", mark("PDF"), mark("Keep a printable page")),
    Command("editors.edit", "editors", "e", "e", mark("Edit"), mark("Edit the text in your own editor")),
    Command("editors.type", "editors", "b", "b", mark("Built in"), mark("Edit the text in the built-in editor")),
    Command("editors.add", "editors", "a", "a", mark("Add"), mark("Begin a script or a rule pack of the house's own")),
    Command("editors.remove", "editors", "D", "D", mark("Remove"), mark("Remove the script or the house's own pack")),
    Command("editors.check", "editors", "c", "c", mark("Check"), mark("Check the draft; nothing is published")),
    Command("editors.compare", "editors", "d", "d", mark("Compare"), mark("Show what the draft or version changes")),
    Command("editors.publish", "editors", "p", "p", mark("Publish"), mark("Check the draft and publish it")),
    Command(
        "editors.merge", "editors", "M", "M", mark("Merge"), mark("Put the draft onto the newest version"), bar=False
    ),
    Command("editors.discard", "editors", "x", "x", mark("Discard"), mark("Give the draft up")),
    Command("editors.restore", "editors", "R", "R", mark("Bring back"), mark("Make an older version the newest")),
    Command("strategy.more(1)", "strategy", "plus", "+", mark("More"), mark("More points, or more calls a day")),
    Command("strategy.more(-1)", "strategy", "minus", "-", mark("Fewer"), mark("Fewer points, or fewer calls a day")),
    Command("strategy.shift(-1)", "strategy", "less_than_sign", "<", mark("Sooner"), mark("Move a kind of case up")),
    Command("strategy.shift(1)", "strategy", "greater_than_sign", ">", mark("After"), mark("Move a kind of case down")),
    Command("strategy.publish", "strategy", "p", "p", mark("Publish"), mark("Publish the strategy to every agent")),
    Command("strategy.discard", "strategy", "x", "x", mark("Discard"), mark("Take the changes back")),
    Command("audit.search", "audit", "slash", "/", mark("Search"), mark("Search by person, action, subject and days")),
    Command("audit.same", "audit", "m", "m", mark("Same"), mark("Show only what is about the same thing")),
    Command("audit.verify", "audit", "v", "v", mark("Verify"), mark("Verify the whole chain again")),
    Command("audit.export", "audit", "c", "c", mark("CSV"), mark("Keep what was found as CSV")),
    Command("desk.back", "desk", "escape", "Esc", mark("Back"), mark("Go back one step; nothing typed is lost")),
    Command("app.refresh", "app", "f5", "F5", mark("Refresh"), mark("Ask the server now")),
    Command("app.lock", "app", "ctrl+l", "^L", mark("Lock"), mark("Lock the screen"), bar=False),
    Command("app.language", "app", "f9", "F9", mark("Language"), mark("Switch between Chinese and English"), bar=False),
    Command("app.command_palette", "app", "ctrl+p", "^P", mark("Commands"), mark("Find any command")),
    Command("app.help", "app", "question_mark", "?", mark("Help"), mark("Show every key")),
    Command("app.quit", "app", "ctrl+q", "^Q", mark("Quit"), mark("Leave duecall"), bar=False),
)
"""What can be done, in the order of footer and help."""


def commands(*places: Place) -> tuple[Command, ...]:
    """Give the commands of some places, in the order they are written."""
    return tuple(command for command in COMMANDS if command.place in places)


def bindings(*places: Place) -> list[BindingType]:
    """Give Textual's bindings of some places."""
    return [command.binding() for command in commands(*places)]


def titles() -> dict[Place, str]:
    """Name the places in the interface language, in the order of the help screen."""
    return {
        "board": tr("On the board"),
        "cases": tr("In a list of cases"),
        "move": tr("While cases are moved"),
        "moves": tr("In the list of moves"),
        "team": tr("Among the team"),
        "holds": tr("In the list of holds"),
        "decisions": tr("Among decisions"),
        "imports": tr("While a file is imported"),
        "importlist": tr("In the list of imports"),
        "promises": tr("In the calendar of promises"),
        "figures": tr("Among the figures"),
        "editors": tr("In the editors"),
        "strategy": tr("In the queue's strategy"),
        "audit": tr("In the audit trail"),
        "desk": tr("On every screen but the board"),
        "app": tr("Everywhere"),
    }
