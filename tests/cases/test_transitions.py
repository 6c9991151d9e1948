"""The table of the workflow, looked at as a whole."""

import pytest

from cases.codes import State
from cases.transitions import TRANSITIONS, TransitionError, Verb, transition


def test_table_is_the_workflow_and_nothing_else():
    table = {(state.value, verb.value): step.to.value for (state, verb), step in TRANSITIONS.items()}
    assert table == {
        ("received", "take"): "in_triage",
        ("received", "amend"): "received",
        ("received", "void"): "void",
        ("in_triage", "take"): "in_triage",
        ("in_triage", "put_back"): "received",
        ("in_triage", "amend"): "in_triage",
        ("in_triage", "assess"): "in_triage",
        ("in_triage", "finish"): "assessed",
        ("in_triage", "void"): "void",
        ("assessed", "refer"): "referred",
        ("assessed", "close"): "closed",
        ("assessed", "reopen"): "in_triage",
        ("assessed", "void"): "void",
        ("referred", "refer"): "referred",
        ("referred", "close"): "closed",
        ("referred", "reopen"): "in_triage",
        ("referred", "void"): "void",
        ("closed", "reopen"): "in_triage",
        ("closed", "void"): "void",
        ("void", "restore"): "in_triage",
    }


def test_every_state_can_be_reached():
    assert {step.to for step in TRANSITIONS.values()} == set(State)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_what_the_table_does_not_have_is_refused(state, verb):
    if (state, verb) in TRANSITIONS:
        assert transition(state, verb) == TRANSITIONS[state, verb]
    else:
        with pytest.raises(TransitionError):
            transition(state, verb)
