"""The records of the write side."""

from cases.models.audit_event import AuditEvent
from cases.models.code_lists import (
    AgeBand,
    AgeScheme,
    AgeSchemeBand,
    CodeList,
    CodeListItem,
    HostingCountry,
    Outcome,
    OutsideCode,
    Sex,
    SiteType,
    Source,
)
from cases.models.coverage import CoveragePeriod
from cases.models.finding import Finding
from cases.models.recipient import Recipient
from cases.models.referral import Referral
from cases.models.report import ImportBatch, Report, SenderKey, SubmittedForm

__all__ = [
    "AgeBand",
    "AgeScheme",
    "AgeSchemeBand",
    "AuditEvent",
    "CodeList",
    "CodeListItem",
    "CoveragePeriod",
    "Finding",
    "HostingCountry",
    "ImportBatch",
    "Outcome",
    "OutsideCode",
    "Recipient",
    "Referral",
    "Report",
    "SenderKey",
    "Sex",
    "SiteType",
    "Source",
    "SubmittedForm",
]
