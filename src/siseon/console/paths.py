"""Addresses of the console."""

from __future__ import annotations

BASE = "/console"
HOME = f"{BASE}/"
STATIC = f"{BASE}/static"
SIGN_IN = f"{BASE}/sign-in"
SIGN_OUT = f"{BASE}/sign-out"
API = f"{BASE}/api"
"""Below it the service's own addresses, opened by the session: ``/console/api/v1/artifacts/NAME``."""

EARLIER = {"/": HOME, "/video": f"{BASE}/live", "/video-config": f"{BASE}/live"}
"""Pages of an earlier gauge service, and the one that a browser opens first."""
