#!/bin/sh
# Every check, in order, up to the first that fails. `sh tools/checks.sh lint` leaves out the tests.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export DJANGO_SETTINGS_MODULE=almoner.settings
# The checks bring databases of their own; the one in the environment may be somebody's.
unset DATABASE_URL
# Many processes start below; without bytecode to read, each would compile Django and us anew.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$PWD/var/bytecode"

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@"
}

began=$(date +%s)
step "Format" ruff format --check .
step "Lint" ruff check .
step "Types" mypy
step "Directions of imports" lint-imports
step "Migrations" python -m django makemigrations --check --dry-run
step "Translations" python tools/messages.py --check
step "State tables" python tools/states.py --check
step "How we count" python tools/how_we_count.py --check
[ "${1:-}" != lint ] || exit 0

step "Tests on SQLite" pytest -n 2 --dist worksteal --timeout 180 -m "not slow"
export ALMONER_CHECKS_BEGAN="$began"
step "Tests on PostgreSQL" python tools/postgres.py -- \
  pytest -n 2 --dist worksteal --timeout 180 -m "not slow and not browser and not one_database" --database-only
