"""Where networks run: execution providers by availability, and what each is told.

TensorRT compiles a network into an engine for one GPU, one driver and one version of itself; such a file fails, or is
slow, anywhere else. Engines are therefore a cache beside the ONNX file, which stays the truth: each lies in a folder
that is named by everything it was compiled for, so that one that does not match is not found, and is compiled anew.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import onnxruntime as ort

from siseon.contracts import FailureCode, ModelError
from siseon.models.find import sha256_of

log = logging.getLogger("siseon.models")

TENSORRT = "TensorrtExecutionProvider"
CUDA = "CUDAExecutionProvider"
OPENVINO = "OpenVINOExecutionProvider"
NAMES = {
    "tensorrt": TENSORRT,
    "cuda": CUDA,
    "openvino": OPENVINO,
    "cpu": "CPUExecutionProvider",
}
"""As a person says them, best first."""
PREFERRED = (CUDA, OPENVINO, "CPUExecutionProvider")
"""TensorRT is used only when asked for: it compiles for minutes at the first load."""

ACCELERATORS = (TENSORRT, CUDA)
"""Providers that compute elsewhere than on the cores; OpenVINO, oneDNN, XNNPACK and others share them."""

DRIVER = Path("/proc/driver/nvidia")
TENSORRT_PACKAGES = ("tensorrt", "tensorrt-cu13", "tensorrt-cu12", "tensorrt-cu11")


def choose_providers(wanted: Sequence[str] | None = None) -> list[str]:
    """The execution providers to use, best first, out of those that this installation has.

    Raises:
        ModelError: a provider was asked for that is not there.
    """
    available = ort.get_available_providers()
    if wanted is None:
        return [name for name in PREFERRED if name in available]
    absent = [name for name in wanted if name not in available]
    if absent:
        raise ModelError(
            f"execution provider {absent[0]} is not available here (there are: {', '.join(available)})",
            code=FailureCode.model_load_failed,
            hint="install the ONNX Runtime build for it, onnxruntime-gpu for example, or leave the choice open",
        )
    return list(wanted)


def options_of(provider: str, network: Path, engines: Path | None, threads: int) -> dict[str, str]:
    """What a provider is told when it loads a network; ``engines``: where TensorRT keeps its own, None for nowhere."""
    if provider == OPENVINO:  # it does not look at the session's
        # Nothing of bf16: on a CPU that has it (avx512_bf16, no AMX) every network took longer than in float32, and its
        # answers differed by up to 120 %, see benchmarks/README.md.
        return {"num_of_threads": str(threads)}
    if provider != TENSORRT or engines is None:
        return {}
    folder = engines / engine_key(sha256_of(network), compiled_for())
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        pass
    except OSError as error:
        log.warning("TensorRT compiles %s at each start: %s: %s", network.name, folder, error.strerror)
        return {}
    else:
        log.warning("TensorRT compiles %s for this machine; that takes minutes, once", network.name)
    return {
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": str(folder),
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": str(folder),
    }


def engine_key(network: str, target: Sequence[str]) -> str:
    """The name of the folder of one engine: another network or another target has another."""
    return hashlib.sha256("\n".join((network, *target)).encode()).hexdigest()[:32]


def compiled_for() -> tuple[str, ...]:
    """What an engine depends on beside its network: the runtimes, the driver and the GPUs of this machine."""
    versions = [f"{name} {found}" for name in TENSORRT_PACKAGES if (found := _version(name))]
    driver = [_read(DRIVER / "version")]
    gpus = sorted(_gpu(path) for path in DRIVER.glob("gpus/*/information"))
    return (f"onnxruntime {ort.__version__}", *versions, *driver, *gpus)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _gpu(information: Path) -> str:
    """The line with the GPU's model: where it sits makes no difference."""
    return next((line for line in _read(information).splitlines() if line.startswith("Model")), "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no GPU of that maker
        return ""
