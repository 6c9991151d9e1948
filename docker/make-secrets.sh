#!/bin/sh
# Makes docker/secrets/ for compose.yaml, once. Refuses to touch secrets that are there.
set -eu
cd "$(dirname "$0")"
if [ -e secrets ]; then
    echo "error: docker/secrets is there already; remove it first if its database is gone too" >&2
    exit 1
fi
umask 077
mkdir secrets
random() { head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | cut -c1-50; }
write() { printf '%s\n' "$2" >"secrets/$1"; }
write postgres_password "$(random)"
write database_url "postgresql://hotline_app:$(random)@database:5432/hotline"
write database_owner_url "postgresql://hotline_owner:$(random)@database:5432/hotline"
write redis_url "redis://:$(random)@broker:6379/0"
write secret_key "$(random)"
write report_key_secret "$(random)"
write metrics_token "$(random)"
# Compose mounts the files as they are, and the containers do not run as you. The folder stays yours alone.
chmod 444 secrets/*
echo "Made docker/secrets. Keep a copy of report_key_secret: without it, imported reports are not known again."
