"""CAT-6B 有条件占比: of the published entries, how many are conditional."""

from __future__ import annotations

from functools import partial

from catalog.model import ShareType
from rates.model import Family, RateDefinition
from rates.queries.members import Rate
from rates.queries.shareable import UNKNOWN_TYPE
from rates.queries.types import members_of_type, type_evidence

_DEFINITION = RateDefinition(
    id="CAT-6B",
    version=1,
    family=Family.CATALOGUE,
    title_zh="有条件占比",
    title_en="Share of what is conditional",
    numerator="entries of the base that are conditional",
    numerator_zh="分母中有条件共享的数据目录",
    denominator="published entries whose sharing type is stated",
    denominator_zh="已发布且共享属性已明确的数据目录",
    exclusions="entries whose sharing type is not stated",
    exclusions_zh="共享属性未明确的数据目录",
    reasons=(UNKNOWN_TYPE,),
    basis="proposed; the sharing types are those of Decree 809 Art. 14, and a rise is to be asked about",
    more_is_better=False,
    basis_zh="建议口径；共享属性依据条例第十四条，占比上升应予关注",
)

RATE = Rate(
    definition=_DEFINITION,
    members=partial(members_of_type, ShareType.CONDITIONAL),
    evidence=type_evidence,
)
