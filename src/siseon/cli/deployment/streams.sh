#!/bin/sh
# Keeps the cameras of this deployment: fill in the lines at the end, and run it once while the service runs.
# Passwords of cameras stand here: nobody else may read this file.
set -eu
cd "$$(dirname "$$0")"
token=$$(sed -n 's/^token = "\([^"]*\)".*/\1/p' siseon.toml)
address="$${1:-http://127.0.0.1:8000}"

# add NAME ADDRESS FRAMES-PER-SECOND
add() {
  # By way of a file and not of words on a command line, which all users of a machine can see.
  curl --config - --silent --show-error --fail-with-body "$$address/v1/streams" <<END
header = "Authorization: Bearer $$token"
header = "Content-Type: application/json"
data = "{\"name\": \"$$1\", \"source\": \"$$2\", \"application\": \"${application}\", \"options\": {\"fps\": $$3}}"
END
  echo
}

# add boiler rtsp://USER:PASSWORD@192.168.1.20/sub 2
