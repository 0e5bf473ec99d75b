# shellcheck shell=bash
# Sourced: finds and ends the processes that descend from one run, by a mark in their environment.
#
# A window starts helpers, a homeserver starts workers, a bus starts services on demand. They
# leave the process tree, but they keep the environment. Nothing is ever ended by name.

# marked_processes NAME=VALUE: the ids of the running processes with this in their environment.
# This shell is never among them: a shell reads its own environment from when it started.
marked_processes() {
  local file pid
  while read -r file; do
    pid="${file#/proc/}"
    pid="${pid%/environ}"
    [ "$pid" = "$$" ] || echo "$pid"
  done < <(grep -lszFx -- "$1" /proc/[0-9]*/environ 2>/dev/null)
}

# end_marked NAME=VALUE [SECONDS]: asks them to stop, insists after SECONDS, and says whether all are gone.
end_marked() {
  local mark=$1 seconds=${2:-10} pids deadline
  deadline=$((SECONDS + seconds))
  pids="$(marked_processes "$mark")"
  # shellcheck disable=SC2086
  [ -z "$pids" ] || kill $pids 2>/dev/null || true
  while pids="$(marked_processes "$mark")" && [ -n "$pids" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      # shellcheck disable=SC2086
      kill -KILL $pids 2>/dev/null || true
      sleep 0.3
      [ -z "$(marked_processes "$mark")" ]
      return
    fi
    sleep 0.1
  done
}
