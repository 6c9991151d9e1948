"""Tests that share something expensive run in one process. pytest 9.2 undid that silently for pytest-xdist 3.8."""

import os

import pytest


@pytest.mark.xdist_group("a group")
def test_a_group_is_kept_together(request):
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    assert alone or request.node.nodeid.endswith("@a group")
