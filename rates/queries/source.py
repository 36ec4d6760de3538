"""The tables that rates read, as Core tables: statements over them are quick to build."""

from __future__ import annotations

from catalog.tables import (
    ApplicationRow,
    DatasetRow,
    DeliveryRow,
    DepartmentRow,
    DivisionRow,
    DutyRow,
    ServiceItemRow,
)
from quality.tables import CheckRunRow, DimensionScoreRow
from sharing.clocks.tables import ClockFactRow, ClockRow
from sharing.corrections.tables import CorrectionRow
from sharing.disputes.tables import DisputeRow
from sharing.ledger.tables import LedgerEntryRow
from sharing.needs.tables import NeedRow, OnceOnlyAnswerRow
from sharing.records.tables import UsageRecordRow
from sharing.returnflow.tables import ReturnCheckRow, ReturnFlowRow
from sharing.reviews.tables import GrantReviewRow
from sharing.submissions.tables import CatalogueEventRow, NamedSourceRow
from sharing.tables import AccessRequestRow, GrantRow, SuspensionRow, UseDayRow, UseRow

ANSWER = OnceOnlyAnswerRow.__table__
APPLICATION = ApplicationRow.__table__
CATALOGUE_EVENT = CatalogueEventRow.__table__
CHECK_RUN = CheckRunRow.__table__
CLOCK = ClockRow.__table__
CLOCK_FACT = ClockFactRow.__table__
CORRECTION = CorrectionRow.__table__
DATASET = DatasetRow.__table__
DELIVERY = DeliveryRow.__table__
DEPARTMENT = DepartmentRow.__table__
DIMENSION_SCORE = DimensionScoreRow.__table__
DISPUTE = DisputeRow.__table__
DIVISION = DivisionRow.__table__
DUTY = DutyRow.__table__
ENTRY = LedgerEntryRow.__table__
GRANT = GrantRow.__table__
NAMED_SOURCE = NamedSourceRow.__table__
NEED = NeedRow.__table__
RECORD = UsageRecordRow.__table__
REQUEST = AccessRequestRow.__table__
RETURN_CHECK = ReturnCheckRow.__table__
RETURN_FLOW = ReturnFlowRow.__table__
REVIEW = GrantReviewRow.__table__
SERVICE = ServiceItemRow.__table__
SUSPENSION = SuspensionRow.__table__
USE = UseRow.__table__
USE_DAY = UseDayRow.__table__
