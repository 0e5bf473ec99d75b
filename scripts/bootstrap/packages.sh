# shellcheck shell=bash
# Sourced by bootstrap.sh: system packages, through apt.

# Whether anybody here may install system packages.
has_root() {
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root, and there is no sudo: $*"
  fi
}

update_package_lists() {
  [ -z "${package_lists_are_new:-}" ] && has_root || return 0
  package_lists_are_new=yes
  say "Reading the package lists (apt-get update)"
  # One of somebody's own sources that does not answer is no reason to stop: what is missing is named below.
  as_root apt-get update -qq || say "Not all package lists could be read; going on with those that there are"
}

# require_root NAME...: what an administrator has to do where nobody here may.
require_root() {
  ! has_root || return 0
  fail "these system packages are missing, and there is neither root nor sudo to install them: $*
An administrator installs them with:
  apt-get update && apt-get install --no-install-recommends $*"
}

apt_install() {
  require_root "$@"
  update_package_lists
  say "Installing system packages: $*"
  # Ubuntu's needrestart would ask which services to start again.
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get install -y -qq \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >/dev/null
}

# apt_offers NAME [VERSION]: whether apt is here and would install it, in this version or a newer one. Without root, by
# the lists that were read last.
apt_offers() {
  local candidate
  command -v apt-get >/dev/null || return 1
  update_package_lists
  candidate="$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')"
  [ -n "$candidate" ] && [ "$candidate" != '(none)' ] &&
    dpkg --compare-versions "$candidate" ge "${2:-0}"
}

# install_system_packages NAME...: those that are missing.
install_system_packages() {
  local installed missing=() name packages=("$@")
  if ! command -v apt-get >/dev/null; then
    say "No apt here. Make sure that the equivalents of these are installed: ${packages[*]}"
    return
  fi
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${packages[@]}" 2>/dev/null || true)"
  for name in "${packages[@]}"; do
    [[ "$installed" == *" installed:$name "* ]] || missing+=("$name")
  done
  [ "${#missing[@]}" -eq 0 ] || apt_install "${missing[@]}"
}
