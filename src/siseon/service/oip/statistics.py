"""A model's counters in the protocol's words: counts and nanoseconds."""

from __future__ import annotations

from siseon.hosting.infer import Infer


def statistics(stage: Infer) -> dict[str, object]:
    """The entry of ``model_stats``; ``inference_count`` counts rows, those of pipelines too, ``success`` requests."""
    model = stage.model
    stats = model.stats
    compute_ns = round(stats.mean_ms * stats.calls * 1e6)
    success = {"count": stage.answered, "ns": round(stage.total_s * 1e9)}
    return {
        "name": model.card.name,
        "version": model.card.version,
        "inference_count": stats.items,
        "execution_count": stats.calls,
        "inference_stats": {
            "success": success,
            "fail": {"count": stage.failures, "ns": 0},
            "compute_infer": {"count": stats.calls, "ns": compute_ns},
        },
        "memory_usage": [
            {"type": "CPU" if not model.on_accelerator else "GPU", "id": 0, "byte_size": stats.resident_bytes}
        ],
    }
