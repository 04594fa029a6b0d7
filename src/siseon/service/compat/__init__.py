"""The addresses of an earlier gauge service, over what is here: see ``docs/gauges-mapping.md``.

Those of an earlier oil spill service are in ``run_script.py``, which needs the libraries for jobs.
"""

from fastapi import APIRouter

from siseon.hosting.repository import Repository
from siseon.service.compat.figures import figure_routes
from siseon.service.compat.predict import GAUGES, predict_routes
from siseon.service.compat.streams import EarlierAddresses, earlier_stream_routes
from siseon.service.runner import Runner

__all__ = ["GAUGES", "OILSPILL", "EarlierAddresses", "compat_routes"]

OILSPILL = "oilspill"


def compat_routes(runner: Runner, repository: Repository) -> APIRouter:
    """All of them."""
    router = APIRouter(
        tags=["gauge service"], generate_unique_id_function=lambda route: f"earlier_{route.name}"
    )
    router.include_router(predict_routes(runner))
    router.include_router(figure_routes(repository))
    router.include_router(earlier_stream_routes())
    return router
