"""What is done inside the product's own environment: ``python -m tests.canaries.inside world|commands|tasks FOLDER``.

``world``: one of every record, people with sessions, and the address of every route for each who may enter, as JSON on
standard output. ``commands``: every command of ours with canaries for arguments, imports of files that are full of
them; what they say goes to standard output. ``tasks``: every task with canaries for arguments.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.canaries.values import KINDS, Mint

COMMANDS_FROM = ("hotline", "cases", "stats")
COLUMNS_AT_ONCE = 200
ENDING = {"accounts:sign_out", "accounts:sessions", "accounts:password", "administration:user_change"}


def set_up(folder: str) -> None:
    """Join the servers of the folder, and load Django."""
    os.environ["HOTLINE_DATA_DIR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "hotline.settings"
    from hotline.local import prepare  # noqa: PLC0415 - after the environment is set

    prepare(with_schema=False)
    import django  # noqa: PLC0415 - the same

    django.setup()


def world() -> None:
    """Make it, and say how to get everywhere."""
    from django.conf import settings  # noqa: PLC0415 - models need Django

    from tests.project.access_table import ACCESS, DEACTIVATED, NO_ONE_SIGNED_IN, ROLES, STALE_EXPIRED  # noqa: PLC0415 - the same
    from tests.project.routes import METHODS, routes  # noqa: PLC0415 - the same
    from tests.project.world import ARGUMENTS, build  # noqa: PLC0415 - the same

    made = build()
    ways = []
    for route in routes("hotline.urls"):
        who = ACCESS[route.name]
        allowed = who if isinstance(who, frozenset) else frozenset().union(*who.values())
        # Those who may, and two who no longer may: what they send is turned away in other ways.
        for identity in sorted(allowed & (ROLES | {NO_ONE_SIGNED_IN}) | {DEACTIVATED, STALE_EXPIRED}):
            arguments = ARGUMENTS[route.name](made, identity) if route.name in ARGUMENTS else route.kwargs
            ways.append(
                {
                    "route": route.name,
                    "identity": identity,
                    "path": made.path(route, identity),
                    "arguments": [str(value) for value in arguments.values()],
                }
            )
    # What ends sessions comes last: who is signed out reaches nothing more.
    ways.sort(key=lambda way: (way["route"] in ENDING, way["route"].startswith(("accounts:", "administration:user"))))
    sessions = made.sessions
    cookies = {"session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME}
    sys.stdout.write(json.dumps({"ways": ways, "methods": METHODS, "sessions": sessions, "cookies": cookies}))


def commands(folder: Path, share: int) -> Mint:
    """Every command of ours, with every argument in turn; what is said goes to standard output.

    ``share``: only each so-manieth command, and each so-manieth kind of value in the files.
    """
    from django.core.management import get_commands  # noqa: PLC0415 - after set-up

    mint = Mint()
    # A command that makes a file or folder of that name makes it here.
    os.chdir(folder)
    ours = sorted(name for name, app in get_commands().items() if str(app).startswith(COMMANDS_FROM))
    for name in ours[::share]:
        for arguments in _arguments(name, mint):
            _run([name, *arguments])
    for name, arguments in _imports(folder, mint, share):
        _run([name, *arguments])
    _run([mint.plain()])
    return mint


def _arguments(name: str, mint: Mint) -> Iterator[list[str]]:
    """Each option with a canary, and canaries where names are asked for."""
    from django.core.management import get_commands, load_command_class  # noqa: PLC0415 - after set-up

    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    actions = [action for action in parser._actions if action.dest not in {"help", "version", "settings", "pythonpath"}]
    places = [action for action in actions if not action.option_strings]
    for _ in range(2):
        yield [_typed(mint) for _ in places] or [_typed(mint)]
    for action in actions:
        if action.option_strings and action.nargs != 0:
            yield [action.option_strings[-1], _typed(mint), *(_typed(mint) for _ in places)]
        elif action.option_strings and action.dest not in {"traceback", "force_color"}:
            yield [f"{action.option_strings[-1]}={_typed(mint)}"]
    yield ["--" + mint.one("bare host"), mint.plain()]


def _typed(mint: Mint) -> str:
    """A canary for an argument; as a path, it leads nowhere outside."""
    return "a" + value if (value := mint.one()).startswith(("/", ".")) else value


def _run(arguments: list[str]) -> None:
    """One command, as the terminal would run it; ends as it likes."""
    from hotline.commands import Commands  # noqa: PLC0415 - after set-up

    sys.argv = ["manage.py", *arguments]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            Commands(sys.argv).execute()
        except SystemExit:
            pass
        except Exception as error:  # noqa: BLE001 - what Python would print of it is what is looked at
            sys.excepthook(type(error), error, error.__traceback__)
    sys.__stdout__.write(said.getvalue())


def _imports(folder: Path, mint: Mint, share: int) -> Iterator[tuple[str, list[str]]]:
    """Files: a canary in every cell in turn, in the header, for a whole line, in the name."""
    for command, example in (("import_reports", "reports.csv"), ("import_history", "history.csv")):
        lines = (Path(__file__).parent.parent / "data" / example).read_text("utf-8").splitlines()
        header, rows = lines[0], [line.split(",") for line in lines[1:3]]
        bad = []
        for kind in list(KINDS)[::share]:
            for place in range(len(rows[0])):
                row = list(rows[0])
                row[place] = '"' + mint.one(kind).replace('"', '""') + '"'
                bad.append(",".join(row))
        halves = mint.halves()
        bad.append(",".join([*halves, *rows[0][2:]]))
        for start in range(0, len(bad), COLUMNS_AT_ONCE):
            path = folder / f"{command}-{start}.csv"
            path.write_text("\n".join([header, *bad[start : start + COLUMNS_AT_ONCE]]), "utf-8")
            yield command, [str(path)]
        for number, content in enumerate(
            ("\n".join([mint.one("url"), *lines[1:3]]), "\n".join([f"{header},{mint.one('e-mail')}", *lines[1:3]]),
             mint.one("sentence"), "\x00" + mint.one("url"))
        ):  # fmt: skip
            path = folder / f"{command}-whole-{number}.csv"
            path.write_text(content, "utf-8")
            yield command, [str(path), "--dry-run"]
        named = folder / f"{mint.one('e-mail')}.csv"
        named.write_text("\n".join(lines[:2]), "utf-8")
        yield command, [str(named), "--dry-run"]
        yield command, [str(folder / mint.one("defanged").replace("/", "_"))]


def tasks() -> Mint:
    """Send every task, and some that are none, with canaries for arguments; wait until all are taken."""
    from hotline.celery import app  # noqa: PLC0415 - after set-up

    mint = Mint()
    app.loader.import_default_modules()
    names = sorted(name for name in app.tasks if name.startswith(COMMANDS_FROM))
    for name in names:
        for how in ({"args": [mint.one(), mint.one()]}, {"kwargs": {"key": mint.one()}}, {"kwargs": {mint.plain(): 1}}):
            app.send_task(name, queue="hotline", ignore_result=True, **how)
    app.send_task(mint.plain(), args=[mint.one()], queue="hotline", ignore_result=True)
    app.send_task("stats.tasks." + mint.one("bare host"), kwargs={"a": mint.one()}, queue="hotline", ignore_result=True)
    return mint


def main() -> None:
    """One of the three; the number of values and their kinds go to the file beside the folder's others."""
    what, folder = sys.argv[1], sys.argv[2]
    set_up(folder)
    if what == "world":
        world()
        return
    files = Path(sys.argv[3])
    mint = commands(files, int(sys.argv[4])) if what == "commands" else tasks()
    (files / f"{what}.json").write_text(json.dumps({"sent": mint.sent, "kinds": sorted(mint.kinds)}), "utf-8")


if __name__ == "__main__":
    main()
