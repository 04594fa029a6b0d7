"""``/health``, ``/models`` and ``/models/NAME/stats``: what is served, how it is, and how fast it has been."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from siseon import __version__
from siseon.engine import Trace
from siseon.engine.trace import OK
from siseon.hosting.host import Host
from siseon.hosting.repository import Repository
from siseon.models import ModelStats
from siseon.models.stats import CallCounter
from siseon.service.models import ModelInfo, model_infos
from siseon.service.problems import RESPONSES


class Healthy(BaseModel):
    """Whether pictures are taken."""

    status: str = Field(description="healthy, or what the service is doing instead.")
    version: str


class Stats(BaseModel):
    """What a model, or a pipeline as a whole, has done since the start of the service; times in milliseconds."""

    model_config = ConfigDict(frozen=True)

    model_name: str
    total_inferences: int
    total_items: int
    mean_inference_time_ms: float
    min_inference_time_ms: float
    max_inference_time_ms: float
    p50_inference_time_ms: float
    p95_inference_time_ms: float
    p99_inference_time_ms: float
    throughput: float = Field(description="Items over the time of their calls, in items per second.")
    resident_bytes: int

    @classmethod
    def of(cls, name: str, stats: ModelStats) -> Stats:
        """The same figures under the earlier names."""
        return cls(
            model_name=name,
            total_inferences=stats.calls,
            total_items=stats.items,
            mean_inference_time_ms=stats.mean_ms,
            min_inference_time_ms=stats.min_ms,
            max_inference_time_ms=stats.max_ms,
            p50_inference_time_ms=stats.p50_ms,
            p95_inference_time_ms=stats.p95_ms,
            p99_inference_time_ms=stats.p99_ms,
            throughput=stats.items_per_second,
            resident_bytes=stats.resident_bytes,
        )


class Readings:
    """Counts the answers of each pipeline, from call to answer."""

    def __init__(self, host: Host) -> None:
        self.counters = {name: CallCounter() for name in host.served}
        host.on_trace.append(self._on_trace)

    def _on_trace(self, pipeline: str, trace: Trace) -> None:
        if trace.outcome == OK:
            self.counters[pipeline].add(trace.elapsed_s, 1)


def figure_routes(repository: Repository) -> APIRouter:
    """The four operations."""
    router = APIRouter(responses=RESPONSES)
    host = repository.host
    readings = Readings(host)

    @router.get("/health", summary="Whether pictures are taken", responses={503: {"model": Healthy}})
    async def health(response: Response) -> Healthy:
        ready = host.state == "ready"
        response.status_code = HTTP_200_OK if ready else HTTP_503_SERVICE_UNAVAILABLE
        return Healthy(status="healthy" if ready else host.state, version=__version__)

    @router.get("/models", summary="The models that are loaded")
    async def list_models() -> list[ModelInfo]:
        return await model_infos(repository, [model for model in host.models.all() if model.providers])

    @router.get("/models/{name}", summary="One model: its state, where it runs, and its figures")
    async def get_model(name: str) -> ModelInfo:
        (one,) = await model_infos(repository, [repository.model(name)])
        return one

    @router.get("/models/{name}/stats", summary="How fast a model or a pipeline has been")
    async def stats(name: str) -> Stats:
        counter = readings.counters.get(name)
        return Stats.of(name, counter.stats(0) if counter else repository.model(name).stats)

    return router
