"""Label maps fit their networks."""

from __future__ import annotations

from siseon.models.labels import built_in_labels


def test_label_maps_have_the_length_and_order_of_the_data_sets() -> None:
    coco, imagenet = built_in_labels("coco80"), built_in_labels("imagenet1k")
    assert (len(coco), coco[0], coco[79]) == (80, "person", "toothbrush")
    assert (len(imagenet), imagenet[0], imagenet[999]) == (1000, "tench", "toilet tissue")
