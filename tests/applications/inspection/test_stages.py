"""The detector and the classifier as stages: any card of their task, one contract behind it."""

from __future__ import annotations

import asyncio
import pickle

import numpy as np
import onnx
import pytest

from siseon.applications.inspection import Classify, Detect
from siseon.applications.inspection.stages import RANKED, ranked
from siseon.contracts import ContractViolation, Crop, Image, LabelMap, ModelError
from siseon.models import InputSpec, ModelManager, OutputSpec


def _image(width: int = 200, height: int = 100) -> Image:
    return Image.from_array(np.zeros((height, width, 3), dtype=np.uint8))


def _detect(networks, name: str, image: Image, **options):
    stage = Detect(networks.model(name), **options)
    stage.setup()
    return stage.process([image])[0]


def test_boxes_come_back_in_pixels_of_the_image(networks):
    name = networks.detector([(0.25, 0.5, 0.75, 1.0)], scores=[0.8], classes=[2])
    found = _detect(networks, name, _image())
    np.testing.assert_allclose(found.boxes.xyxy, [[50, 50, 150, 100]], atol=1e-3)
    assert found.class_ids.tolist() == [2]
    assert found.scores.tolist() == pytest.approx([0.8], abs=1e-4)


def test_boxes_that_reach_out_of_the_image_are_clamped_to_it(networks):
    name = networks.detector([(-0.5, -0.5, 0.5, 0.5), (0.5, 0.5, 1.5, 2.0)])
    found = _detect(networks, name, _image())
    assert sorted(found.boxes.xyxy.round(3).tolist()) == [[0, 0, 100, 50], [100, 50, 200, 100]]


def test_a_box_in_the_padding_of_the_letterbox_is_no_object(networks):
    letterbox = InputSpec(width=64, height=64, resize="letterbox", anchor="top_left")
    name = networks.detector([(0, 0.6, 1, 1), (0.25, 0.25, 0.5, 0.75)], input_spec=letterbox)
    found = _detect(networks, name, _image())
    # The image fills the upper half of the input; the second box reaches into the padding and is clamped.
    np.testing.assert_allclose(found.boxes.xyxy, [[50, 50, 100, 100]], atol=1e-3)


def test_a_detector_whose_boxes_are_turned_inside_out_fails_at_the_boundary_naming_stage_and_field(networks):
    name = networks.detector([(0.75, 0.5, 0.25, 1.0)])
    with pytest.raises(ContractViolation, match=r"boxes\.xyxy.*x2 > x1") as caught:
        _detect(networks, name, _image())
    assert caught.value.stage == "detect"
    assert "cx, cy, w, h" in caught.value.hint


def test_classes_beyond_the_label_map_fail_at_the_boundary(networks):
    name = networks.detector([(0, 0, 1, 1)], classes=[2])
    networks.cards[0] = networks.cards[0].model_copy(update={"labels": ("red", "green")})
    with pytest.raises(ContractViolation, match=r"class_ids.*label map of 2"):
        _detect(networks, name, _image())


@pytest.mark.parametrize("outputs", [("logits", "pred_boxes"), ("labels", "dets")])
@pytest.mark.parametrize("named", [True, False], ids=["outputs named by the card", "told apart by shape"])
def test_any_boxes_and_logits_export_is_read(networks, outputs: tuple[str, str], named: bool):
    name = networks.detector([(0.1, 0.1, 0.2, 0.2)], classes=[1], outputs=outputs, named=named)
    found = _detect(networks, name, _image())
    np.testing.assert_allclose(found.boxes.xyxy, [[20, 10, 40, 20]], atol=1e-3)
    assert found.class_ids.tolist() == [1]


def test_a_leading_background_class_shifts_the_labels(networks):
    output = OutputSpec(decoder="detr", first_class=1)
    name = networks.detector([(0, 0, 1, 1)], classes=[2], output=output, labels=("none", "cat", "dog"))
    networks.cards[0] = networks.cards[0].model_copy(update={"labels": ("cat", "dog")})
    assert _detect(networks, name, _image()).class_ids.tolist() == [1]


def test_outputs_that_the_card_names_but_the_network_lacks_are_named(networks):
    output = OutputSpec(decoder="nanodet", scores=("792",), boxes=("795",))
    name = networks.detector([(0, 0, 1, 1)], output=output)
    with pytest.raises(ContractViolation, match=r"names outputs \['792'\], the network has \['logits'"):
        _detect(networks, name, _image())


def test_only_the_best_detections_are_kept(networks):
    name = networks.detector([(0, 0, 0.5, 0.5), (0.5, 0.5, 1, 1), (0, 0.5, 0.5, 1)], scores=[0.5, 0.9, 0.7])
    found = _detect(networks, name, _image(), max_detections=2)
    assert found.scores.tolist() == pytest.approx([0.9, 0.7], abs=1e-4)


