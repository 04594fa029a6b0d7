"""What a machine's owner may set: by environment (``SISEON_*``) or by option. The only reader of the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from platformdirs import user_cache_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Each option once: its name, its environment variable and its default."""

    model_config = SettingsConfigDict(env_prefix="SISEON_", frozen=True, extra="ignore")

    model_path: Annotated[tuple[Path, ...], NoDecode] = ()
    """``SISEON_MODEL_PATH``: folders of weights and cards, searched in order, separated as in ``PATH``."""
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("siseon"))
    """``SISEON_CACHE_DIR``: where pulled weights are kept."""
    threads: int = Field(default=1, ge=1)
    """``SISEON_THREADS``: threads that compute one call of a model; stages run several calls at once."""

    @field_validator("model_path", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value
