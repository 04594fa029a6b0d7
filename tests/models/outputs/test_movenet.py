from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import ContractViolation
from siseon.models.card import OutputSpec
from siseon.models.outputs import interpret_poses
from siseon.models.outputs.movenet import interpret_movenet


def test_points_are_x_and_y_in_pixels_of_the_input() -> None:
    output = np.zeros((1, 1, 17, 3), np.float32)
    output[0, 0, 5] = (0.25, 0.5, 0.9)  # y, x, score

    assert interpret_movenet(output, width=200, height=100)[0, 5].tolist() == pytest.approx([100, 25, 0.9])


@pytest.mark.parametrize("output", [np.zeros((1, 6, 56)), np.full((1, 1, 17, 3), np.nan)])
def test_what_is_no_pose_is_refused_by_name(output) -> None:
    with pytest.raises(ContractViolation, match=r"MoveNet SinglePose|not finite"):
        interpret_poses(
            {"keypoints": output.astype(np.float32)}, OutputSpec(decoder="movenet"), size=(192, 192)
        )


def test_the_card_of_a_detector_finds_no_poses() -> None:
    with pytest.raises(ContractViolation, match="finds no bodies"):
        interpret_poses({}, OutputSpec(decoder="yolox"), size=(192, 192))
