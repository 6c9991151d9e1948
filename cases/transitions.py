"""The workflow: one pure table of (state, verb) -> (next state, permission). A leaf.

received -> in triage -> assessed -> referred -> closed, with reopen, and void. What is not in the
table may not be done.
"""

from enum import StrEnum
from typing import NamedTuple

from cases.codes import State
from hotline.accounts.permissions import Permission


class Verb(StrEnum):
    """What may be done to a report."""

    TAKE = "take"
    PUT_BACK = "put_back"
    AMEND = "amend"
    ASSESS = "assess"
    FINISH = "finish"
    REFER = "refer"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"
    RESTORE = "restore"


class Transition(NamedTuple):
    """Where a verb leads, and who may do it."""

    to: State
    permission: Permission


class TransitionError(Exception):
    """A verb that is not possible in the report's state. Holds both codes, no values."""

    def __init__(self, state: str, verb: Verb) -> None:
        super().__init__(f"{verb} is not possible in state {state}")
        self.state = state
        self.verb = verb


_TRIAGE = Permission.REPORT_TRIAGE
_REFER = Permission.REPORT_REFER

TRANSITIONS: dict[tuple[State, Verb], Transition] = {
    (State.RECEIVED, Verb.TAKE): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.RECEIVED, Verb.AMEND): Transition(State.RECEIVED, _TRIAGE),
    (State.RECEIVED, Verb.VOID): Transition(State.VOID, Permission.REPORT_VOID),
    # Taking over a colleague's report is taking it, too.
    (State.IN_TRIAGE, Verb.TAKE): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.IN_TRIAGE, Verb.PUT_BACK): Transition(State.RECEIVED, _TRIAGE),
    (State.IN_TRIAGE, Verb.AMEND): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.IN_TRIAGE, Verb.ASSESS): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.IN_TRIAGE, Verb.FINISH): Transition(State.ASSESSED, _TRIAGE),
    (State.IN_TRIAGE, Verb.VOID): Transition(State.VOID, Permission.REPORT_VOID),
    (State.ASSESSED, Verb.REFER): Transition(State.REFERRED, _REFER),
    (State.ASSESSED, Verb.CLOSE): Transition(State.CLOSED, _REFER),
    (State.ASSESSED, Verb.REOPEN): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.ASSESSED, Verb.VOID): Transition(State.VOID, Permission.REPORT_VOID),
    # A further referral, or an answer to one.
    (State.REFERRED, Verb.REFER): Transition(State.REFERRED, _REFER),
    (State.REFERRED, Verb.CLOSE): Transition(State.CLOSED, _REFER),
    (State.REFERRED, Verb.REOPEN): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.REFERRED, Verb.VOID): Transition(State.VOID, Permission.REPORT_VOID),
    (State.CLOSED, Verb.REOPEN): Transition(State.IN_TRIAGE, _TRIAGE),
    (State.CLOSED, Verb.VOID): Transition(State.VOID, Permission.REPORT_VOID),
    (State.VOID, Verb.RESTORE): Transition(State.IN_TRIAGE, Permission.REPORT_RESTORE),
}


def transition(state: str, verb: Verb) -> Transition:
    """Where this verb leads from this state.

    Raises ``TransitionError`` when the table does not have it.
    """
    found = TRANSITIONS.get((State(state), verb))
    if found is None:
        raise TransitionError(state, verb)
    return found


def verbs_from(state: str) -> list[tuple[Verb, Permission]]:
    """What may be done from this state, and by whom, in the order of the table."""
    return [(verb, found.permission) for (start, verb), found in TRANSITIONS.items() if start == state]
