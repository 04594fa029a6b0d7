"""What a machine's owner may set: by option, by environment (``SISEON_*``), or in ``siseon.toml``.

In that order: what is nearer to the command wins. The only reader of the environment.
"""

from siseon.settings.environment import OF_TESTS, wants_cuda_stream
from siseon.settings.options import Place, Settings
from siseon.settings.reading import mistyped, read_settings, unheard

__all__ = ["OF_TESTS", "Place", "Settings", "mistyped", "read_settings", "unheard", "wants_cuda_stream"]
