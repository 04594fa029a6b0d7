"""With a real network of CTranslate2 in the layout of Argos: tiny, with weights by chance, its words mean nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from siseon.applications.translation.translators.argos import RunArgos
from siseon.applications.translation.translators.local import Local
from siseon.applications.translation.translators.translator import Piece
from siseon.contracts import ModelError
from siseon.engine import Pipeline

ctranslate2 = pytest.importorskip("ctranslate2")
sentencepiece = pytest.importorskip("sentencepiece")

WIDTH, HEADS = 16, 2


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    package = folder / "translate-en_es"
    package.mkdir()
    (package / "metadata.json").write_text(
        json.dumps({"from_code": "en", "to_code": "es", "name": "English"})
    )
    corpus = folder / "corpus.txt"
    corpus.write_text("please ring twice\nopening hours\nno parking at any time\n" * 20)
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(package / "sentencepiece"), vocab_size=26, minloglevel=2
    )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(package / "sentencepiece.model"))
    words = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    spec = ctranslate2.specs.TransformerSpec.from_config(1, HEADS)
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    rng = np.random.default_rng(0)
    for part in (spec.encoder, spec.decoder):
        _fill(part, rng, len(words))
    spec.validate()
    spec.optimize()
    spec.save(str(_made(package / "model")))
    return folder


def _made(folder):
    folder.mkdir()
    return folder


def _fill(part, rng, words):
    for layer in part.layer:
        for name in ("self_attention", "attention"):
            attention = getattr(layer, name, None)
            if attention is None:
                continue
            _norm(attention.layer_norm)
            sizes = (
                [(3 * WIDTH, WIDTH), (WIDTH, WIDTH)]
                if name == "self_attention"
                else [(WIDTH, WIDTH), (2 * WIDTH, WIDTH), (WIDTH, WIDTH)]
            )
            for linear, size in zip(attention.linear, sizes, strict=True):
                _linear(linear, rng, size)
        _norm(layer.ffn.layer_norm)
        _linear(layer.ffn.linear_0, rng, (2 * WIDTH, WIDTH))
        _linear(layer.ffn.linear_1, rng, (WIDTH, 2 * WIDTH))
    embeddings = part.embeddings[0] if isinstance(part.embeddings, list) else part.embeddings
    embeddings.weight = rng.standard_normal((words, WIDTH)).astype(np.float32)
    _norm(part.layer_norm)
    if hasattr(part, "projection"):
        _linear(part.projection, rng, (words, WIDTH))


def _linear(linear, rng, size):
    linear.weight = rng.standard_normal(size).astype(np.float32) / 4
    linear.bias = np.zeros(size[0], np.float32)


def _norm(norm):
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


class Only(Pipeline[list[str], list[str | None]]):
    def __init__(self, folder):
        self.argos = Local(RunArgos(folder))

    async def run(self, item):
        return await self.argos.translate([Piece(text, "en", 100) for text in item], "es", {})


async def test_a_package_translates_its_pair_and_no_other(packages):
    async with Only(packages) as pipeline:
        texts = (await pipeline(["please ring twice", "opening hours", ""])).data

        assert pipeline.argos.knows("en", "es")
        assert not pipeline.argos.knows("es", "en")
    assert len(texts) == 3
    assert all(isinstance(text, str) for text in texts)


async def test_a_text_without_end_ends(packages):
    async with Only(packages) as pipeline:
        (text,) = (await pipeline(["please ring twice " * 500])).data
    assert isinstance(text, str)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no package"),
        ("{}", "does not say"),
        ('{"from_code": "en", "to_code": "es"}', "cannot be loaded"),
    ],
)
async def test_a_folder_without_a_sound_package_stops_the_start(tmp_path, content, told):
    if content is not None:
        (tmp_path / "package").mkdir()
        (tmp_path / "package" / "metadata.json").write_text(content)
    with pytest.raises(ModelError, match=told):
        async with Only(tmp_path):
            pass
