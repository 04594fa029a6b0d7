"""Models are loaded once, counted, held by their users, and really unloaded."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from siseon.contracts import ContractViolation, FailureCode, ModelError
from siseon.models import Model, ModelManager, OnnxSession
from siseon.models.card import parse_card
from siseon.models.foreign import ERROR_NAMES, ERRORS, STANDARD_ERRORS
from siseon.models.providers import choose_providers

SHAPE = (1, 3, 416, 416)


@pytest.fixture
def manager(model_path, tmp_path) -> ModelManager:
    return ModelManager(search_path=[model_path], cache_dir=tmp_path)


def test_a_name_is_one_model_and_threads_load_it_once(manager) -> None:
    model = manager["yolox-nano"]
    assert manager["yolox-nano"] is model
    threads = [threading.Thread(target=model.load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session = model.session
    model.load()
    assert model.session is session


def test_runs_are_counted_and_warm_up_is_not(manager) -> None:
    model = manager["yolox-nano"]
    model.load()
    feeds = {model.input_name: np.zeros(SHAPE, np.float32)}
    model.warm_up([feeds])
    assert model.stats.calls == 0
    for _ in range(3):
        model.run(feeds, items=2)
    stats = model.stats
    assert (stats.calls, stats.items) == (3, 6)
    assert 0 < stats.min_ms <= stats.p50_ms <= stats.p95_ms <= stats.p99_ms <= stats.max_ms
    assert stats.resident_bytes > 0


def test_a_session_is_shared_by_threads(manager) -> None:
    model = manager["yolox-nano"]
    model.load()
    rng = np.random.default_rng(0)
    inputs = [rng.random(SHAPE, np.float32) * 255 for _ in range(4)]
    expected = [model.run({model.input_name: x})["output"] for x in inputs]
    got: list[np.ndarray | None] = [None] * 4

    def work(index: int) -> None:
        got[index] = model.run({model.input_name: inputs[index]})["output"]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(a, b) for a, b in zip(expected, got, strict=True))


def test_unloading_frees_the_session_and_a_run_then_says_what_to_do(manager) -> None:
    model = manager["yolox-nano"]
    model.load()
    session = weakref.ref(model.session)
    model.unload()
    gc.collect()
    assert session() is None
    with pytest.raises(ModelError, match="not loaded") as unloaded:
        model.run({"images": np.zeros(SHAPE, np.float32)})
    assert unloaded.value.code is FailureCode.model_not_loaded
    assert (model.providers, model.on_accelerator, model.stats.resident_bytes) == ((), False, 0)
    model.load()
    assert model.loaded


def test_who_holds_a_lease_runs_whatever_others_load_and_unload(manager) -> None:
    model = manager["yolox-nano"]
    feeds = {"images": np.zeros(SHAPE, np.float32)}
    stop = threading.Event()

    def meddle() -> int:
        refused = 0
        while not stop.is_set():
            model.load()
            refused += not model.unload_if_unused()
        return refused

    with ThreadPoolExecutor(2) as threads, contextlib.ExitStack() as last:
        meddlers = [threads.submit(meddle) for _ in range(2)]
        last.callback(stop.set)
        for _ in range(5):
            with model.acquire():
                session = model.session
                for _ in range(3):
                    model.run(feeds)
                    model.warm_up([feeds])
                assert model.session is session
        stop.set()
        assert sum(meddler.result(30) for meddler in meddlers) > 0
    assert model.unload_if_unused()


def test_an_unload_is_refused_by_name_while_a_lease_is_held(manager) -> None:
    model = manager["yolox-nano"]
    with model.acquire():
        with pytest.raises(ModelError, match="has 1 user") as held:
            model.unload()
        assert held.value.code is FailureCode.model_in_use
        with pytest.raises(ModelError, match="has 1 user"):
            model.unload(wait_s=0.01)
        assert model.loaded
    model.unload()
    assert not model.loaded


def test_weights_that_could_not_be_loaded_are_loaded_once_they_are_there(networks) -> None:
    name = networks.classifier()
    path = networks.folder / f"{name}.onnx"
    whole = path.read_bytes()
    path.write_bytes(b"no network")
    model = networks.model(name)
    with pytest.raises(ModelError):
        model.acquire()
    assert model.state == "unloaded"
    path.write_bytes(whole)
    with model.acquire():
        assert model.loaded


def test_a_manager_that_closes_leaves_what_is_stuck_and_says_so(networks, caplog) -> None:
    names = [networks.classifier(name=name) for name in ("stuck", "free")]
    models = networks.manager()
    stuck, free = (models[name] for name in names)
    lease = stuck.acquire()
    free.load()
    models.close()
    assert (stuck.loaded, free.loaded) == (True, False)
    assert "stuck is still in use" in caplog.text
    lease.release()


@pytest.mark.parametrize(
    "feeds",
    [
        {"images": np.zeros((1, 3, 400, 416), np.float32)},
        {"images": np.zeros((3, 416, 416), np.float32)},
        {"pixels": np.zeros(SHAPE, np.float32)},
        {},
    ],
)
def test_inputs_that_do_not_fit_are_refused_by_name(manager, feeds) -> None:
    model = manager["yolox-nano"]
    model.load()
    with pytest.raises(ContractViolation, match="network takes"):
        model.run(feeds)


def test_initializers_that_are_listed_as_inputs_are_not_asked_for(manager) -> None:
    model = manager["nanodet-m-416"]
    model.load()
    assert [port.name for port in model.session.inputs] == ["input.1"]


def test_a_damaged_network_is_named(tmp_path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"this is not a network")
    with pytest.raises(ModelError) as damaged:
        OnnxSession(path)
    assert damaged.value.code is FailureCode.model_load_failed


def test_an_absent_provider_is_refused_with_those_there_are() -> None:
    with pytest.raises(ModelError, match="CPUExecutionProvider"):
        choose_providers(["NoSuchExecutionProvider"])


def test_the_map_of_foreign_errors_is_complete() -> None:
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    raised = {v for v in vars(state).values() if isinstance(v, type) and issubclass(v, Exception)}
    assert {kind.__name__ for kind in raised} <= set(ERROR_NAMES)
    assert raised == set(ERRORS) - set(STANDARD_ERRORS)


REGISTERED = (
    'name = "mine"\nversion = "{version}"\ntask = "tensors"\nlicence = "MIT"\n'
    '[[files]]\nname = "mine.onnx"\n[output]\ndecoder = "none"\n'
)


@pytest.fixture
def register(networks, tmp_path) -> Callable[..., tuple[ModelManager, Model]]:
    networks.classifier(name="spare")
    network = (networks.folder / "spare.onnx").read_bytes()
    manager = networks.manager(registered=tmp_path / "registered")

    def make(version: str = "1") -> tuple[ModelManager, Model]:
        text = REGISTERED.format(version=version)
        return manager, manager.register(parse_card(text), text.encode(), {"mine.onnx": network})

    return make


def test_one_that_was_deleted_is_not_the_one_registered_in_its_place(register) -> None:
    manager, old = register()
    manager.delete([old])
    _, new = register()
    with pytest.raises(ModelError, match="was deleted") as gone:
        old.acquire()
    assert gone.value.code is FailureCode.model_not_found
    with new.acquire():
        assert manager["mine@1"] is new
    with pytest.raises(ModelError, match="was deleted"):
        manager.delete([old])


def test_versions_are_deleted_all_or_none(register, monkeypatch) -> None:
    manager, one = register("1")
    _, two = register("2")
    with two.acquire(), pytest.raises(ModelError, match="is loaded"):
        manager.delete([one, two])
    one.acquire().release()
    one.unload()
    two.unload()

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", broken)
        with pytest.raises(ModelError, match="cannot be deleted") as raised:
            manager.delete([one, two])
    assert raised.value.code is FailureCode.storage_failed
    assert manager.versions("mine") == [two, one]
    one.acquire().release()
    one.unload()
    manager.delete([two, one])
    with pytest.raises(ModelError, match="no model called"):
        manager["mine"]
