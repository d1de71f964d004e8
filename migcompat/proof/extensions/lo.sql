-- Right: the type, and the trigger that removes a large object when the row that named it lets it go.

CREATE DOMAIN lo AS oid;
CREATE FUNCTION lo_oid(lo) RETURNS oid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::oid;
CREATE FUNCTION lo_manage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM lo_unlink(before::oid) WHERE before IS NOT NULL;
        RETURN OLD;
    END IF;
    PERFORM lo_unlink(before::oid) WHERE before IS NOT NULL AND before IS DISTINCT FROM to_jsonb(NEW) ->> TG_ARGV[0];
    RETURN NEW;
END
$$;
