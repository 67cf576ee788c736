#!/usr/bin/env bash
# The container engine for a run of CI on a machine that has none running.
#
#   docker.sh start   under CI=true or with --install, installs Docker and debootstrap from the distribution's own
#                     packages where one is missing; then starts a daemon, unless one answers, and waits for it.
#                     Otherwise only says whether one answers
#   docker.sh stop    ends the daemon that `start` started, and no other
set -euo pipefail

state="${TRIBUTARY_DOCKER_STATE:-${TMPDIR:-/tmp}/tributary-docker}"
patience_seconds=60

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

await_daemon() {
  local deadline=$((SECONDS + patience_seconds))
  until answers; do
    if ! kill -0 "$(<"$state/pid")" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      printf 'dockerd ended, or did not answer within %d s. Its last output:\n' "$patience_seconds" >&2
      tail -n 20 "$state/log" >&2
      return 1
    fi
    sleep 0.2
  done
}

install_docker() {
  command -v dockerd >/dev/null && command -v debootstrap >/dev/null && return
  printf 'Installing Docker from the packages of this distribution\n'
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    docker.io debootstrap iptables ca-certificates >/dev/null
}

start() {
  if [ "${CI:-}" != true ] && [ "${1:-}" != --install ]; then
    answers && return
    printf 'No container engine answers. Start Docker, or let this script install and start one: %s\n' \
      'tools/containers/docker.sh start --install (Debian, as root)' >&2
    return 1
  fi
  install_docker
  # On a machine with an init system the package has started it by now.
  answers && return
  mkdir -p "$state"
  setsid dockerd --pidfile "$state/dockerd.pid" >"$state/log" 2>&1 </dev/null &
  echo "$!" >"$state/pid"
  await_daemon
  printf 'Docker %s runs for this run\n' "$(docker version --format '{{.Server.Version}}')"
}

stop() {
  [ -f "$state/pid" ] || return 0
  local pid
  pid=$(<"$state/pid")
  kill "$pid" 2>/dev/null || true
  local deadline=$((SECONDS + patience_seconds))
  while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done
  rm -rf "$state"
}

case "${1:-}" in
  start | stop) "$@" ;;
  *)
    printf 'Usage: %s start [--install] | stop\n' "$0" >&2
    exit 2
    ;;
esac
