"""What makes a report every month or quarter: a timer of systemd, or a line of cron."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

HOUR = 6
_LAST_DAY = '$(date -d "$(date +%Y-%m-01) -1 day" +%F)'
"""The last day of the month before, however late in the month this runs."""
_MONTH = '$(date -d "$d" +%Y-%m)'
_QUARTER = '$(date -d "$d" +%Y)Q$(( ($(date -d "$d" +%-m) + 2) / 3 ))'
"""The period that ended with that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`build` are the words behind `bureau --home HOME report build` that say what to build."""

    program: str
    home: Path
    kind: str
    build: tuple[str, ...]
    folder: Path
    suffix: str
    quarterly: bool
    zone: str

    @property
    def months(self) -> str:
        return "1,4,7,10" if self.quarterly else "*"

    def cron(self) -> str:
        """A line for `crontab -e`; in it a percent sign would end the command."""
        return f"0 {HOUR} 1 {self.months} * {self._line()}".replace("%", r"\%")

    def systemd(self) -> str:
        """A service and its timer, to be put into /etc/systemd/system."""
        line = self._line().replace("\\", "\\\\").replace('"', '\\"')
        line = line.replace("%", "%%").replace("$", "$$")
        name = f"bureau-report-{self.kind}"
        return f"""\
# {name}.service
[Unit]
Description=Build the {self.kind} report

[Service]
Type=oneshot
ExecStart=/bin/sh -c "{line}"

# {name}.timer
[Unit]
Description=Build the {self.kind} report every {"quarter" if self.quarterly else "month"}

[Timer]
OnCalendar=*-{"01,04,07,10" if self.quarterly else "*"}-01 0{HOUR}:00:00 {self.zone}
Persistent=true

[Install]
WantedBy=timers.target
"""

    def _line(self) -> str:
        home, folder = (shlex.quote(str(place)) for place in (self.home, self.folder))
        words = shlex.join((self.kind, *self.build))
        period = _QUARTER if self.quarterly else _MONTH
        return (
            f"TZ={self.zone}; export TZ; d={_LAST_DAY}; p={period};"
            f" {shlex.quote(self.program)} --home {home}"
            f' report build {words} --period "$p" -o {folder}/{self.kind}-"$p"{self.suffix}'
        )
