-- Servers, user mappings and foreign tables can be made; without a handler no statement reaches anything through them.

CREATE FOREIGN DATA WRAPPER postgres_fdw;
GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO PUBLIC;
CREATE FUNCTION postgres_fdw_get_connections(OUT server_name text, OUT valid boolean) RETURNS SETOF record LANGUAGE plpgsql VOLATILE STRICT
    AS 'BEGIN RETURN; END';
CREATE FUNCTION postgres_fdw_disconnect(text) RETURNS boolean LANGUAGE sql VOLATILE STRICT RETURN false;
CREATE FUNCTION postgres_fdw_disconnect_all() RETURNS boolean LANGUAGE sql VOLATILE STRICT RETURN false;
