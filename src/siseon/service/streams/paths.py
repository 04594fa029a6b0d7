"""Where the operations on streams are."""

STREAMS = "/v1/streams"
ONE = STREAMS + "/{name}"
