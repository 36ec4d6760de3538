"""Who is told of which kind of ledger entry, and in which words: one line a kind.

A kind that is in neither table tells nobody; a test holds that no kind is left out of both.
"""

from __future__ import annotations

from collections.abc import Mapping

from sharing.notices.audiences import Route
from sharing.notices.routes.catalogue import CATALOGUE
from sharing.notices.routes.grants import GRANTS
from sharing.notices.routes.requests import REQUESTS

ROUTES: Mapping[str, Route] = {**REQUESTS, **GRANTS, **CATALOGUE}

SILENT = frozenset(
    {
        # The registry, and what departments do with their own data.
        *("division.registered", "division.changed"),
        *("department.registered", "department.changed"),
        *("person.registered", "person.changed"),
        *("application.registered", "application.changed"),
        *("provisionrule.registered", "provisionrule.changed"),
        *("serviceitem.registered", "serviceitem.changed"),
        *("dataset.registered", "dataset.changed"),
        *(
            "catalogue.imported",
            "contract.published",
            "duties.expanded",
            "calendar.imported",
            "rates.frozen",
        ),
        *("delivery.published", "delivery.refused", "check.run", "check.rows_shown"),
        *("once_only.answered", "return.checked"),
        # Drafts are their author's own; these go with an act that is told of.
        *("request.disputed", "request.undisputed", "request.upheld"),
        *("request.created", "grant.renewal_asked", "catalogue.change_answered"),
        "emergency.granted",
        # About a person, whom an entry does not name.
        *("emergency.authorised", "emergency.withdrawn"),
        # Uses are metered, and are too many to tell of one by one.
        *("read.authorised", "read.denied", "read.completed", "read.failed"),
        *("url.rejected", "uses.sealed", "credential.issued", "credential.revoked"),
        *("record.added", "record.denied", "record.purged"),
    }
)
"""Kinds that tell nobody."""
