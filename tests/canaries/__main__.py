"""``make canaries``: the last line says how many values were sent, where was looked, and what was found."""

import argparse
import sys

from tests.canaries.run import run


def main() -> int:
    """0 when nothing was found anywhere, and what was planted was found everywhere."""
    parser = argparse.ArgumentParser(prog="make canaries")
    parser.add_argument("--share", type=int, default=1, help="only each so-manieth way in")
    outcome = run(share=parser.parse_args().share, say=_say)
    for place, around in outcome.found.items():
        for one in around[:10]:
            _say(f"found in {place}: {one}")
    for line in [*outcome.failed[:10], *(f"planted and not seen: {name}" for name in outcome.not_seen)]:
        _say(line)
    _say(str(outcome))
    return 0 if outcome.is_clean else 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
