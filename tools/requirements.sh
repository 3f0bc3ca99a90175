#!/bin/sh
# Pins requirements/*.in to hashed files that name no address. Run it after changing an .in file.
set -eu
cd "$(dirname "$0")/.."
for name in run test; do
  .venv/bin/uv pip compile --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
    --python-version 3.11 --no-header --no-annotate --quiet \
    "requirements/$name.in" --output-file "requirements/$name.txt"
done
