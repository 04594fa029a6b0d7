"""What the foundation may import."""

from __future__ import annotations

import subprocess
import sys

HEAVY = [
    "numpy",
    "pydantic",
    "cv2",
    "onnxruntime",
    "PIL",
    "simplejpeg",
    "httpx",
    "typer",
    "rich",
    "structlog",
]


def modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_importing_siseon_loads_no_heavy_module() -> None:
    assert not modules_after("import siseon") & set(HEAVY)


def test_importing_the_contracts_loads_numpy_and_pydantic_only() -> None:
    assert not modules_after("import siseon.contracts") & set(HEAVY[2:])


def test_the_command_lines_help_loads_no_heavy_module() -> None:
    loaded = modules_after(
        "from siseon.cli import main; sys.argv[1:] = ['--help']\ntry: main()\nexcept SystemExit: pass"
    )
    assert "typer" in loaded
    assert not loaded & (set(HEAVY) - {"typer", "rich"})


def test_the_public_root_is_small_and_every_name_loads() -> None:
    import siseon

    assert siseon.__all__ == [
        "Boxes",
        "Detections",
        "Encoded",
        "Frame",
        "Image",
        "ModelManager",
        "Pipeline",
        "Result",
        "SiseonError",
        "Stage",
    ]
    assert all(getattr(siseon, name) is not None for name in siseon.__all__)
