"""``duecall scripts check``: what is wrong with a call script, with line numbers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.i18n import tr, trn
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from domain.scripts import Checked


def add_parser(subparsers: SubParsers) -> None:
    """Add the command and its one subcommand."""
    parser = add_command(
        subparsers,
        "scripts",
        run,
        summary=tr("check call scripts"),
        details=tr("Scripts are text files; docs/scripts.md describes them."),
    )
    commands = parser.add_subparsers(title=tr("commands"), metavar=tr("COMMAND"), dest="scripts_command", required=True)
    check = add_command(
        commands,
        "check",
        run,
        summary=tr("say what is wrong with scripts, with line numbers"),
        details=tr("Without a name the scripts that come with duecall are checked."),
    )
    check.add_argument(
        "path", metavar="FILE|FOLDER", nargs="?", type=Path, help=tr("a script, or a folder of scripts (*.toml)")
    )
    add_json(check)


def run(args: argparse.Namespace) -> int:
    """Check a file, every script of a folder together, or the shipped ones."""
    from domain.scripts import check_texts

    texts = _texts(args.path)
    checked = check_texts(texts.values())
    if args.json:
        write_json({"ok": all(each.usable for each in checked), "scripts": _documents(texts, checked)})
    else:
        for name, each in zip(texts, checked, strict=True):
            _say(name, each)
    bad = sum(not each.usable for each in checked)
    if bad:
        words = trn("{n} script cannot be used.", "{n} scripts cannot be used.", bad)
        raise CommandFailed(words.format(n=bad))
    return 0


def _texts(path: Path | None) -> dict[str, str]:
    from domain.scripts import shipped_texts

    if path is None:
        return shipped_texts()
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise CommandFailed(tr("There is no script (*.toml) in {folder}.").format(folder=path))
    try:
        return {str(file): file.read_text(encoding="utf-8-sig") for file in files}
    except OSError as error:
        raise CommandFailed(
            tr("{file} cannot be read: {why}").format(file=error.filename, why=error.strerror)
        ) from None
    except UnicodeDecodeError:
        raise CommandFailed(tr("A script is a text file in UTF-8; this one is not. Nothing was checked.")) from None


def _say(name: str, checked: Checked) -> None:
    for each in checked.findings:
        where = f"{each.where}: " if each.where else ""
        mark = "" if each.severity == "error" else tr("warning: ")
        write(f"{name}:{each.line}: {mark}{where}{each.text} [{each.code}]")
    if checked.usable and checked.script is not None:
        script = checked.script
        words = trn(
            "{file}: {name} {version}, {n} stage, can be used",
            "{file}: {name} {version}, {n} stages, can be used",
            len(script.stages),
        )
        write(words.format(file=name, name=script.name, version=script.version, n=len(script.stages)))


def _documents(texts: dict[str, str], checked: tuple[Checked, ...]) -> list[dict[str, Any]]:
    return [
        {
            "file": name,
            "ok": each.usable,
            "name": each.script.name if each.script else None,
            "version": each.script.version if each.script else None,
            "digest": each.script.digest if each.script else None,
            "findings": [
                {
                    "line": found.line,
                    "code": found.code,
                    "severity": found.severity,
                    "where": found.where,
                    "text": found.text,
                }
                for found in each.findings
            ],
        }
        for name, each in zip(texts, checked, strict=True)
    ]
