-- What only PostgreSQL's superuser can take away, in the database of Hotline. The one copy: init-roles.sh runs it on an
-- empty data folder, and the embedded server of the demo and the tests at each start (hotline/embedded/postgres.py). It
-- may be run again at any time: psql --dbname hotline --set owner=hotline_owner --set app=hotline_app --file rights.sql
-- The rest is the owner's to give and to take, and is set after every migrate (hotline/grants.py).

ALTER ROLE :"app" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;

-- Other databases of this server are not there for anybody.
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;

-- Code inside the database is the owner's: no DO block and no function of one's own, not even a temporary one.
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO :"owner";

-- Large objects would be a place for files, beside the tables whose every column is checked.
REVOKE EXECUTE ON FUNCTION
  pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),
  pg_catalog.lo_open(oid, integer), pg_catalog.lo_put(oid, bigint, bytea), pg_catalog.lowrite(integer, bytea)
  FROM PUBLIC;
