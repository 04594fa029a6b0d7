"""The four steps of an earlier system under its names, over the parts of ours: see ``docs/oilspill-mapping.md``.

::

    model = load_model()
    run = run_pipeline("flight-7", model)
    print(run)

Pictures are those of a folder below ``SISEON_JOBS_FOLDER``; what is made lies in a folder of the same name below
``oilspill`` in ``SISEON_CACHE_DIR``. All functions block, and none may be called in the thread of an event loop.
"""

from siseon.applications.oilspill.compat.caches import GeorefCache, Georeferenced, InferenceCache, Inferred
from siseon.applications.oilspill.compat.inference import load_model, run_inference
from siseon.applications.oilspill.compat.metadata import Exported, run_metadata_export
from siseon.applications.oilspill.compat.run import Run, run_pipeline
from siseon.applications.oilspill.compat.sea_map import run_georeference, run_oilshape

__all__ = [
    "Exported",
    "GeorefCache",
    "Georeferenced",
    "InferenceCache",
    "Inferred",
    "Run",
    "load_model",
    "run_georeference",
    "run_inference",
    "run_metadata_export",
    "run_oilshape",
    "run_pipeline",
]
