#!/usr/bin/env bash
# Makes sure that there is a Chromium for the dashboard's tests: Debian's own, by its package manager. Playwright downloads none.
set -euo pipefail

for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then
    echo "   $(command -v "$name")"
    exit 0
  fi
done

as_root=()
if [[ "$(id -u)" != 0 ]]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium >/dev/null
  command -v chromium
  exit 0
fi

echo "The dashboard's tests need Chromium and there is none on the PATH. Install it, or name its executable in the environment variable CHROMIUM." >&2
exit 1
