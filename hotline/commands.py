"""What ``manage.py`` runs: Django's commands and ours, that do not say back an argument which they refuse."""

import argparse
import re
import sys
from typing import Any, NoReturn

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand, CommandParser

_ARGUMENT = re.compile(r"argument ([A-Za-z0-9_/.,{}=<> -]+): ")
# What argparse says without repeating anything.
_PLAIN = re.compile(
    r"(?:argument [^:]+: )?expected (?:one argument|at (?:least|most) one argument|[0-9]+ arguments?)\Z"
)
_REQUIRED = "the following arguments are required: "
_ENOUGH = 2


class Commands(ManagementUtility):
    """Django's, with quiet refusals."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """The command of that name; exits with 1 when there is none."""
        if subcommand not in get_commands():
            sys.stderr.write(f"There is no such command. Type '{self.prog_name} help' for those there are.\n")
            sys.exit(1)
        command = super().fetch_command(subcommand)
        make = command.create_parser

        def create_parser(*args: Any, **kwargs: Any) -> CommandParser:
            parser = make(*args, **kwargs)
            parser.error = lambda message: refuse(parser, message)  # type: ignore[method-assign]
            return parser

        command.create_parser = create_parser  # type: ignore[method-assign]
        return command


def refuse(parser: CommandParser, message: str) -> NoReturn:
    """Print the usage and what is wrong: the argument's name and the rule. Exits with 2, as argparse does."""
    parser.print_usage(sys.stderr)
    sys.stderr.write(f"{parser.prog}: error: {quietly(parser, message)}\n")
    sys.exit(2)


def quietly(parser: argparse.ArgumentParser, message: str) -> str:
    """What argparse says, without what was typed."""
    if message.startswith(_REQUIRED) or _PLAIN.match(message):
        return message
    found = _ARGUMENT.match(message)
    action = next((one for one in parser._actions if found and _name(one) == found[1]), None)  # noqa: SLF001 - no other way to them
    if action is None:
        return "there is an argument that is not known, or not as it must be; see --help"
    if action.choices is not None:
        return f"argument {_name(action)}: choose from {', '.join(map(str, action.choices))}"
    rule = message.removeprefix(f"argument {_name(action)}: ")
    typed = {piece for given in sys.argv for piece in (given, given.partition("=")[2]) if len(piece) >= _ENOUGH}
    repeats = "invalid" in rule or any(piece in rule or repr(piece)[1:-1] in rule for piece in typed)
    return f"argument {_name(action)}: {'not as it must be; see --help' if repeats else rule}"


def _name(action: argparse.Action) -> str | None:
    """As argparse calls it in its messages."""
    return argparse._get_action_name(action)  # noqa: SLF001 - so that it is the same
