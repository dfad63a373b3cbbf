#!/usr/bin/env bash
# Builds the sandbox, unless the same sources were built before, and prints the
# path of its binary. Progress goes to standard error.
#
#   build.sh                   the sandbox
#   build.sh --addons https    a sandbox with the add-on for HTTPS
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"

kubernetes=$(awk '$1 == "k8s.io/kubernetes" { print $2; exit }' go.mod)
root=${XDG_CACHE_HOME:-$HOME/.cache}/zenml-installer
cache=$root/sandbox
keep=6

# go-mysql-server, the database in memory, takes a tenth of the build. It is left out where MySQL can be unpacked from
# Debian packages or MariaDB is installed.
tags=${SANDBOX_TAGS-$(PATH=$PATH:/usr/sbin; command -v dpkg-deb mariadbd >/dev/null || echo gms_pure_go)}

say() { printf '%s\n' "$*" >&2; }

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# sources FOLDER lists the files that the binaries are built from.
sources() {
  find "$1" -type f ! -name '*_test.go' ! -name '*.md' ! -name '*.sh' ! -path '*/testdata/*' ! -path '*/.*/*' ! -path './addons/*' | sort
  echo ./build.sh
}

digest() {
  {
    go version
    go env GOOS GOARCH
    echo "$tags"
    sources "$1" | while IFS= read -r file; do echo "$file"; cat "$file"; done
  } | sha256 | cut -c1-20
}

# lock waits for other builds. The lock has its holder's process id, so that the
# lock of a killed build is recognized.
lock() {
  local dir=$cache/.lock told=
  until mkdir "$dir" 2>/dev/null; do
    local holder
    holder=$(cat "$dir/pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -rf "$dir"
      continue
    fi
    [ -n "$told" ] || say "waiting for another build of $what${holder:+ (process $holder)}"
    told=1
    sleep 0.5
  done
  echo $$ >"$dir/pid"
  trap 'rm -rf "$cache/.lock" "$cache/.new.$$"' EXIT
  trap 'exit 130' INT TERM
}

cores() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# watch reports the progress of the build from the log that go writes, until the
# process ends: every 2 seconds on a terminal, every 15 elsewhere.
watch() {
  local process=$1 log=$2 start=$SECONDS interval=15 last=$SECONDS line
  [ ! -t 2 ] || interval=2
  while kill -0 "$process" 2>/dev/null; do
    sleep 0.5
    [ $((SECONDS - last)) -ge $interval ] || continue
    last=$SECONDS
    line="building $what: $((SECONDS - start)) s, $(grep -vc '^go: ' "$log" || true) packages compiled"
    if [ -t 2 ]; then printf '\r%s\033[K' "$line" >&2; else say "$line"; fi
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

compile_sandbox() {
  local target=$1 version=k8s.io/component-base/version
  local minor=${kubernetes#v*.}
  GOOS=linux go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$target/zenml" ./cmd/zenml
  exec go build -v -buildvcs=false -tags "$tags" -trimpath \
    -ldflags "-s -w -X $version.gitVersion=$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}" \
    -o "$target/sandbox" ./cmd/sandbox
}

# module FOLDER PATH prints where Go keeps a dependency, downloading it if needed.
module() { (cd "$1" && go mod download "$2" >&2 && go list -m -f '{{.Dir}}' "$2"); }

# compile_https builds the add-on's own binary and cert-manager's, and copies what
# they install: cert-manager's chart, with the version that its release tool
# writes into it, and the CRDs of the Gateway API.
compile_https() {
  local target=$1 manager=github.com/cert-manager/cert-manager certmanager gateway version
  certmanager=$(module addons/https/certmanager $manager)
  gateway=$(module addons/https sigs.k8s.io/gateway-api)
  version=$(cd addons/https/certmanager && go list -m -f '{{.Version}}' $manager)
  cp -r "$certmanager/deploy/charts/cert-manager" "$target/chart"
  cp -r "$gateway/config/crd/standard" "$target/gateway-api"
  chmod -R u+w "$target"
  sed -i "s/v0\.0\.0/$version/" "$target/chart/Chart.yaml"
  (cd addons/https && GOOS=linux go build -v -buildvcs=false -trimpath -ldflags '-s -w' -o "$target/https" .)
  cd addons/https/certmanager
  GOOS=linux exec go build -v -buildvcs=false -trimpath -ldflags "-s -w -X $manager/pkg/util.AppVersion=$version" -o "$target/cert-manager" .
}

compile() {
  local steps=$1 target=$2 log=$2/build.log
  (
    export CGO_ENABLED=0
    "$steps" "$target"
  ) >"$log" 2>&1 &
  local process=$!
  trap 'kill $process 2>/dev/null; exit 130' INT TERM
  watch $process "$log"
  wait $process || { grep -Ev '^(go: downloading .*|[A-Za-z0-9._/~-]+)$' "$log" | tail -30 >&2; say "cannot build $what"; exit 1; }
  trap 'exit 130' INT TERM
  rm "$log"
}

# prune removes all but the newest builds, and keeps those that run.
prune() {
  local running
  running=$(ls -l /proc/[0-9]*/exe 2>/dev/null || true)
  ls -1t "$cache" | tail -n +$((keep + 1)) | while read -r old; do
    case $running in
      *"$cache/$old/"*) ;;
      *) rm -rf "${cache:?}/$old" ;;
    esac
  done
}

# ensure STEPS FOLDER MINUTES builds what is in $what into $cache/FOLDER, unless it is there.
ensure() {
  local steps=$1 built=$cache/$2 minutes=$3 start
  if [ ! -e "$built" ]; then
    mkdir -p "$cache"
    lock
    if [ ! -e "$built" ]; then
      say "building $what; the first build takes about $((minutes / $(cores) + 1)) minutes"
      start=$SECONDS
      mkdir "$cache/.new.$$"
      compile "$steps" "$cache/.new.$$"
      mv "$cache/.new.$$" "$built"
      say "built $what in $((SECONDS - start)) s"
    fi
    touch "$built"
    prune
    rm -rf "$cache/.lock"
  fi
  touch "$built"
}

# with_https makes a folder of a built sandbox and the built add-on.
with_https() {
  local sandbox=$1 addon=$2 both
  both=$sandbox-https-$(basename "$addon")
  if [ ! -e "$both" ]; then
    mkdir "$sandbox.$$"
    ln "$sandbox/sandbox" "$sandbox/zenml" "$sandbox.$$"
    ln -s "$addon" "$sandbox.$$/https"
    mv "$sandbox.$$" "$both" 2>/dev/null || rm -rf "$sandbox.$$"
  fi
  touch "$both"
  echo "$both"
}

main() {
  command -v go >/dev/null || { say "go is missing: install Go $(awk '$1 == "go" { print $2 }' go.mod) or newer from https://go.dev/dl"; exit 1; }
  local what="the sandbox" hash addon
  hash=$(digest .)
  ensure compile_sandbox "$hash" 9
  local built=$cache/$hash
  case "$*" in
    '') ;;
    '--addons https')
      what="the add-on https" cache=$root/sandbox-https
      addon=$(digest addons/https)
      ensure compile_https "$addon" 8
      built=$(with_https "$built" "$cache/$addon")
      ;;
    *) say "usage: build.sh [--addons https]"; exit 2 ;;
  esac
  echo "$built/sandbox"
}

main "$@"
