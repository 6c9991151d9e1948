#!/bin/sh
# The Redis-protocol server. Its messages are hints (docs/architecture.md), so nothing is kept on disk.
# The password goes in by standard input: a command line can be read by others.
set -eu
PASSWORD="$(sed -E 's#^redis://[^:]*:([^@]+)@.*#\1#' /run/secrets/redis_url)"
exec valkey-server - <<EOF_CONFIG
requirepass $PASSWORD
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
loglevel warning
EOF_CONFIG
