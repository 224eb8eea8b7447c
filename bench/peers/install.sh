#!/usr/bin/env bash
# Installs the programs that others would use, with fixed versions: Python's into bench/peers/.venv,
# Node's into bench/peers/node_modules, jq and Miller from Debian where apt is there and may install.
# Whatever cannot be installed is left out; the scripts skip what is not there.
set -eu
cd "$(dirname "$0")"

python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check \
    airbyte-cdk==7.39.0 dlt==1.31.0 duckdb==2.0.1 orjson==3.13.0 polars==2.1.0 requests==2.34.2 vobject==0.9.9

if command -v npm >/dev/null; then
    npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix . \
        fast-csv@5.0.8 vcards-js@2.11.1 vcf@2.1.2
else
    echo "left out: what npm would install" >&2
fi

for program in jq:jq mlr:miller; do
    command -v "${program%:*}" >/dev/null ||
        { command -v apt-get >/dev/null && apt-get install --yes --quiet "${program#*:}" >/dev/null; } ||
        echo "left out: ${program#*:}" >&2
done
