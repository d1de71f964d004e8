-- Right: the constants, versions 3 and 4. Versions 1 and 1mc are random; version 5 hashes with SHA-256 instead of SHA-1.

CREATE FUNCTION uuid_nil() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '00000000-0000-0000-0000-000000000000'::uuid;
CREATE FUNCTION uuid_ns_dns() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_url() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_oid() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_x500() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_generate_v1() RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN overlay(gen_random_uuid()::text PLACING '1' FROM 15)::uuid;
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN overlay(gen_random_uuid()::text PLACING '1' FROM 15)::uuid;
CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN gen_random_uuid();

-- The digest of namespace and name, with the version and the variant (10 in the two upper bits) put in.
CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT encode(set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 48), 8, get_byte(digest, 8) & 63 | 128), 'hex')::uuid
        FROM (SELECT decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex')) AS hashed(digest)
    );
CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT encode(set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 80), 8, get_byte(digest, 8) & 63 | 128), 'hex')::uuid
        FROM (SELECT substr(sha256(uuid_send(namespace) || convert_to(name, 'UTF8')), 1, 16)) AS hashed(digest)
    );
