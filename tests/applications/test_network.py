"""A stage's network is run before the first request, row E06."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np

from siseon.applications.build import manager
from siseon.applications.network import Network
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import ModelManager
from siseon.settings import Settings


class Counting(Stage[int, int]):
    def __init__(self, network: Network) -> None:
        self.network = network
        self.runs = 0

    def setup(self) -> None:
        self.network.set_up(self, self.run_once)

    def run_once(self) -> None:
        self.runs += 1

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return batch


def test_a_network_is_run_as_often_as_its_owner_says_before_the_first_request(networks):
    name = networks.classifier()
    for times in (1, 4):
        models = ModelManager(search_path=(networks.folder,), cards=networks.cards, warm_ups=times)
        stage = Counting(Network(models[name]))
        stage.setup()
        assert stage.runs == times
        assert pickle.loads(pickle.dumps(models[name])).warm_ups == times  # in a worker process too
        stage.network.tear_down()


def test_for_a_single_request_no_network_runs_before_it_and_what_is_learnt_of_it_is_still_learnt(networks):
    name = networks.classifier()
    model = ModelManager(search_path=(networks.folder,), cards=networks.cards, warm_ups=0)[name]
    stage = Counting(Network(model))
    stage.setup()
    assert stage.runs == 1
    assert stage.replicas == cores()
    model.warm_up([{"no such input": np.zeros(1)}])  # would be refused if it ran
    stage.network.tear_down()


def test_stages_that_share_a_network_run_it_first_as_often_as_its_owner_says_together(networks, monkeypatch):
    name = networks.classifier()
    model = ModelManager(search_path=(networks.folder,), cards=networks.cards, warm_ups=2)[name]
    ran = []
    monkeypatch.setattr(model, "warm_up", lambda batches: ran.extend(batches))
    small, large = ({"image": np.zeros((1, 3, side, side))} for side in (32, 64))
    for feeds, expected in ((small, 1), (small, 2), (small, 2), (large, 3), (small, 3)):
        with model.acquire():
            model.first_run(feeds)
            assert len(ran) == expected
    model.unload()
    with model.acquire():
        model.first_run(small)
    assert len(ran) == 4  # other weights, or the same from the disk


def test_replicas_leave_cores_for_the_threads_of_each_call(networks):
    name = networks.classifier()
    for threads in (1, 2, 2 * cores()):
        models = ModelManager(search_path=(networks.folder,), cards=networks.cards, threads=threads)
        stage = Counting(Network(models[name]))
        stage.setup()
        assert stage.replicas == max(1, cores() // threads)
        stage.network.tear_down()


def test_one_picture_has_all_cores_unless_threads_are_stated():
    def threads(settings: Settings, *, lone: bool) -> int:
        return manager(settings, lone=lone)["yolox-nano"].threads

    assert threads(Settings(), lone=True) == cores()
    assert threads(Settings(), lone=False) == 1
    assert threads(Settings(threads=1), lone=True) == 1
