"""The tables that rates read, as Core tables: statements over them are quick to build."""

from __future__ import annotations

from catalog.tables import DatasetRow, DeliveryRow, DepartmentRow, DivisionRow, DutyRow
from quality.tables import CheckRunRow, DimensionScoreRow
from sharing.clocks.tables import ClockFactRow, ClockRow
from sharing.corrections.tables import CorrectionRow
from sharing.reviews.tables import GrantReviewRow
from sharing.submissions.tables import CatalogueEventRow, NamedSourceRow
from sharing.tables import GrantRow, SuspensionRow, UseDayRow

CATALOGUE_EVENT = CatalogueEventRow.__table__
CHECK_RUN = CheckRunRow.__table__
CLOCK = ClockRow.__table__
CLOCK_FACT = ClockFactRow.__table__
CORRECTION = CorrectionRow.__table__
DATASET = DatasetRow.__table__
DELIVERY = DeliveryRow.__table__
DEPARTMENT = DepartmentRow.__table__
DIVISION = DivisionRow.__table__
DIMENSION_SCORE = DimensionScoreRow.__table__
DUTY = DutyRow.__table__
GRANT = GrantRow.__table__
NAMED_SOURCE = NamedSourceRow.__table__
REVIEW = GrantReviewRow.__table__
SUSPENSION = SuspensionRow.__table__
USE_DAY = UseDayRow.__table__
