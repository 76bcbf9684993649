"""``duecall doctor``: whether everything is whole."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from tui.opening import OpenProfile


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "doctor",
        run,
        summary=tr("check the store and its invariants"),
        details=tr("No fact may be missing, and every open case has a next action."),
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Check; 1 when something is wrong."""
    from tui.headless import with_profile

    async def work(profile: OpenProfile) -> list[tuple[str, bool, str]]:
        return _findings(profile)

    try:
        findings = with_profile(work)
    except CommandFailed as refusal:
        if args.json:
            write_json({"ok": False, "checks": [{"name": "open", "ok": False, "detail": str(refusal)}]})
        raise
    good = all(ok for _, ok, _ in findings)
    if args.json:
        checks = [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in findings]
        write_json({"ok": good, "checks": checks})
    else:
        for name, ok, detail in findings:
            write(f"{'✓' if ok else '✗'} {name}  {detail}")
    return 0 if good else 1


def _findings(profile: OpenProfile) -> list[tuple[str, bool, str]]:
    from data.checks import check_profile

    found = [(each.name, each.ok, each.detail) for each in check_profile(profile.store, profile.replica)]
    return [*found, _next_actions(profile)]


def _next_actions(profile: OpenProfile) -> tuple[str, bool, str]:
    """Check that every open case has exactly one dated next action."""
    from domain.queue import without_next_action

    desk = profile.desk
    cases = [case for case in profile.replica.cases.cases() if case.closed is None]
    without = without_next_action(cases, desk.now(), desk.policy)
    detail = tr("{n} open cases").format(n=len(cases)) if not without else ", ".join(without[:10])
    return ("next-action", not without, detail)