@pytest.mark.parametrize("size", [320, 416, 640])
def test_yolox_weights_of_another_input_size_need_only_another_card(
    networks, model_path, test_data, size: int
):
    network = onnx.load(model_path / "yolox_nano.onnx")
    for axis in (2, 3):  # fully convolutional: the input's declaration is all that fixes its size
        network.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
    del network.graph.output[0].type.tensor_type.shape.dim[1:]
    network.graph.output[0].type.tensor_type.shape.dim.add().dim_param = "points"
    network.graph.output[0].type.tensor_type.shape.dim.add().dim_value = 85
    onnx.save(network, networks.folder / f"yolox-nano-{size}.onnx")
    base = ModelManager()["yolox-nano"].card
    networks.cards.append(
        base.model_copy(
            update={
                "name": f"yolox-nano-{size}",
                "files": (
                    base.files[0].model_copy(
                        update={"name": f"yolox-nano-{size}.onnx", "sha256": None, "size": None}
                    ),
                ),
                "input": base.input.model_copy(update={"width": size, "height": size}),
            }
        )
    )
    image = _photo(test_data / "coco-dev" / "images" / "000000000802.jpg")
    found = _detect(networks, f"yolox-nano-{size}", image)
    assert found.labels[int(found.class_ids[0])] == "refrigerator"
    # The refrigerator of the photo, whatever the network's input: a tenth of the photo's width of play.
    np.testing.assert_allclose(found.boxes.xyxy[0], [243, 186, 410, 542], atol=42)


@pytest.mark.parametrize("detector", ["yolox-nano", "nanodet-m-416"])
def test_both_real_detectors_find_the_refrigerator(model_path, test_data, detector: str):
    stage = Detect(ModelManager(search_path=[model_path])[detector])
    stage.setup()
    (found,) = stage.process([_photo(test_data / "coco-dev" / "images" / "000000000802.jpg")])
    names = [found.labels[class_id] for class_id in found.class_ids.tolist()]
    assert "refrigerator" in names
    best = names.index("refrigerator")
    np.testing.assert_allclose(found.boxes.xyxy[best], [243, 186, 410, 542], atol=42)


def test_a_batch_answers_as_its_images_one_by_one(model_path, test_data):
    stage = Detect(ModelManager(search_path=[model_path])["yolox-nano"])
    stage.setup()
    images = [_photo(path) for path in sorted((test_data / "coco-dev" / "images").glob("*.jpg"))[:4]]
    for together, image in zip(stage.process(images), images, strict=True):
        alone = stage.process([image])[0]
        np.testing.assert_allclose(together.boxes.xyxy, alone.boxes.xyxy, atol=0.05)
        assert together.class_ids.tolist() == alone.class_ids.tolist()


def test_the_detector_runs_an_image_at_a_time_on_a_cpu_in_one_replica_a_core(networks):
    stage = Detect(networks.model(networks.detector([(0, 0, 1, 1)])))
    stage.setup()
    assert stage.max_batch == 1
    assert stage.replicas >= 1


def test_a_network_that_takes_one_picture_gets_one_at_a_time(networks):
    stage = Classify(networks.model(networks.classifier()))
    stage.setup()
    assert stage.max_batch > 1
    networks.cards[0] = networks.cards[0].model_copy(
        update={"input": InputSpec(width=16, height=16, dynamic_batch=False)}
    )
    single = Classify(networks.model("main-colour"))
    single.setup()
    assert single.max_batch == 1


def test_crops_are_named_by_the_best_class_with_its_probability(networks):
    stage = Classify(networks.model(networks.classifier()))
    stage.setup()
    crops = [
        Crop(index, Image.from_array(np.full((40, 50, 3), colour, np.uint8)))
        for index, colour in enumerate([(0, 255, 0), (255, 0, 0)])
    ]
    labels = stage.process(crops)
    assert [label.class_name for label in labels] == ["green", "red"]
    # Logits 5, 0, 0: the softmax of the card, not the raw values.
    assert labels[0].score == pytest.approx(np.exp(5) / (np.exp(5) + 2), rel=1e-5)


def test_the_card_of_convnext_tiny_needs_only_weights_of_its_interface(networks):
    card = ModelManager()["convnext-tiny"].card
    networks.cards.append(card)
    names = networks.model("convnext-tiny").labels.names
    colours = [names.index(name) for name in ("giant panda", "coral reef", "sports car")]
    networks.stand_in("convnext_tiny.onnx", colours, classes=1000)
    stage = Classify(networks.model("convnext-tiny"))
    stage.setup()
    crops = [
        Crop(index, Image.from_array(np.full((40, 50, 3), colour, np.uint8)))
        for index, colour in enumerate([(255, 0, 0), (0, 0, 255)])
    ]
    assert [label.class_name for label in stage.process(crops)] == ["giant panda", "sports car"]


