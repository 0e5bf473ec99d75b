#!/usr/bin/env bash
# Takes a picture of every screen of the interface, in every theme and size, and lets axe-core check each. Needs no
# core: the fixture plays it.
#
#   look.sh [PART]                  only the pictures with PART in their name
#   HEROLD_CHROMIUM=/path look.sh   with this Chromium or Chrome, instead of Debian's
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" look
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
npm --prefix ui run --silent look -- "$@"
