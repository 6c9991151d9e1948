"""The records of the write side."""

from cases.models.audit_event import AuditEvent
from cases.models.audit_seal import AuditBlock, AuditRange, UnsealedEvent
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
from cases.models.report import ImportBatch, Report, SenderKey
from cases.models.request_key import RequestKey
from cases.models.retention import RetentionLimit, RetiredMonth

__all__ = [
    "AgeBand",
    "AgeScheme",
    "AgeSchemeBand",
    "AuditBlock",
    "AuditEvent",
    "AuditRange",
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
    "RequestKey",
    "RetentionLimit",
    "RetiredMonth",
    "SenderKey",
    "Sex",
    "SiteType",
    "Source",
    "UnsealedEvent",
]
