# shellcheck shell=bash
# Sourced by bootstrap.sh: the homeserver of the demo and the tests, in a virtual environment.

SYNAPSE_VERSION=1.163.2

install_synapse() {
  local venv="$HEROLD_CACHE/synapse-venv" python=python3 found
  for found in "$venv"/lib/python3*/site-packages/matrix_synapse-"$SYNAPSE_VERSION".dist-info; do
    # Beautiful Soup reads the pages of link previews.
    [ -d "$found" ] && [ -d "${found%/*}/bs4" ] && return
  done
  # The distribution's own, because python3-venv belongs to it.
  [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
  say "Installing Synapse $SYNAPSE_VERSION from PyPI into $venv"
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "matrix-synapse[url-preview]==$SYNAPSE_VERSION"
}
