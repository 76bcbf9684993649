#!/usr/bin/env python3
"""Everything there is to run from a checkout, with nothing but Python: ``python3 run.py COMMAND``.

The first run makes ``.venv`` beside this file and installs what is pinned in ``requirements/``, checked by hash; later
runs install only when those files, ``pyproject.toml`` or Python have changed. pip's own configuration is respected.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "installed.json"
PACKAGES = ("tui", "screens", "data", "domain", "server")

USAGE = """\
usage: python3 run.py COMMAND [ARGUMENT …]

  demo [ARGUMENT …]      try duecall: a server, sample data and the application in a temporary folder
  test [ARGUMENT …]      everything that is checked before a change goes in; arguments go to pytest
  duecall [ARGUMENT …]   the program itself, with any of its commands
  bench [NAME|all …]     a benchmark, all of them, or the list
  messages ACTION        translations: update, compile or check
  keys [--check]         write the tables of keys in README.md and README.zh.md anew
"""

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)

# What "bench all" measures, in this order.
MEASURED = ("startup", "queue_keys", "store", "imports", "casebook", "gate", "dates")

# What a command needs: each set holds everything of those before it.
SETS = ("runtime", "dev", "bench")


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(USAGE)
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    if command not in COMMANDS:
        return fail(f"There is no command {command!r}.\n\n{USAGE}", 2)
    try:
        return COMMANDS[command](rest)
    except Trouble as trouble:
        return fail(str(trouble))
    except KeyboardInterrupt:
        return 130


class Trouble(Exception):  # noqa: N818 - it is a sentence for the person, not a malfunction
    """Something that stands in the way; the message says what to do."""


def fail(sentence: str, code: int = 1) -> int:
    """Say what is wrong."""
    sys.stdout.flush()
    sys.stderr.write(f"run.py: {sentence}\n")
    return code


def say(sentence: str) -> None:
    """Say what is being done, at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


# --- the commands ---


def demo(arguments: list[str]) -> int:
    """Show duecall with sample data."""
    return duecall(["demo", *arguments])


def duecall(arguments: list[str]) -> int:
    """Run the program where the caller is, in place of this process where the system can do that."""
    install("runtime")
    program = script("duecall")
    if os.name == "posix":
        os.execv(program, [program, *arguments])
    return subprocess.call([program, *arguments])


def test(arguments: list[str]) -> int:
    """Run every check, fastest first, and the tests last; stop at the first that fails."""
    install("dev")
    install_pgbouncer()
    started = time.monotonic()
    for check in CHECKS:
        code = run([script(check[0]), *check[1:]], " ".join(check))
        if code:
            return fail(f"{' '.join(check)} failed with exit code {code}; the tests were not run.", code)
    say(f"Checks done in {time.monotonic() - started:.1f} s; now the tests.")
    say(f"→ {' '.join(['pytest', *arguments])}")
    return subprocess.call([python(), "-m", "pytest", *arguments], cwd=ROOT)  # the last word is pytest's own


def bench(arguments: list[str]) -> int:
    """Run a benchmark, or list them."""
    known = sorted(file.stem for file in (ROOT / "benchmarks").glob("[a-z]*.py"))
    if not arguments:
        say("Benchmarks: " + ", ".join(known) + ".\npython3 run.py bench NAME --help explains one.")
        return 0
    name, *rest = arguments
    if name == "all":
        return max(bench([each, *rest]) for each in MEASURED)
    if name not in known:
        raise Trouble(f"There is no benchmark {name!r}. Known: {', '.join(known)}.")
    install("bench")
    if name == "startup" and "--posting" not in rest:
        rest = [*rest, "--posting", peer_python()]
    say(f"→ benchmarks.{name}")
    return subprocess.call([python(), "-m", f"benchmarks.{name}", *rest], cwd=ROOT)


def peer_python() -> str:
    """Install the programs we are measured against in an environment of their own; gives its Python."""
    folder = ROOT / ".venv-peers"
    pinned = ROOT / "requirements" / "peers.txt"
    stamp = folder / "installed.txt"
    fingerprint = hashlib.sha256(pinned.read_bytes()).hexdigest()
    peer = str(folder / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python"))
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != fingerprint:
        say("Installing the peers into .venv-peers …")
        words = ["-m", "pip", "install", "--require-hashes", "-r", str(pinned), "--disable-pip-version-check", "-qq"]
        if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)]) or subprocess.call([peer, *words]):
            raise Trouble("the peers could not be installed; pip says why above.")
        stamp.write_text(fingerprint, encoding="utf-8")
    return peer


def messages(arguments: list[str]) -> int:
    """Keep the translations."""
    install("dev")
    return subprocess.call([python(), "-m", "tests.support.catalogue", *arguments], cwd=ROOT)


