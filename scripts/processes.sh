# shellcheck shell=bash
# Sourced: finds and ends the processes that descend from one run, by a mark in their environment, and sees to it
# that they are ended.
#
# A window starts helpers, a homeserver starts workers, a bus starts services on demand. They
# leave the process tree, but they keep the environment. Nothing is ever ended by name.

# Seconds until what does not stop is killed. Who cleans up around another has to wait longer than the other does: a
# homeserver is given 15 by who started it (STOP_LIMIT in crates/testkit), what run.sh started has 20 with it, and a
# desktop with run.sh in it has 30.
# shellcheck disable=SC2034
RUN_PATIENCE=20 DESKTOP_PATIENCE=30

# finish_with FUNCTION: calls it when the script ends, in whatever way, and keeps the exit code.
#
# Meanwhile Ctrl-C and the like are ignored, also by what the function starts: people press it again when something
# takes long, and half a clean-up would leave a homeserver running. Ctrl-\ still ends everything at once.
finish_with() {
  finish_function=$1
  trap run_finish EXIT
  trap 'ignore_signals; exit 130' INT
  trap 'ignore_signals; exit 143' TERM HUP
}

# A pipe, too, may have lost its reader to the same Ctrl-C.
ignore_signals() {
  trap '' INT TERM HUP PIPE
}

run_finish() {
  local code=$?
  ignore_signals
  trap - EXIT
  set +e
  "$finish_function"
  exit "$code"
}

# marked_processes NAME=VALUE [SESSION]: the ids of the running processes with this in their environment, and in
# this session where one is named.
# This shell is never among them: a shell keeps the environment that it was started with. Neither is what looks: it
# is started with an empty one.
marked_processes() {
  local file pid
  while read -r file; do
    pid="${file#/proc/}"
    pid="${pid%/environ}"
    [ "$pid" != "$$" ] || continue
    [ -z "${2:-}" ] || [ "$(session_of "$pid")" = "$2" ] || continue
    echo "$pid"
  done < <(env -i grep -lszFx -- "$1" /proc/[0-9]*/environ 2>/dev/null)
}

# session_of PID: the session of a process, as setsid(2) makes them; nothing once it is gone.
session_of() {
  local stat session
  stat="$(cat "/proc/$1/stat" 2>/dev/null)" || return 0
  # The name before the bracket may hold blanks.
  read -r _ _ _ session _ <<<"${stat##*) }"
  echo "$session"
}

# end_marked NAME=VALUE SECONDS [SESSION]: asks them to stop, insists after SECONDS, and says whether all are gone.
end_marked() {
  local mark=$1 seconds=$2 session=${3:-} pids deadline
  deadline=$((SECONDS + seconds))
  pids="$(marked_processes "$mark" "$session")"
  # shellcheck disable=SC2086
  [ -z "$pids" ] || kill $pids 2>/dev/null || true
  while pids="$(marked_processes "$mark" "$session")" && [ -n "$pids" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      # shellcheck disable=SC2086
      kill -KILL $pids 2>/dev/null || true
      sleep 0.3
      # A bare `return` would tell, at the end of a script, how it ended.
      [ -z "$(marked_processes "$mark" "$session")" ] || return 1
      return 0
    fi
    sleep 0.1
  done
}
