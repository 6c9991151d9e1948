#!/bin/sh
# Starts one role of Hotline. What a role needs comes from the environment (docs/operations.md).
set -eu

case "${1:-web}" in
    web)
        # gunicorn writes no access log: it would hold addresses. Heartbeats in memory: a slow disk must not kill workers.
        exec gunicorn hotline.wsgi --config python:hotline.web_server --bind 0.0.0.0:8000 \
            --workers "${WEB_WORKERS:-2}" --threads "${WEB_THREADS:-4}" --worker-tmp-dir /dev/shm \
            --graceful-timeout 20 --log-level warning --no-control-socket
        ;;
    worker)
        exec celery --quiet --app hotline worker --queues hotline --concurrency "${WORKER_CONCURRENCY:-2}" \
            --loglevel WARNING --without-gossip --without-mingle
        ;;
    beat)
        exec celery --quiet --app hotline beat --loglevel WARNING
        ;;
    migrate)
        exec python manage.py migrate --no-input
        ;;
    manage)
        shift
        exec python manage.py "$@"
        ;;
    *)
        echo "error: unknown role '$1'. Roles: web, worker, beat, migrate, manage COMMAND" >&2
        exit 64
        ;;
esac
