"""What a command refuses it does not say back; what is wrong is named."""

import subprocess
import sys

import pytest
from django.core.management.base import CommandParser

from hotline.commands import quietly
from tests.canaries.search import found_in
from tests.canaries.values import KINDS, Mint
from tests.project.processes import BASE_DIR

CANARY = "https://qzxj7.example/a"
UNKNOWN = "there is an argument that is not known, or not as it must be; see --help"
RUN = "import sys; from hotline.commands import Commands; Commands(sys.argv).execute()"


@pytest.fixture
def parser():
    parser = CommandParser(prog="manage.py trial")
    parser.add_argument("file")
    parser.add_argument("--status", choices=["final", "revised"])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--dry-run", action="store_true")
    return parser


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (f"unrecognized arguments: {CANARY}", UNKNOWN),
        (f"argument --status: invalid choice: '{CANARY}'", "argument --status: choose from final, revised"),
        (f"argument --seed: invalid int value: '{CANARY}'", "argument --seed: not as it must be; see --help"),
        ("argument --seed: expected one argument", "argument --seed: expected one argument"),
        ("the following arguments are required: file", "the following arguments are required: file"),
        ("argument file: use a date as YYYY-MM-DD", "argument file: use a date as YYYY-MM-DD"),
        (f"argument {CANARY}: x", UNKNOWN),
    ],
)  # fmt: skip
def test_argument_and_rule_are_named_and_no_value(parser, message, said):
    assert quietly(parser, message) == said


def test_a_rule_that_repeats_what_was_typed_is_not_said(parser, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["manage.py", "trial", f"--dry-run={CANARY}"])
    said = quietly(parser, f"argument --dry-run: ignored explicit argument {CANARY!r}")
    assert said == "argument --dry-run: not as it must be; see --help"


@pytest.mark.parametrize("arguments", [["{0}"], ["check", "{0}"], ["check", "--{0}"], ["check", "--fail-level", "{0}"]])
def test_no_command_says_a_value_back(arguments):
    mint = Mint()
    typed = [argument.format(mint.one("url")) for argument in arguments]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *typed],
        cwd=BASE_DIR, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode in {1, 2}
    assert done.stderr
    assert found_in(done.stdout + done.stderr) == []


def test_a_canary_of_every_kind_is_kept_out_of_a_refusal(parser):
    for kind in KINDS:
        said = quietly(parser, f"argument --seed: invalid int value: {Mint().one(kind)!r}")
        assert found_in(said.encode()) == []
