"""Networks of one's own in a program, rows E05, E23 and E27: the names of the earlier gauge service."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from siseon.contracts import Detections, FailureCode, Image, InputError, ModelError, Ranked, SiseonError
from siseon.hosting.services import Services
from siseon.media.encode import encode
from siseon.models.card_toml import card_toml
from siseon.settings import Settings

RED = np.full((20, 30, 3), (255, 0, 0), np.uint8)


@pytest.fixture
def network(networks) -> Path:
    """Answers the mean of each colour."""
    networks.classifier(name="gauge")
    return networks.folder / "gauge.onnx"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache")


def test_a_network_is_registered_asked_timed_counted_and_released(network, settings):
    with Services(settings) as services:
        services.register_model("Gauge_Detector", network, enable_metrics=True)
        assert services.list_models() == ["gauge-detector"]
        service = services.get_service("Gauge_Detector")
        assert service.stats.calls == 0  # a warm-up is not counted
        answer, seconds = service.predict({"pixels": np.ones((1, 3, 4, 4), np.float32)})
        assert np.array_equal(answer["logits"], [[1, 1, 1]])
        assert seconds > 0
        again, _ = service.predict(np.zeros((1, 3, 4, 4), np.float32))
        assert (again["logits"] == 0).all()
        assert (answer["logits"] == 1).all()  # not overwritten
        stats = service.stats
        assert (stats.calls, stats.items) == (2, 2)
        assert 0 < stats.min_ms <= stats.mean_ms <= stats.max_ms
        services.release_model("gauge-detector")
        assert services.list_models() == []
        with pytest.raises(ModelError) as gone:
            service.predict(np.zeros((1, 3, 4, 4), np.float32))
        assert gone.value.code is FailureCode.model_not_found
        services.register_model("gauge-detector", network)  # the name is free again
    assert not list(settings.cache_dir.glob("registered/*"))


def test_with_its_card_or_the_card_of_its_family_a_network_takes_pictures(
    network, networks, settings, tmp_path
):
    picture = tmp_path / "red.png"
    picture.write_bytes(encode(Image.from_array(RED), "png"))
    found = networks.detector([(0.1, 0.2, 0.5, 0.6)], name="finder")
    with Services(settings) as services:
        home = tmp_path / "home"
        home.mkdir()
        (home / f"{found}.onnx").write_bytes((networks.folder / f"{found}.onnx").read_bytes())
        card = next(card for card in networks.cards if card.name == found)
        (home / "card.toml").write_text(card_toml(card), encoding="utf-8")
        detections, _ = services.register_model("finder", home).predict(picture)
        assert isinstance(detections, Detections)
        assert np.allclose(detections.boxes.xyxy, [[3, 4, 15, 12]], atol=0.01)
        (home / "card.toml").write_text(
            card_toml(networks.cards[0]).replace('"gauge', '"gauge').replace("gauge.onnx", "colours.onnx"),
            encoding="utf-8",
        )
        (home / "colours.onnx").write_bytes(network.read_bytes())
        service = services.register_model("colour", home / "colours.onnx")
        for item in (picture, str(picture), picture.read_bytes(), RED, Image.from_array(RED)):
            ranked, _ = service.predict(item)
            assert isinstance(ranked, Ranked)
            assert ranked.class_name == "red"
        for junk, failure in (
            (b"junk", "unsupported_media"),
            (7, "invalid_input"),
            ("no.png", "file_unreadable"),
        ):
            with pytest.raises(InputError) as refused:
                service.predict(junk)  # type: ignore[arg-type]
            assert refused.value.code == failure


def test_what_is_no_network_is_refused_and_nothing_is_kept(network, settings, tmp_path):
    text = tmp_path / "text.onnx"
    text.write_text("hello", encoding="utf-8")
    empty = tmp_path / "empty.onnx"
    empty.write_bytes(b"")
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(network.read_bytes()[:100])
    with Services(settings) as services:
        for path in (text, empty, cut, tmp_path, tmp_path / "gone.onnx", "/dev/null", "/dev/zero"):
            with pytest.raises(SiseonError):
                services.register_model("bad", path)
        for name in ("../../etc/passwd", "", "a/b", "x" * 65, "\0", "gäuge"):
            with pytest.raises(InputError, match="not a model's name"):
                services.register_model(name, network)
        with pytest.raises(ModelError, match="is a model of the catalogue"):
            services.register_model("yolox-nano", network)
        assert services.list_models() == []
        services.register_model("bad", network)
        with pytest.raises(ModelError) as twice:
            services.register_model("bad", network)
        assert twice.value.code is FailureCode.model_exists
        with pytest.raises(ModelError) as unknown:
            services.get_service("good")
        assert unknown.value.hint == "there is bad"


def test_there_are_as_many_as_the_settings_allow(network, settings):
    with Services(settings.model_copy(update={"max_loaded_models": 1})) as services:
        services.register_model("one", network)
        with pytest.raises(InputError, match="as many as may be"):
            services.register_model("two", network)
        services.release_model("one")
        services.register_model("two", network)


def test_figures_are_told_only_where_they_are_wanted(network, settings):
    with Services(settings) as services:
        service = services.register_model("gauge", network, enable_metrics=False)
        with pytest.raises(InputError, match="without metrics"):
            _ = service.stats


def test_a_release_waits_for_predictions_and_later_ones_are_told_that_it_is_gone(network, settings):
    feeds = {"pixels": np.ones((1, 3, 64, 64), np.float32)}
    outcomes: list[str] = []
    begun = threading.Barrier(5)

    def ask() -> None:
        begun.wait()
        while True:
            try:
                answer, _ = service.predict(feeds)
                outcomes.append("right" if (answer["logits"] == 1).all() else "wrong")
            except ModelError as error:
                outcomes.append(error.code)
                return

    with Services(settings) as services:
        service = services.register_model("gauge", network)
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        begun.wait()
        services.release_model("gauge")
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
    assert set(outcomes) <= {"right", "model_not_found", "model_not_ready", "model_not_loaded"}
    assert outcomes.count("right") == len(outcomes) - 4


def test_networks_are_registered_inside_the_block_only(network, settings):
    with pytest.raises(RuntimeError, match="with Services"):
        Services(settings).register_model("gauge", network)
