#!/bin/sh
# Keeps the cameras of this deployment. First name their networks in streams_allow of siseon.toml, and restart the service;
# then fill in the lines at the end, and run this while it runs, again whenever there are more of them.
# Passwords of cameras stand here: nobody else may read this file.
set -eu
cd "$$(dirname "$$0")"
token=$$(sed -n 's/^token = "\([^"]*\)".*/\1/p' siseon.toml)
address="$${1:-http://127.0.0.1:8000}"

# add NAME ADDRESS FRAMES-PER-SECOND; one that is kept already stays as it is.
add() {
  # By way of a file and not of words on a command line, which all users of a machine can see.
  answer=$$(curl --config - --silent --show-error --write-out '%{http_code}' "$$address/v1/streams" <<END
header = "Authorization: Bearer $$token"
header = "Content-Type: application/json"
data = "{\"name\": \"$$1\", \"source\": \"$$2\", \"application\": \"${application}\", \"options\": {\"fps\": $$3}}"
END
)
  case "$$answer" in
    *201) echo "$$1: kept" ;;
    *'"code":"stream_exists"'*) echo "$$1: kept already" ;;
    *'"code":"url_blocked"'*)
      echo "$$1: its network is not in streams_allow of siseon.toml, or the service was not restarted since" >&2
      exit 1
      ;;
    *)
      printf '%s: %s\n' "$$1" "$$answer" >&2
      exit 1
      ;;
  esac
}

# add boiler rtsp://USER:PASSWORD@192.168.1.20/sub 2
