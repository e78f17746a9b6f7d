#!/usr/bin/env bash
# Puts Amazon's DynamoDB Local where this user's caches are, with the Java that it needs, and prints its folder. What is there already
# is not touched. Needs npm; on Debian and Ubuntu, as root or with sudo, npm and Java are installed when they are missing.
#
#   FLEETSYSTEM_CACHE    folder of the cache    (default: $XDG_CACHE_HOME/fleetsystem or ~/.cache/fleetsystem)
set -euo pipefail
exec </dev/null

# The npm package carries the emulator as Amazon ships it. Its content is pinned: what has another digest is not run.
package=amplify-dynamodb-simulator
version=2.9.30
sha256=3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9

cache="${FLEETSYSTEM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fleetsystem}"
folder="$cache/dynamodb-local-$version"

apt_get() { # arguments
  local sudo=()
  if ((EUID != 0)); then sudo=(sudo -n); fi
  DEBIAN_FRONTEND=noninteractive ${sudo[@]+"${sudo[@]}"} apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >&2
}

install() { # what is missing, Debian packages to try in turn
  local what="$1" name
  shift
  if command -v apt-get >/dev/null; then
    echo "DynamoDB Local needs $what: installing it." >&2
    apt_get update || true
    for name in "$@"; do
      if apt_get install -y --no-install-recommends "$name"; then return 0; fi
    done
  fi
  echo "DynamoDB Local needs $what, and it could not be installed. Install it so that it is on the PATH, then try again." >&2
  return 1
}

has_java() {
  local version
  version="$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')" || return 1
  [[ -n "$version" ]] && ((version >= 17))
}

download() {
  local work digest
  command -v npm >/dev/null || install "npm" npm
  work="$(mktemp -d "$cache/download.XXXXXX")"
  trap 'rm -rf "$work"' RETURN
  (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
  digest="$( (sha256sum "$work/$package-$version.tgz" || shasum -a 256 "$work/$package-$version.tgz") 2>/dev/null | cut -d' ' -f1)"
  if [[ "$digest" != "$sha256" ]]; then
    echo "$package@$version has the SHA-256 $digest and $sha256 was expected: it is not used." >&2
    return 1
  fi
  tar -xzf "$work/$package-$version.tgz" -C "$work" package/emulator
  # Whole or not at all; of two that install at once, one wins and the other's copy is dropped.
  mv "$work/package/emulator" "$folder" 2>/dev/null || [[ -f "$folder/DynamoDBLocal.jar" ]]
}

has_java || install "Java 17 or later" openjdk-17-jre-headless openjdk-21-jre-headless openjdk-25-jre-headless default-jre-headless
if [[ ! -f "$folder/DynamoDBLocal.jar" ]]; then
  mkdir -p "$cache"
  download
fi
echo "$folder"
