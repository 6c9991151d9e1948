"""What an action refuses with. Each names a field and a rule, and never holds a value."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ActionError(Exception):
    """A write that was refused; nothing of it was written.

    ``field`` names what is to be mended ('' for the whole), ``rule`` is a code, ``message`` a sentence for people.
    """

    def __init__(self, field: str, rule: str, message: "StrOrPromise") -> None:
        super().__init__(f"{field}: {rule}" if field else rule)
        self.field = field
        self.rule = rule
        self.message = message


class ChangedMeanwhileError(ActionError):
    """Someone else was first: the report is no longer as the writer saw it."""

    def __init__(self) -> None:
        super().__init__("", "changed_meanwhile", _("Someone else changed this report a moment ago. Look again."))


class NotPossibleError(ActionError):
    """The workflow has no such step from the report's state."""

    def __init__(self) -> None:
        super().__init__("", "not_possible", _("This is not possible in the state the report is in now."))


class RetiredMonthError(ActionError):
    """The report counts in a month whose records were removed at the end of their time."""

    def __init__(self) -> None:
        super().__init__(
            "",
            "retired_month",
            _("The records of this month were removed at the end of their time. Its figures stay as published."),
        )


class NotAllowedError(ActionError):
    """This person may not take this step."""

    def __init__(self) -> None:
        super().__init__("", "not_allowed", _("Your role may not do this."))
