#!/usr/bin/env bash
# Installs what the sandbox's real nodes need (as root on Debian or Ubuntu), and
# names it elsewhere. It never fails: without these packages the sandbox simulates
# its nodes.
set -uo pipefail

packages="containerd runc containernetworking-plugins iptables iproute2"

say() { printf '%s\n' "$*" >&2; }

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

# provided reports whether a package's programs are installed, from whatever source.
provided() {
  case $1 in
    containerd) command -v containerd && command -v containerd-shim-runc-v2 ;;
    containernetworking-plugins) [ -x /usr/lib/cni/ptp ] || [ -x /opt/cni/bin/ptp ] ;;
    iproute2) command -v ip ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

missing() {
  local package
  for package in $packages; do
    provided "$package" || installed "$package" || printf '%s ' "$package"
  done
}

# quietly keeps packages from starting their services while the command runs: the
# sandbox runs its own containerd. An existing policy is kept.
quietly() {
  local policy=/usr/sbin/policy-rc.d status
  if [ -e $policy ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
  "$@"
  status=$?
  rm -f $policy
  return $status
}

main() {
  PATH=$PATH:/usr/sbin:/sbin
  if [ "$(uname -s)" != Linux ]; then
    say "the sandbox simulates its nodes: real ones need Linux"
    return
  fi
  local needed
  needed=$(missing)
  [ -n "$needed" ] || return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "for real nodes install, as root: ${needed% } (without them the sandbox simulates its nodes)"
    return
  fi
  say "installing $needed"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of names
  if ! { apt-get update -qq && quietly apt-get install -y -qq --no-install-recommends $needed; } >&2; then
    say "cannot install ${needed% }: the sandbox simulates its nodes"
  fi
}

main "$@"
exit 0
