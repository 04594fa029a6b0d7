"""What doctor says of the runtime: where networks run, and whether another build of ONNX Runtime would pay here."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from siseon.models.providers import ACCELERATORS, OPENVINO

CPUINFO = Path("/proc/cpuinfo")
X86 = ("x86_64", "AMD64")
VENDORS = ("GenuineIntel", "AuthenticAMD")
ENOUGH = 8192
"""Characters of the list that are read: all processors of a machine are alike."""
FOLDER = "openvino"
GET_OPENVINO = f"pip install --no-deps --target {FOLDER} onnxruntime-openvino"
"""Into a folder of its own: both are the module ``onnxruntime``, and whatever asks for the other one would be installed
over it."""
USE_OPENVINO = "SISEON_PROVIDERS=openvino,cpu"


def advice(available: Sequence[str], chosen: Sequence[str], *, suits: bool) -> str:
    """A line about OpenVINO, empty where there is nothing to say.

    ``suits``: whether the processor is one for which it was measured. Its gain is that of ``benchmarks/runtimes.py``.
    """
    if chosen[:1] == [OPENVINO]:
        return f"OpenVINO computes ({USE_OPENVINO} says so whatever else is installed)"
    if OPENVINO in available:
        return f"OpenVINO is here and not used; it is by {USE_OPENVINO}"
    if suits and not set(available) & set(ACCELERATORS):
        return (
            f"OpenVINO takes a tenth off `text`, and nothing off `inspection`: {GET_OPENVINO}; "
            f"with PYTHONPATH={FOLDER} it is then taken by itself, or by {USE_OPENVINO}"
        )
    return ""


def suits_openvino() -> bool:
    """Whether this processor is one of Intel's or AMD's with AVX2."""
    if platform.machine() not in X86:
        return False
    try:
        with CPUINFO.open(encoding="ascii", errors="replace") as lines:
            told = lines.read(ENOUGH).split()
    except OSError:  # another system than Linux
        return any(vendor in platform.processor() for vendor in VENDORS)
    return "avx2" in told and any(vendor in told for vendor in VENDORS)


def show_runtime(chosen: Sequence[str]) -> None:
    """Print the version, the providers in use, and the advice."""
    import onnxruntime  # its package may be called otherwise: onnxruntime-gpu, onnxruntime-openvino

    from siseon.cli.terminal import out, safe

    out.print(f"  onnxruntime {onnxruntime.__version__}: {', '.join(chosen)}")
    said = advice(onnxruntime.get_available_providers(), list(chosen), suits=suits_openvino())
    if said:
        mark = "[green]✓[/green]" if OPENVINO in chosen[:1] else "[dim]–[/dim]"
        out.print(f"  {mark} {safe(said)}", soft_wrap=True)
