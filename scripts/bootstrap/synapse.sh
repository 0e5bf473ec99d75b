# shellcheck shell=bash
# Sourced by bootstrap.sh: the homeserver of the demo and the tests, in a virtual environment.

SYNAPSE_VERSION=1.163.2

install_synapse() {
  local venv="$HEROLD_CACHE/synapse-venv" python=python3
  synapse_is_there "$venv/bin/python" && return
  # The distribution's own, because python3-venv belongs to it.
  [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
  say "Installing Synapse $SYNAPSE_VERSION from PyPI into $venv"
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "matrix-synapse[url-preview]==$SYNAPSE_VERSION"
}

# Asks Python itself: after an upgrade of the distribution, the folder is full and the new Python sees none of it.
# Beautiful Soup reads the pages of link previews.
synapse_is_there() {
  "$1" - "$SYNAPSE_VERSION" 2>/dev/null <<'PYTHON'
import sys
from importlib import metadata, util
sys.exit(metadata.version("matrix-synapse") != sys.argv[1] or util.find_spec("bs4") is None)
PYTHON
}
