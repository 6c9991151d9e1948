"""The words of the audit log: what was done to what, for each verb and subject. A table, no queries.

``%(who)s`` begins each sentence, ``%(what)s`` is the report, ``%(whom)s`` a person, ``%(name)s`` a recipient, code or
dimension as people know it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SYSTEM = _("The system")
GONE = _("Someone no longer here")

# (subject, verb) -> sentence
SENTENCES: dict[tuple[str, str], Promise] = {
    ("report", "log"): _("%(who)s logged %(what)s"),
    ("report", "import"): _("%(who)s imported %(what)s"),
    ("report", "take"): _("%(who)s took %(what)s"),
    ("report", "put_back"): _("%(who)s put %(what)s back"),
    ("report", "amend"): _("%(who)s put %(what)s right"),
    ("report", "assess"): _("%(who)s assessed %(what)s"),
    ("report", "finish"): _("%(who)s finished the triage of %(what)s"),
    ("report", "refer"): _("%(who)s worked on the referral of %(what)s"),
    ("report", "close"): _("%(who)s closed %(what)s"),
    ("report", "reopen"): _("%(who)s reopened %(what)s"),
    ("report", "void"): _("%(who)s declared %(what)s void"),
    ("report", "restore"): _("%(who)s restored %(what)s"),
    ("finding", "assess"): _("%(who)s added a finding to %(what)s"),
    ("finding", "retract"): _("%(who)s removed a finding of %(what)s"),
    ("referral", "refer"): _("%(who)s referred %(what)s"),
    ("referral", "answer"): _("%(who)s noted what the recipient of a referral of %(what)s did"),
    ("import", "import"): _("%(who)s imported a file"),
    ("user", "user_add"): _("%(who)s made an account for %(whom)s"),
    ("user", "user_change"): _("%(who)s changed the account of %(whom)s"),
    ("user", "password_reset"): _("%(who)s made a new password for %(whom)s"),
    ("user", "password_change"): _("%(who)s chose a new password"),
    ("user", "sign_in"): _("%(who)s signed in"),
    ("user", "sign_out"): _("%(who)s signed out"),
    ("user", "sign_in_failed"): _("A sign-in as %(whom)s was refused"),
    ("recipient", "recipient_add"): _("%(who)s added recipient %(name)s"),
    ("recipient", "recipient_change"): _("%(who)s changed recipient %(name)s"),
    ("coverage", "coverage_add"): _("%(who)s added a period to the coverage of %(name)s"),
    ("coverage", "coverage_change"): _("%(who)s changed a period of the coverage of %(name)s"),
    ("coverage", "coverage_remove"): _("%(who)s removed a period from the coverage of %(name)s"),
    ("coverage", "coverage_extend"): _("%(who)s extended the coverage of %(name)s for an import"),
    ("code", "code_add"): _("%(who)s added code %(name)s to a code list"),
    ("code", "code_change"): _("%(who)s changed code %(name)s of a code list"),
    ("year", "export"): _("%(who)s exported the figures of %(name)s"),
    ("release", "freeze"): _("%(who)s froze figures as release %(name)s"),
    ("release", "export"): _("%(who)s exported release %(name)s"),
}
# For a verb that is younger than this table.
OTHER = _("%(who)s did something this page has no words for (%(verb)s, %(subject)s)")

# What a reader of the log may filter by.
VERBS: dict[str, Promise] = {
    "log": _("logged"),
    "import": _("imported"),
    "take": _("took"),
    "put_back": _("put back"),
    "amend": _("put right"),
    "assess": pgettext_lazy("verb", "assessed"),
    "retract": _("removed a finding"),
    "finish": _("finished the triage"),
    "refer": pgettext_lazy("verb", "referred"),
    "answer": _("noted an answer"),
    "close": pgettext_lazy("verb", "closed"),
    "reopen": _("reopened"),
    "void": _("declared void"),
    "restore": _("restored"),
    "user_add": _("made an account"),
    "user_change": _("changed an account"),
    "password_reset": _("made a new password"),
    "password_change": _("chose a new password"),
    "sign_in": _("signed in"),
    "sign_out": _("signed out"),
    "sign_in_failed": _("sign-in refused"),
    "recipient_add": _("added a recipient"),
    "recipient_change": _("changed a recipient"),
    "code_add": _("added a code"),
    "code_change": _("changed a code"),
    "coverage_add": _("added a coverage period"),
    "coverage_change": _("changed a coverage period"),
    "coverage_remove": _("removed a coverage period"),
    "coverage_extend": _("extended the coverage"),
    "export": _("exported figures"),
    "freeze": _("froze figures"),
}

# Field -> what people call it. What is not here is not told: it says nothing to a reader.
FIELDS: dict[str, Promise] = {
    "received_date": _("received on"),
    "source": _("source"),
    "url_count": _("URLs"),
    "state": _("state"),
    "outcome": _("outcome"),
    "referral_status": _("referral status"),
    "assignee": _("with"),
    "self_generated": _("self-generated"),
    "sex": _("sex shown"),
    "age_band": _("age band"),
    "hosting_country": _("hosting country"),
    "site_type": _("site type"),
    "recipient": _("recipient"),
    "sent_date": _("sent on"),
    "acknowledged_date": _("acknowledged on"),
    "acted_date": _("acted on"),
    "action": _("action taken"),
    "role": _("role"),
    "language": _("language"),
    "name": _("name"),
    "kind": _("kind"),
    "country": _("country"),
    "is_active": _("active"),
    "label_nl": _("label in Dutch"),
    "label_en": _("label in English"),
    "position": _("order"),
    "counts_as": _("counts as"),
    "dimension": _("dimension"),
    "from_date": _("from"),
    "to_date": _("to"),
    "row_count": _("rows"),
    "report_count": _("reports"),
    "finding_count": _("findings"),
    "period": _("period"),
    "status": _("status"),
    "reason": _("reason"),
    "digest": _("digest"),
    "document": _("document"),
    "format": _("form"),
}

# Words of the read side that its events carry. It imports this side, and never the other way round.
WORDS: dict[str, Promise] = {
    "provisional": _("provisional"),
    "final": _("final"),
    "revised": _("revised"),
    "late_entry": _("late entry"),
    "correction": _("correction"),
    "definition": _("definition"),
    "tables": _("tables"),
    "annual_report": _("annual report"),
    "press_sheet": _("press sheet"),
}
