#!/usr/bin/env bash
# Builds the sandbox, unless these very sources were built before, and prints
# the path of its binary. Talk goes to standard error.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"

kubernetes=$(awk '$1 == "k8s.io/kubernetes" { print $2; exit }' go.mod)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/zenml-installer/sandbox
keep=3

say() { printf '%s\n' "$*" >&2; }

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# sources lists what goes into the binaries: all files but tests and talk.
sources() {
  find . -type f ! -name '*_test.go' ! -name '*.md' ! -name '*.sh' ! -path '*/testdata/*' ! -path '*/.*/*' | sort
  echo ./build.sh
}

digest() {
  {
    go version
    go env GOOS GOARCH
    sources | while IFS= read -r file; do echo "$file"; cat "$file"; done
  } | sha256 | cut -c1-20
}

# lock waits for other builds. Its holder's process id is inside, so that a
# lock left by a killed build is recognised.
lock() {
  local dir=$cache/.lock told=
  until mkdir "$dir" 2>/dev/null; do
    local holder
    holder=$(cat "$dir/pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -rf "$dir"
      continue
    fi
    [ -n "$told" ] || say "waiting for another build of the sandbox${holder:+ (process $holder)}"
    told=1
    sleep 0.5
  done
  echo $$ >"$dir/pid"
  trap 'rm -rf "$cache/.lock" "$cache/.new.$$"' EXIT
  trap 'exit 130' INT TERM
}

cores() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# watch tells how the build gets on, from what go writes to the log, until the
# process ends: often on a terminal, every 15 seconds elsewhere.
watch() {
  local process=$1 log=$2 start=$SECONDS interval=15 last=$SECONDS line
  [ ! -t 2 ] || interval=2
  while kill -0 "$process" 2>/dev/null; do
    sleep 0.5
    [ $((SECONDS - last)) -ge $interval ] || continue
    last=$SECONDS
    line="building the sandbox: $((SECONDS - start)) s, $(grep -vc '^go: ' "$log" || true) packages compiled"
    if [ -t 2 ]; then printf '\r%s\033[K' "$line" >&2; else say "$line"; fi
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

compile() {
  local target=$1 log=$1/build.log version=k8s.io/component-base/version
  local minor=${kubernetes#v*.}
  (
    export CGO_ENABLED=0
    GOOS=linux go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$target/zenml" ./cmd/zenml
    exec go build -v -buildvcs=false -tags gms_pure_go -trimpath \
      -ldflags "-s -w -X $version.gitVersion=$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}" \
      -o "$target/sandbox" ./cmd/sandbox
  ) >"$log" 2>&1 &
  local process=$!
  trap 'kill $process 2>/dev/null; exit 130' INT TERM
  watch $process "$log"
  wait $process || { grep -Ev '^(go: downloading .*|[A-Za-z0-9._/~-]+)$' "$log" | tail -30 >&2; say "the sandbox could not be built"; exit 1; }
  trap 'exit 130' INT TERM
  rm "$log"
}

# prune removes all but the newest builds; those that still run stay.
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

main() {
  command -v go >/dev/null || { say "go is missing: install Go $(awk '$1 == "go" { print $2 }' go.mod) or newer from https://go.dev/dl"; exit 1; }
  local hash built
  hash=$(digest)
  built=$cache/$hash
  if [ ! -x "$built/sandbox" ]; then
    mkdir -p "$cache"
    lock
    if [ ! -x "$built/sandbox" ]; then
      say "building the sandbox; a first build compiles Kubernetes $kubernetes: about $((9 / $(cores) + 1)) minutes"
      local start=$SECONDS
      mkdir "$cache/.new.$$"
      compile "$cache/.new.$$"
      rm -rf "$built"
      mv "$cache/.new.$$" "$built"
      say "built the sandbox in $((SECONDS - start)) s"
    fi
    touch "$built"
    prune
  fi
  touch "$built"
  echo "$built/sandbox"
}

main "$@"