def keys(arguments: list[str]) -> int:
    """Write the tables of keys."""
    install("dev")
    return subprocess.call([python(), "-m", "tests.support.keytable", *arguments], cwd=ROOT)


COMMANDS = {"demo": demo, "test": test, "duecall": duecall, "bench": bench, "messages": messages, "keys": keys}


def run(words: list[str], shown: str) -> int:
    """Run one check, saying what runs and how long it took."""
    say(f"→ {shown}")
    started = time.monotonic()
    code = subprocess.call(words, cwd=ROOT)
    say(f"  {time.monotonic() - started:.1f} s")
    return code


# --- the environment ---


def install(wanted: str) -> None:
    """Make the environment and install a set, unless exactly that, or more, is installed already."""
    fingerprint = wanted_fingerprint()
    there = installed()
    if there is not None:
        if there["fingerprint"] == fingerprint and SETS.index(there["set"]) >= SETS.index(wanted):
            return
        wanted = max(wanted, there["set"], key=SETS.index)  # what was installed once stays up to date
    make_environment()
    STAMP.unlink(missing_ok=True)
    started = time.monotonic()
    say(f"Installing requirements/{wanted}.txt into .venv; the first time this takes a minute or two …")
    pip("install", "--require-hashes", "-r", str(ROOT / "requirements" / f"{wanted}.txt"))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    subprocess.call([python(), "-m", "compileall", "-q", *(str(ROOT / package) for package in PACKAGES)])
    stamp = {"set": wanted, "fingerprint": fingerprint, "root": str(ROOT)}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def install_pgbouncer() -> None:
    """Install the one program the tests want that no wheel brings, where that is ours to do; else its tests skip."""
    if shutil.which("pgbouncer", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"):
        return
    apt = shutil.which("apt-get")
    if apt is None or os.name != "posix" or os.geteuid() != 0:
        return
    say("Installing PgBouncer for the tests behind a connection pool …")
    words = [apt, "install", "-qq", "-y", "--no-install-recommends", "pgbouncer"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet
    )
    if done.returncode:
        say("  It could not be installed; the tests that need it say that they skip.")


def installed() -> dict[str, str] | None:
    """Tell what a finished installation left behind."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) and stamp.get("set") in SETS else None


def wanted_fingerprint() -> str:
    """Give what tells two installations apart: the pinned packages, the project's description, where it is."""
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """Make ``.venv``; make it again when its Python does not run any more or the checkout has been moved."""
    there = installed()
    moved = there is not None and there["root"] != str(ROOT)
    if not moved and works(f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"):
        if not works("import pip") and subprocess.call([python(), "-m", "ensurepip", "--default-pip"]):
            raise Trouble("the environment .venv has no pip and none could be put in; delete .venv and run this again.")
        return
    if ENVIRONMENT.exists() and not (ENVIRONMENT / "pyvenv.cfg").exists() and any(ENVIRONMENT.iterdir()):
        raise Trouble(f"{ENVIRONMENT} is there and is no virtual environment; move it away and run this again.")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise Trouble(
                f"this Python has no {module!r}, which makes virtual environments. On Debian and Ubuntu:\n"
                f"    sudo apt install python{version}-venv\n"
                "elsewhere install Python from its own installer; then run this again."
            )
    say(f"Making .venv with Python {sys.version.split()[0]} …")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]):
        raise Trouble("the virtual environment could not be made; the lines above say why.")


def works(code: str) -> bool:
    """Tell whether the environment's Python runs some code."""
    try:
        return subprocess.call([python(), "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def pip(*words: str) -> None:
    """Run the environment's pip, as the user has configured it."""
    options = ["--disable-pip-version-check", "-qq"]
    if subprocess.call([python(), "-m", "pip", *words, *options], cwd=ROOT):
        raise Trouble(
            "the packages could not be installed; pip says why above. Without a network, or behind a proxy or a mirror "
            "that pip does not know of, set pip up first (pip config) and run this again: what is installed stays."
        )


def python() -> str:
    """Name the environment's Python."""
    return script("python")


def script(name: str) -> str:
    """Name a program of the environment."""
    return str(ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / (f"{name}.exe" if os.name == "nt" else name))


def check_python() -> str | None:
    """Say what is wrong with the Python that runs this file, if it is too old."""
    if sys.version_info >= OLDEST_PYTHON:
        return None
    newer = next(
        filter(None, (shutil.which(f"python3.{minor}") for minor in range(20, OLDEST_PYTHON[1] - 1, -1))), None
    )
    what = f"duecall needs Python 3.{OLDEST_PYTHON[1]} or newer, this is {sys.version.split()[0]} ({sys.executable})."
    return what + (f" Try: {newer} run.py" if newer else " Install a newer one and run this again.")


if __name__ == "__main__":
    too_old = check_python()
    sys.exit(fail(too_old) if too_old else main(sys.argv[1:]))
