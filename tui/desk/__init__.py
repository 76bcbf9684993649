"""One agent's desk: the work behind the screens and behind the headless commands."""

from tui.desk.desk import AgentDesk, DeskParts

__all__ = ["AgentDesk", "DeskParts"]
