"""From what is known of a frame to where each of its pixels lies on the sea, how well, and to maps of it."""

from siseon.applications.oilspill.georeference.plane import geo_to_pixel, georeference, pixel_to_geo
from siseon.applications.oilspill.georeference.pose import Pose, Sigmas
from siseon.applications.oilspill.georeference.resolve import is_over_land, pose_of

__all__ = ["Pose", "Sigmas", "geo_to_pixel", "georeference", "is_over_land", "pixel_to_geo", "pose_of"]
