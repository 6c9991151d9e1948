#!/bin/sh
# Run once by the PostgreSQL image, on an empty data folder: the two roles and the database.
# hotline_owner owns the schema and migrates; hotline_app reads and writes rows (hotline/grants.py says which).
# Names and passwords come from the addresses that Hotline itself gets, so there is no second copy to go wrong.
set -eu

user_of() { sed -E 's#^postgresql://([^:]+):.*#\1#' "$1"; }
password_of() { sed -E 's#^postgresql://[^:]+:([^@]+)@.*#\1#' "$1"; }
OWNER_FILE=/run/secrets/database_owner_url
APP_FILE=/run/secrets/database_url

# Through the environment and \getenv: a command line can be read by others.
OWNER="$(user_of $OWNER_FILE)" OWNER_PASSWORD="$(password_of $OWNER_FILE)" \
APP="$(user_of $APP_FILE)" APP_PASSWORD="$(password_of $APP_FILE)" \
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv owner OWNER
\getenv owner_password OWNER_PASSWORD
\getenv app APP
\getenv app_password APP_PASSWORD
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"app" LOGIN PASSWORD :'app_password';
CREATE DATABASE hotline OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE hotline FROM PUBLIC;
-- Imports stage their rows in temporary tables.
GRANT CONNECT, TEMPORARY ON DATABASE hotline TO :"app";
\connect hotline
\i /etc/postgresql/rights.sql
SQL
