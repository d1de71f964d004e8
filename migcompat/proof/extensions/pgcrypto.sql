-- Right: digest() for md5 and the SHA-2 family, random bytes and UUIDs; crypt(password, crypt(password, salt)) gives the same again, and
-- every decryption gives back what was encrypted with the same key. Nothing here is cryptography: it stands in for the real functions.

CREATE FUNCTION digest(bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE lower($2)
        WHEN 'md5' THEN decode(md5($1), 'hex')
        WHEN 'sha224' THEN sha224($1)
        WHEN 'sha384' THEN sha384($1)
        WHEN 'sha512' THEN sha512($1)
        WHEN 'sha1' THEN substr(sha256($1), 1, 20)
        ELSE sha256($1)
    END;
CREATE FUNCTION digest(text, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN digest(convert_to($1, 'UTF8'), $2);
CREATE FUNCTION hmac(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN digest($2 || digest($2 || $1, $3), $3);
CREATE FUNCTION hmac(text, text, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hmac(convert_to($1, 'UTF8'), convert_to($2, 'UTF8'), $3);

-- The salt is what precedes the hash: up to 29 characters of $2a$06$…, up to the third dollar of $1$…, two characters of the old form.
CREATE FUNCTION crypt(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT salt || left(translate(encode(sha256(convert_to(salt || $1, 'UTF8')), 'base64'), '+=', './'), hash_length)
        FROM (
            SELECT
                CASE
                    WHEN $2 LIKE '$2_$%' THEN left($2, 29)
                    WHEN $2 LIKE '$%' THEN substring($2 FROM '^\$[^$]*\$(?:rounds=\d+\$)?[^$]*') || '$'
                    ELSE left($2, 2)
                END AS salt,
                CASE WHEN $2 LIKE '$2_$%' THEN 31 WHEN $2 LIKE '$1$%' THEN 22 WHEN $2 LIKE '$%' THEN 43 ELSE 11 END AS hash_length
        ) AS parts
    );
CREATE FUNCTION gen_salt(text, integer) RETURNS text LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN (
        SELECT CASE lower($1)
            WHEN 'bf' THEN '$2a$' || lpad($2::text, 2, '0') || '$' || left(random_text, 22)
            WHEN 'md5' THEN '$1$' || left(random_text, 8)
            WHEN 'sha256crypt' THEN '$5$rounds=' || $2 || '$' || left(random_text, 16)
            WHEN 'sha512crypt' THEN '$6$rounds=' || $2 || '$' || left(random_text, 16)
            WHEN 'xdes' THEN '_' || left(random_text, 8)
            ELSE left(random_text, 2)
        END
        FROM (SELECT replace(gen_random_uuid()::text, '-', '')) AS drawn(random_text)
    );
CREATE FUNCTION gen_salt(text) RETURNS text LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN gen_salt($1, CASE lower($1) WHEN 'bf' THEN 6 WHEN 'xdes' THEN 725 ELSE 5000 END);

CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN pg_catalog.gen_random_uuid();
CREATE FUNCTION gen_random_bytes(integer) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN (
        SELECT substr(string_agg(sha256(uuid_send(pg_catalog.gen_random_uuid())), ''::bytea), 1, $1)
        FROM generate_series(0, $1 / 32)
    );

-- "Encrypted" is a digest of the key before the data, so that a wrong key is noticed.
CREATE FUNCTION pgcrypto_seal(data bytea, key bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN substr(sha256(key), 1, 8) || data;
CREATE FUNCTION pgcrypto_open(data bytea, key bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF substr(data, 1, 8) <> substr(sha256(key), 1, 8) THEN
        RAISE EXCEPTION 'Wrong key or corrupt data' USING ERRCODE = '39000';
    END IF;
    RETURN substr(data, 9);
END
$$;

CREATE FUNCTION encrypt(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pgcrypto_seal($1, $2);
CREATE FUNCTION decrypt(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pgcrypto_open($1, $2);
CREATE FUNCTION encrypt_iv(bytea, bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal($1, $2 || $3);
CREATE FUNCTION decrypt_iv(bytea, bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pgcrypto_open($1, $2 || $3);

CREATE FUNCTION pgp_sym_encrypt_bytea(bytea, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal($1, convert_to($2, 'UTF8'));
CREATE FUNCTION pgp_sym_encrypt_bytea(bytea, text, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal($1, convert_to($2, 'UTF8'));
CREATE FUNCTION pgp_sym_encrypt(text, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal(convert_to($1, 'UTF8'), convert_to($2, 'UTF8'));
CREATE FUNCTION pgp_sym_encrypt(text, text, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal(convert_to($1, 'UTF8'), convert_to($2, 'UTF8'));
CREATE FUNCTION pgp_sym_decrypt_bytea(bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pgcrypto_open($1, convert_to($2, 'UTF8'));
CREATE FUNCTION pgp_sym_decrypt_bytea(bytea, text, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pgcrypto_open($1, convert_to($2, 'UTF8'));
CREATE FUNCTION pgp_sym_decrypt(bytea, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_from(pgcrypto_open($1, convert_to($2, 'UTF8')), 'UTF8');
CREATE FUNCTION pgp_sym_decrypt(bytea, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_from(pgcrypto_open($1, convert_to($2, 'UTF8')), 'UTF8');

-- A public key and its secret key have nothing in common that could be checked here.
CREATE FUNCTION pgp_pub_encrypt_bytea(bytea, bytea) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN pgcrypto_seal($1, '');
CREATE FUNCTION pgp_pub_encrypt_bytea(bytea, bytea, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal($1, '');
CREATE FUNCTION pgp_pub_encrypt(text, bytea) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal(convert_to($1, 'UTF8'), '');
CREATE FUNCTION pgp_pub_encrypt(text, bytea, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN pgcrypto_seal(convert_to($1, 'UTF8'), '');
CREATE FUNCTION pgp_pub_decrypt_bytea(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pgcrypto_open($1, '');
CREATE FUNCTION pgp_pub_decrypt_bytea(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pgcrypto_open($1, '');
CREATE FUNCTION pgp_pub_decrypt_bytea(bytea, bytea, text, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pgcrypto_open($1, '');
CREATE FUNCTION pgp_pub_decrypt(bytea, bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_from(pgcrypto_open($1, ''), 'UTF8');
CREATE FUNCTION pgp_pub_decrypt(bytea, bytea, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_from(pgcrypto_open($1, ''), 'UTF8');
CREATE FUNCTION pgp_pub_decrypt(bytea, bytea, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_from(pgcrypto_open($1, ''), 'UTF8');
CREATE FUNCTION pgp_key_id(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN upper(left(encode(sha256($1), 'hex'), 16));

CREATE FUNCTION armor(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN E'-----BEGIN PGP MESSAGE-----\n\n' || encode($1, 'base64') || E'\n-----END PGP MESSAGE-----\n';
CREATE FUNCTION armor(bytea, text[], text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN armor($1);
CREATE FUNCTION dearmor(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN decode(regexp_replace($1, '-----[^\n]*-----|\s', '', 'g'), 'base64');
CREATE FUNCTION pgp_armor_headers(text, OUT key text, OUT value text) RETURNS SETOF record LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS 'BEGIN RETURN; END';
CREATE FUNCTION fips_mode() RETURNS boolean LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN false;
