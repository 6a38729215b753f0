-- Whether a database and the role that we are in it may be worked with.
-- Read by kanta_tenancy/machinery/postgres/fitness.py.

-- name: read
-- What the server and our role are like.
SELECT current_user::text AS role,
       role.rolsuper AS is_superuser,
       role.rolbypassrls AS bypasses_row_security,
       EXISTS (SELECT FROM pg_class
                WHERE relnamespace = 'public'::regnamespace
                  AND relkind IN ('r', 'p')
                  AND pg_has_role(relowner, 'MEMBER')) AS owns_tables,
       current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('server_encoding') AS encoding,
       current_setting('server_version_num')::integer AS version
  FROM pg_roles AS role
 WHERE role.rolname = current_user;
