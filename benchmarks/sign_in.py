"""Signing in, measured: the hash, a refusal by who is asked for, and 200 guesses at once at the real web server.

``python benchmarks/sign_in.py [--guesses 200]``. Servers of its own in a temporary folder; gunicorn with four
workers of four threads. Times are medians, on a machine that should have nothing else to do.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))

from hotline.embedded import provide_environment  # noqa: E402 - the path comes first
from hotline.embedded.environment import leave_all  # noqa: E402

PASSWORD = "seven green bicycles uphill"  # noqa: S105 - a made-up user's
TIMES = 25


def main() -> None:
    """Set up, measure, print."""
    parser = argparse.ArgumentParser(description="How long signing in takes, and how many guesses are looked at.")
    parser.add_argument("--guesses", type=int, default=200)
    guesses = parser.parse_args().guesses
    sessions = provide_environment(Path(tempfile.mkdtemp(prefix="hotline-bench-")), throwaway=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hotline.settings"
    os.environ["HOTLINE_DATABASE_ROLE"] = "owner"
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0)
    try:
        _hash()
        _refusals()
        _attack(guesses)
    finally:
        leave_all(sessions)


def median_ms(action: Callable[[], object], *, times: int = TIMES) -> float:
    """How long it takes, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _hash() -> None:
    from django.contrib.auth.hashers import check_password, make_password  # noqa: PLC0415 - Django must be set up

    kept = make_password(PASSWORD)
    print(f"Argon2id {kept.split('$')[3]}: {median_ms(lambda: check_password(PASSWORD, kept)):.0f} ms")


def _people() -> dict[str, str]:
    from hotline.accounts.models import User  # noqa: PLC0415 - Django must be set up
    from hotline.accounts.permissions import Role  # noqa: PLC0415 - the same

    for name, is_active, password in (("somebody", True, PASSWORD), ("off", False, PASSWORD), ("invited", True, None)):
        person = User(username=name, name="Test Person", role=Role.ANALYST, language="en", is_active=is_active)
        person.set_password(password) if password else person.set_unusable_password()
        person.save()
    return {
        "a name that somebody has": "somebody",
        "a name that nobody has": "nobodyhere",
        "one that can be no name": "https://example.example/",
        "one that is switched off": "off",
        "one that is only invited": "invited",
    }


def _refusals() -> None:
    from tests.accounts.guessing import Guesser, web  # noqa: PLC0415 - Django must be set up
    from tests.project.processes import free_port  # noqa: PLC0415 - the same

    people, port = _people(), free_port()
    with web(port, workers=1):
        guesser = Guesser.at(port)
        taken: dict[str, list[float]] = {who: [] for who in people}
        # In turns, each from an address of its own, so that a busy moment falls on all of them alike.
        for number in range(TIMES):
            for who, name in people.items():
                address = f"198.51.100.{number * len(people) % 250 + list(people).index(who)}"
                began = time.perf_counter()
                guesser.guess(name, "wrong", address=address)
                taken[who].append((time.perf_counter() - began) * 1000)
    for who, times in taken.items():
        print(f"refused, {who}: {statistics.median(times):.0f} ms")


def _attack(guesses: int) -> None:
    from hotline.accounts.models import User  # noqa: PLC0415 - Django must be set up
    from tests.accounts.guessing import Guesser, guess_at_once, web  # noqa: PLC0415 - the same
    from tests.project.processes import free_port  # noqa: PLC0415 - the same

    User.objects.filter(username="somebody").update(username="victim")
    port = free_port()
    with web(port):
        guesser = Guesser.at(port)
        began = time.perf_counter()
        statuses = guess_at_once(guesser, "victim", addresses=["203.0.113.66"] * guesses)
        seconds = time.perf_counter() - began
        elsewhere = guesser.guess("victim", PASSWORD, address="198.51.100.251")
    print(
        f"{guesses} guesses at once: {statuses[200]} looked at, {statuses[429]} refused, in {seconds:.1f} s; "
        f"the victim from elsewhere: {'signed in' if elsewhere == 302 else elsewhere}"  # noqa: PLR2004 - a redirect
    )


if __name__ == "__main__":
    main()
