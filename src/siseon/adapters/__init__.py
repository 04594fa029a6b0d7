"""Our types to and from those of other tools: ``coco`` (results of that format), ``supervision`` (its Detections)."""
