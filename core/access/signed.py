"""A question that a page of ours asked, signed with the feature that opens the page: a link cannot be bent to ask what no page shows."""
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from core.access.features import FEATURES

FREE = ("from", "to")  # every page takes any days
ANYTHING = "explore"  # the feature of somebody who may ask freely


def sign(secret_key: str, account_id: str, feature: str, question: Mapping[str, Any]) -> str:
    """“feature.signature” of a question (a Query's document) that a page of this feature shows to this account."""
    return f"{feature}.{_mark(secret_key, account_id, feature, question)}"


def feature_of(secret_key: str, account_id: str, signed: str, question: Mapping[str, Any]) -> str:
    """What of core.access.features the question needs: that of the page that signed it, else ANYTHING."""
    feature, _, mark = signed.partition(".")
    is_ours = feature in FEATURES and hmac.compare_digest(mark.encode(), _mark(secret_key, account_id, feature, question).encode())
    return feature if is_ours else ANYTHING


def _mark(secret_key: str, account_id: str, feature: str, question: Mapping[str, Any]) -> str:
    plain = {name: value for name, value in question.items() if name not in FREE}
    text = orjson.dumps(["widget", account_id, feature, plain], option=orjson.OPT_SORT_KEYS)
    return hmac.new(secret_key.encode(), text, hashlib.sha256).hexdigest()[:40]
