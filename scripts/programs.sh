# shellcheck shell=bash disable=SC2034,SC2154 # what is set here is used where it is sourced
# Programs that a script starts, and requests to them; sourced after scripts/paths.sh. The script makes a directory for
# their logs, $work, and has `stop` called when it ends.

# Those that run.
pids=()

# Starts a program of ours, and waits until it says where it listens: that is in $address then, and its pid in $pid.
# Arguments: its name, and what to start. Its log is $work/NAME.log, and what it prints is in $work/NAME.txt.
begin() {
  local log=$work/$1.log
  # Not left to the program: it must not be taken for one of its name that ran before.
  : >"$log"
  "${@:2}" >"$work/$1.txt" 2>>"$log" &
  pid=$!
  pids+=("$pid")
  until
    address=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$log" | head -1)
    [[ -n $address ]]
  do
    if ! kill -0 "$pid" 2>/dev/null; then
      cat "$log" >&2
      fail "the $1 did not start; if its port is taken, choose another"
    fi
    sleep 0.05
  done
}

# Whether somebody listens at a port of 127.0.0.1.
listens() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

fetch() {
  curl --silent --show-error --noproxy '*' --max-time 15 "$@" || true
}

# The audit lines of requests with this path.
audited() {
  grep -F 'claimgate audit ' "$work/gateway.log" | grep -F "\"path\":\"$1\"" || true
}

# The reason in the audit line of the request with this path; "-" where it was permitted, and what the gateway did where it
# answered a person itself. Of several requests with the path it is the one of this number. The line is written when the
# request is over, which may be after curl has its answer.
reason() {
  local line='' tries
  for ((tries = 0; tries < 100; tries++)); do
    line=$(audited "$1" | sed -n "${2:-1}p")
    [[ -n $line ]] && break
    sleep 0.05
  done
  case $line in
    *'"outcome":"permitted"'*) echo - ;;
    *'"outcome":"answered"'*) [[ $line =~ \"grounds\":\"([a-z_]+)\" ]] && echo "${BASH_REMATCH[1]}" ;;
    *) [[ $line =~ \"reason\":\"([A-Za-z]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo "no audit line" ;;
  esac
}

stop() {
  local pid
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
}
