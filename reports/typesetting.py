"""Typesetting, inside the child that `core.child` starts: it may take much memory."""

from __future__ import annotations

import base64
import json
from typing import Any

from core.child import Progress


def compile_pdf(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    """The PDF of a template and its data, which reaches the template as JSON and never as markup."""
    import typst

    made = typst.compile(
        payload["template"].encode(),
        font_paths=[payload["fonts"]],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(payload["data"], ensure_ascii=False)},
        format="pdf",
        timestamp=0,
    )
    return {"pdf": base64.b64encode(made).decode()}
