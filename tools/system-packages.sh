#!/bin/sh
# Sees to what the checks need from the operating system: a PostgreSQL server, Chromium, a font with
# Chinese letters, Pango, which sets PDFs, and Java for Spark. Says nothing and changes nothing when
# they are there. Root gets them from Debian's packages; anybody else is told the one command that
# does it (exit 2).
# ALMONER_LOOK_IN stands in for the root folder when looking for files (the tests set it).
set -eu

missing() {
  have_postgres || echo postgresql
  have_chromium || echo chromium-headless-shell
  have fc-list || echo fontconfig
  { have fc-list && [ -n "$(fc-list :lang=zh file)" ]; } || echo fonts-noto-cjk
  have_library libpangoft2-1.0 || echo libpangoft2-1.0-0
  have_library libharfbuzz-subset || echo libharfbuzz-subset0
  have java || echo openjdk-17-jre-headless
}

have() { command -v "$1" >/dev/null 2>&1; }

# The shell has no windows, and so takes much less of a processor.
have_chromium() {
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if have "$name"; then return 0; fi
  done
  return 1
}

# Debian keeps initdb and postgres outside PATH; pg_ctl in PATH may be only a wrapper.
have_postgres() {
  for folder in "${ALMONER_LOOK_IN:-}"/usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then return 0; fi
  done
  have initdb && have postgres
}

have_library() {
  for file in "${ALMONER_LOOK_IN:-}"/usr/lib/"$1".so.0 "${ALMONER_LOOK_IN:-}"/usr/lib*/*/"$1".so.0 \
    "${ALMONER_LOOK_IN:-}"/usr/lib64/"$1".so.0; do
    if [ -e "$file" ]; then return 0; fi
  done
  return 1
}

packages=$(missing | tr '\n' ' ')
packages=${packages% }
[ -n "$packages" ] || exit 0

command="apt-get install -y --no-install-recommends $packages"
if [ "$(id -u)" -ne 0 ]; then
  echo "The checks need packages that are not here: $packages. To install them:" >&2
  echo "  sudo $command" >&2
  exit 2
fi
if ! have apt-get; then
  echo "The checks need $packages, and this system has no apt-get: install them by hand." >&2
  exit 2
fi

echo "Installing $packages from Debian's packages (a few minutes)"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update && $command; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install $packages: see the lines above." >&2
  exit 2
fi
packages=$(missing | tr '\n' ' ')
[ -z "$packages" ] || { echo "Still missing after the installation: $packages" >&2; exit 2; }
