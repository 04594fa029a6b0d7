"""Where the operations on streams and their alarms are."""

STREAMS = "/v1/streams"
ONE = STREAMS + "/{name}"
ALARMS = "/v1/alarms"
CALIBRATION = ONE + "/calibration"
