#!/usr/bin/env bash
# Installs the programs that others would use, with fixed versions, into bench/peers/.venv.
set -eu
cd "$(dirname "$0")"
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check \
    airbyte-cdk==7.39.0 dlt==1.31.0 requests==2.34.2
