"""The tables that rates read, as Core tables: statements over them are quick to build."""

from __future__ import annotations

from catalog.tables import DatasetRow, DeliveryRow, DepartmentRow, DivisionRow, DutyRow
from sharing.clocks.tables import ClockFactRow, ClockRow
from sharing.reviews.tables import GrantReviewRow
from sharing.tables import GrantRow, SuspensionRow, UseDayRow

CLOCK = ClockRow.__table__
CLOCK_FACT = ClockFactRow.__table__
DATASET = DatasetRow.__table__
DELIVERY = DeliveryRow.__table__
DEPARTMENT = DepartmentRow.__table__
DIVISION = DivisionRow.__table__
DUTY = DutyRow.__table__
GRANT = GrantRow.__table__
REVIEW = GrantReviewRow.__table__
SUSPENSION = SuspensionRow.__table__
USE_DAY = UseDayRow.__table__
