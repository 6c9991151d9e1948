"""What both roles of the database have, wherever it was made: by init-roles.sh, or by the embedded server."""

# Who one is; tables, temporary tables, a function, another database, a large object: whether one may make or enter it.
ASKED = (
    "SELECT current_user::text, has_schema_privilege('public', 'CREATE'), "
    "has_database_privilege(current_database(), 'TEMPORARY'), has_language_privilege('plpgsql', 'USAGE'), "
    "has_database_privilege('postgres', 'CONNECT'), has_function_privilege('lo_create(oid)', 'EXECUTE')"
)
ANSWERS = {"app": (False, True, False, False, False), "owner": (True, True, True, False, False)}