class SixCropsACall(Classify):
    """Waits until it has six crops: no window ends in the time of a test."""

    def setup(self) -> None:
        super().setup()
        self.max_batch, self.replicas, self.linger_ms = 6, 1, 3_600_000.0


async def test_crops_of_requests_that_meet_in_the_window_are_one_call_and_each_gets_its_own_answers(networks):
    def crops(*colours: tuple[int, int, int]) -> list[Crop]:
        return [Crop(i, Image.from_array(np.full((40, 50, 3), c, np.uint8))) for i, c in enumerate(colours)]

    red, green, blue = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    async with SixCropsACall(networks.model(networks.classifier())) as stage:
        answers = await asyncio.gather(
            stage.map(crops(red, green)), stage.map(crops(blue)), stage.map(crops(green, green, red))
        )
        assert (stage.statistics().batches, stage.statistics().items) == (1, 6)
    names = [[label.class_name for label in labels] for labels in answers]
    assert names == [["red", "green"], ["blue"], ["green", "green", "red"]]


def test_a_classifier_with_other_labels_than_outputs_fails_at_start(networks):
    name = networks.classifier(labels=("red", "green"))
    with pytest.raises(ContractViolation, match="3 classes, the card's labels 2"):
        Classify(networks.model(name)).setup()


def test_a_model_of_another_task_is_refused_at_start(networks):
    detector, classifier = networks.detector([(0, 0, 1, 1)]), networks.classifier()
    with pytest.raises(ContractViolation, match="not the card of a classifier"):
        Classify(networks.model(detector)).setup()
    with pytest.raises(ContractViolation, match="not the card of a detector"):
        Detect(networks.model(classifier)).setup()


def test_a_damaged_network_fails_at_start(networks):
    name = networks.detector([(0, 0, 1, 1)])
    (networks.folder / f"{name}.onnx").write_bytes(b"not a network")
    with pytest.raises(ModelError):
        Detect(networks.model(name)).setup()


def test_the_network_sees_what_the_card_says(model_path):
    """(v − 127) / 128: a grey of 127 is zero."""
    model = ModelManager(search_path=[model_path])["efficientnet-lite0"]
    stage = Classify(model)
    stage.setup()
    grey = Crop(0, Image.from_array(np.full((300, 100, 3), 127, np.uint8)))
    (label,) = stage.process([grey])
    logits = model.run({"x": np.zeros((1, 3, 224, 224), np.float32)})["y"][0]
    assert label.class_id == int(np.argmax(logits))
    assert label.score == pytest.approx(float(np.exp(logits.max()) / np.exp(logits).sum()), rel=1e-4)


def _photo(path) -> Image:
    from siseon.media.decode import decode

    return decode(path.read_bytes(), source=path.name)


@pytest.mark.parametrize("classes", [1, RANKED - 1, RANKED, RANKED + 1, 1000])
@pytest.mark.parametrize("steps", [2, 5, 100_000])
def test_classes_are_ranked_by_score_and_of_equal_ones_the_first_comes_first(classes, steps):
    scores = np.random.default_rng(steps).integers(0, steps, (8, classes)).astype(np.float32) / steps
    names = LabelMap(tuple(f"class {number}" for number in range(classes)))
    for row, best in zip(scores, ranked(scores, names), strict=True):
        wanted = sorted(range(classes), key=lambda number, row=row: -row[number])[:RANKED]
        assert [label.class_id for label in (best, *best.others)] == wanted
        assert best.score == row.max()
        assert best.class_name == names[wanted[0]]


def test_of_all_classes_only_the_ranked_go_to_another_process() -> None:
    names = LabelMap(tuple(f"class number {number}" for number in range(1000)))
    (best,) = ranked(np.linspace(0, 1, 1000, dtype=np.float32)[None], names)
    sent = pickle.dumps(best)
    assert len(sent) < 2000
    there = pickle.loads(sent)
    assert (there.class_name, list(there.others)) == (best.class_name, list(best.others))
    assert len(there.others) == RANKED - 1


@pytest.mark.parametrize("classes", [1, 3, 1000])
def test_a_ranking_equals_itself_after_a_way_to_another_process(classes) -> None:
    names = LabelMap(tuple(f"class {number}" for number in range(classes)))
    scores = np.linspace(0, 1, classes, dtype=np.float32)[None]
    (best,), (again,) = ranked(scores, names), ranked(scores, names)
    there = pickle.loads(pickle.dumps(best))
    assert there == best == there
    assert best == again
    assert len({best, there, again}) == 1
    (other,) = ranked(scores[:, ::-1], names)
    assert (other == best) == (classes == 1)
