"""The program ``duecall``: finds the language, reads the arguments, runs one command, says what went wrong.

What a command needs is imported when it runs: ``duecall --help`` and the simple commands start in a few hundredths of
a second because they load neither the screens nor the store, the network or the server.

Exit codes: 0 done, 1 it could not be done (one sentence on standard error), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from domain.i18n import LANGUAGES, tr, use_language
from tui.cli import MODULES, load
from tui.cli.frame import CommandFailed
from tui.cli.output import make_utf8, warn
from tui.cli.usage import spoken_usage
from tui.language import choose_language

DEBUG_VARIABLE = "DUECALL_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with ``argv`` (the process's own arguments by default) and give its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    make_utf8()
    use_language(choose_language(arguments, os.environ))
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_stdout()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line, in the current language."""
    parser = argparse.ArgumentParser(
        prog="duecall",
        description=tr("Phone customers about overdue payments. Without a command: the agent's application."),
        epilog=tr("“duecall COMMAND --help” explains a command."),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=tr("show the version and leave"))
    parser.add_argument("--lang", choices=LANGUAGES, default=None, help=tr("the language of the interface"))
    subparsers = parser.add_subparsers(title=tr("commands"), metavar=tr("COMMAND"), dest="command")
    for name in MODULES:
        load(name).add_parser(subparsers)
    parser.set_defaults(run=_open_application)
    return parser


def _run(arguments: list[str]) -> int:
    try:
        with spoken_usage():
            parsed = build_parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has said what there is to say
        return stop.code if isinstance(stop.code, int) else 0
    try:
        code: int = parsed.run(parsed)
    except CommandFailed as refusal:
        warn(str(refusal))
        return 1
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - the last place that can turn a surprise into a sentence
        return _surprised(error, parsed.command)
    return code


def _surprised(error: Exception, command: str | None) -> int:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        import traceback

        traceback.print_exception(error)
        return 1
    from data.profile import ProfileError
    from tui.crash import keep_report

    if isinstance(error, ProfileError):
        warn(str(error))
        return 1
    report = keep_report(error, command)
    if report is None:
        warn(tr("duecall met an error of its own; what was saved is safe. DUECALL_DEBUG=1 shows where it happened."))
    else:
        text = tr("duecall met an error of its own; what was saved is safe. A report without customers' data: {file}")
        warn(text.format(file=report))
    return 1


def _open_application(arguments: argparse.Namespace) -> int:
    from tui.start import run_agent

    return run_agent(arguments)


def _let_go_of_stdout() -> None:
    """Stop writing to a reader that has gone, so that the interpreter does not complain when it flushes at the end."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    os.close(silence)


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_parsed: object) -> None:
        from tui.crash import version

        sys.stdout.write(f"duecall {version()}\n")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
