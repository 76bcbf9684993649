"""``duecall server audit …``: the audit trail, verified and exported."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from domain.i18n import tr
from server.commands.frame import (
    CommandFailed,
    SubParsers,
    add_database,
    add_json,
    answering,
    opened,
    write,
    write_json,
)

if TYPE_CHECKING:
    from server.database.trail import ChainState


def add_parsers(commands: SubParsers) -> None:
    """Mount the commands."""
    audit = commands.add_parser("audit", help=tr("the audit trail"), description=tr("The audit trail."))
    deeds = audit.add_subparsers(dest="audit_command", metavar="COMMAND", required=True)
    verify = deeds.add_parser(
        "verify",
        help=tr("check that nobody has edited it"),
        description=tr("Work every digest of the trail out again; exit 1 when a line was changed or is missing."),
    )
    verify.add_argument(
        "--heads", metavar="FILE", help=tr("what “verify --json” printed earlier: those ends must still be there")
    )
    add_json(verify)
    add_database(verify)
    verify.set_defaults(run=answering(_verify))
    export = deeds.add_parser(
        "export", help=tr("write it out"), description=tr("Write the trail as one JSON object a line, oldest first.")
    )
    export.add_argument("--team", help=tr("only this team's"))
    export.add_argument("--out", metavar="FILE", help=tr("the file to write (standard output by default)"))
    add_database(export)
    export.set_defaults(run=answering(_export))


def _verify(arguments: argparse.Namespace) -> None:
    from server.database.trail import chains, digest_at, examine

    noted = _noted(Path(arguments.heads)) if arguments.heads else {}
    with opened(arguments) as database, database.reading() as transaction:
        found = [examine(transaction.connection, chain) for chain in chains(transaction.connection)]
        lost = sorted(
            chain
            for chain, (length, digest) in noted.items()
            if digest_at(transaction.connection, chain, length) != digest
        )
    if arguments.json:
        write_json(
            {
                "ok": all(each.whole for each in found) and not lost,
                "chains": [_plain(each) for each in found],
                "cut_off": lost,
            }
        )
    else:
        for each in found:
            write(_sentence(each))
    if lost:
        raise CommandFailed(
            tr("An end noted earlier is no longer in the trail ({chains}): lines were cut off or written anew.").format(
                chains=", ".join(lost)
            )
        )
    if not all(each.whole for each in found):
        raise CommandFailed(tr("The audit trail was changed after it was written."))


def _plain(state: ChainState) -> dict[str, Any]:
    return {
        "chain": state.chain,
        "length": state.length,
        "digest": state.digest,
        "ok": state.whole,
        "broken_at": state.broken_at,
        "fault": state.fault,
    }


def _sentence(state: ChainState) -> str:
    if state.whole:
        return tr("{chain}: whole, {count} lines, ends with {digest}").format(
            chain=state.chain, count=state.length, digest=state.digest
        )
    return tr("{chain}: broken at line {line} ({fault})").format(
        chain=state.chain, line=state.broken_at, fault=state.fault
    )


def _noted(file: Path) -> Mapping[str, tuple[int, str]]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return {each["chain"]: (int(each["length"]), str(each["digest"])) for each in document["chains"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandFailed(
            tr("{file} cannot be read; give a file that “duecall server audit verify --json” has written.").format(
                file=file
            )
        ) from None


def _export(arguments: argparse.Namespace) -> None:
    from server.database.trail import chain_of, chains, lines_of

    with (
        opened(arguments) as database,
        database.reading() as transaction,
        _written(arguments.out) as out,
    ):
        wanted = [chain_of(arguments.team)] if arguments.team else chains(transaction.connection)
        for chain in wanted:
            for row in lines_of(transaction.connection, chain):
                line = dict(row) | {"detail": json.loads(row["detail"])}
                out.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")


@contextmanager
def _written(name: str | None) -> Iterator[TextIO]:
    if name is None:
        yield sys.stdout
        return
    try:
        with Path(name).open("w", encoding="utf-8") as out:
            yield out
    except OSError as problem:
        raise CommandFailed(
            tr("{file} cannot be written ({reason}); choose another place.").format(file=name, reason=problem.strerror)
        ) from None
