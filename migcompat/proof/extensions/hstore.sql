-- Right: what the operators and functions give, by way of jsonb. A value is kept as it was written, so its text may be spaced otherwise,
-- and malformed text is taken as far as it can be read. Subscripts (h['key']) are not offered. The indexes hold nothing, see pg_trgm.

CREATE TYPE hstore;
CREATE FUNCTION hstore_in(cstring) RETURNS hstore LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION hstore_out(hstore) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION hstore_recv(internal) RETURNS hstore LANGUAGE internal STABLE STRICT PARALLEL SAFE AS 'textrecv';
CREATE FUNCTION hstore_send(hstore) RETURNS bytea LANGUAGE internal STABLE STRICT PARALLEL SAFE AS 'textsend';
CREATE TYPE hstore (INPUT = hstore_in, OUTPUT = hstore_out, RECEIVE = hstore_recv, SEND = hstore_send, INTERNALLENGTH = VARIABLE, STORAGE = extended);
CREATE FUNCTION hstore_version_diag(hstore) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN 2;

-- A key or a value is quoted, with backslashes, or bare; a bare NULL in the place of a value is none.
CREATE FUNCTION hstore_to_jsonb(hstore) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(jsonb_object_agg(
            coalesce(regexp_replace(pair[1], '\\(.)', '\1', 'g'), pair[2]),
            coalesce(regexp_replace(pair[3], '\\(.)', '\1', 'g'), nullif(pair[4], substring(pair[4] FROM '^[Nn][Uu][Ll][Ll]$')))
            ORDER BY place DESC
        ), '{}')
        FROM regexp_matches(
            $1::text, '(?:"((?:[^"\\]|\\.)*)"|([^\s",=>]+))\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))', 'g'
        ) WITH ORDINALITY AS found(pair, place)
    );
CREATE FUNCTION hstore_quote(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce('"' || regexp_replace($1, '(["\\])', '\\\1', 'g') || '"', 'NULL');
CREATE FUNCTION hstore_from_jsonb(jsonb) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(string_agg(hstore_quote(key) || '=>' || hstore_quote(value), ', ' ORDER BY length(key), key), '')
        FROM jsonb_each_text($1)
    )::hstore;

CREATE FUNCTION hstore_to_json(hstore) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_to_jsonb($1)::json;
CREATE FUNCTION hstore_to_jsonb_loose(hstore) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(jsonb_object_agg(key, CASE
            WHEN value ~ '^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$' THEN to_jsonb(value::numeric)
            WHEN value = 't' THEN 'true'
            WHEN value = 'f' THEN 'false'
            ELSE to_jsonb(value)
        END), '{}')
        FROM jsonb_each_text(hstore_to_jsonb($1))
    );
CREATE FUNCTION hstore_to_json_loose(hstore) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_to_jsonb_loose($1)::json;

CREATE FUNCTION hstore(text, text) RETURNS hstore LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 IS NOT NULL THEN hstore_from_jsonb(jsonb_build_object($1, $2)) END;
CREATE FUNCTION tconvert(text, text) RETURNS hstore LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hstore($1, $2);
CREATE FUNCTION hstore(text[], text[]) RETURNS hstore LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT hstore_from_jsonb(jsonb_object_agg(pairs.key, pairs.value)) FROM unnest($1, $2) AS pairs(key, value));
CREATE FUNCTION hstore(text[]) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_from_jsonb(jsonb_object($1));
-- In a language that takes a record, which binds nothing early: so only functions of PostgreSQL's own.
CREATE FUNCTION hstore(record) RETURNS hstore LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT coalesce(string_agg('"' || regexp_replace(key, '(["\\])', '\\\1', 'g') || '"=>'
            || coalesce('"' || regexp_replace(value, '(["\\])', '\\\1', 'g') || '"', 'NULL'), ', '), '')
        FROM jsonb_each_text(to_jsonb($1))
    );
END
$$;

CREATE FUNCTION akeys(hstore) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT key FROM jsonb_each_text(hstore_to_jsonb($1)));
CREATE FUNCTION avals(hstore) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT value FROM jsonb_each_text(hstore_to_jsonb($1)));
CREATE FUNCTION skeys(hstore) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC SELECT key FROM jsonb_each_text(hstore_to_jsonb($1)); END;
CREATE FUNCTION svals(hstore) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC SELECT value FROM jsonb_each_text(hstore_to_jsonb($1)); END;
CREATE FUNCTION each(hs hstore, OUT key text, OUT value text) RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC SELECT pair.key, pair.value FROM jsonb_each_text(hstore_to_jsonb(hs)) AS pair; END;
CREATE FUNCTION hstore_to_array(hstore) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT unnest(ARRAY[key, value]) FROM jsonb_each_text(hstore_to_jsonb($1)));
CREATE FUNCTION hstore_to_matrix(hstore) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT array_agg(ARRAY[key, value]) FROM jsonb_each_text(hstore_to_jsonb($1))), '{}');

CREATE FUNCTION fetchval(hstore, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_to_jsonb($1) ->> $2;
CREATE FUNCTION exist(hstore, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_to_jsonb($1) ? $2;
CREATE FUNCTION isexists(hstore, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN exist($1, $2);
CREATE FUNCTION defined(hstore, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_to_jsonb($1) ->> $2 IS NOT NULL;
CREATE FUNCTION isdefined(hstore, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN defined($1, $2);
CREATE FUNCTION exists_any(hstore, text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_to_jsonb($1) ?| $2;
CREATE FUNCTION exists_all(hstore, text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_to_jsonb($1) ?& $2;
CREATE FUNCTION slice_array(hstore, text[]) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT hstore_to_jsonb($1) ->> wanted FROM unnest($2) WITH ORDINALITY AS keys(wanted, place) ORDER BY place);
CREATE FUNCTION slice(hstore, text[]) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT hstore_from_jsonb(coalesce(jsonb_object_agg(key, value), '{}')) FROM jsonb_each_text(hstore_to_jsonb($1)) WHERE key = ANY ($2)
    );
CREATE FUNCTION delete(hstore, text) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_from_jsonb(hstore_to_jsonb($1) - $2);
CREATE FUNCTION delete(hstore, text[]) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_from_jsonb(hstore_to_jsonb($1) - $2);
CREATE FUNCTION delete(hstore, hstore) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT hstore_from_jsonb(coalesce(jsonb_object_agg(key, value), '{}'))
        FROM jsonb_each_text(hstore_to_jsonb($1))
        WHERE NOT (hstore_to_jsonb($2) ? key AND hstore_to_jsonb($2) ->> key IS NOT DISTINCT FROM value)
    );
CREATE FUNCTION hs_concat(hstore, hstore) RETURNS hstore LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_from_jsonb(hstore_to_jsonb($1) || hstore_to_jsonb($2));
CREATE FUNCTION hs_contains(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_to_jsonb($1) @> hstore_to_jsonb($2);
CREATE FUNCTION hs_contained(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hstore_to_jsonb($1) <@ hstore_to_jsonb($2);

CREATE FUNCTION hstore_cmp(hstore, hstore) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN jsonb_cmp(hstore_to_jsonb($1), hstore_to_jsonb($2));
CREATE FUNCTION hstore_eq(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_cmp($1, $2) = 0;
CREATE FUNCTION hstore_ne(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_cmp($1, $2) <> 0;
CREATE FUNCTION hstore_lt(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_cmp($1, $2) < 0;
CREATE FUNCTION hstore_le(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_cmp($1, $2) <= 0;
CREATE FUNCTION hstore_gt(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_cmp($1, $2) > 0;
CREATE FUNCTION hstore_ge(hstore, hstore) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hstore_cmp($1, $2) >= 0;
CREATE FUNCTION hstore_hash(hstore) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN jsonb_hash(hstore_to_jsonb($1));
CREATE FUNCTION hstore_hash_extended(hstore, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN jsonb_hash_extended(hstore_to_jsonb($1), $2);

CREATE OPERATOR -> (LEFTARG = hstore, RIGHTARG = text, FUNCTION = fetchval);
CREATE OPERATOR -> (LEFTARG = hstore, RIGHTARG = text[], FUNCTION = slice_array);
CREATE OPERATOR ? (LEFTARG = hstore, RIGHTARG = text, FUNCTION = exist);
CREATE OPERATOR ?| (LEFTARG = hstore, RIGHTARG = text[], FUNCTION = exists_any);
CREATE OPERATOR ?& (LEFTARG = hstore, RIGHTARG = text[], FUNCTION = exists_all);
CREATE OPERATOR - (LEFTARG = hstore, RIGHTARG = text, FUNCTION = delete);
CREATE OPERATOR - (LEFTARG = hstore, RIGHTARG = text[], FUNCTION = delete);
CREATE OPERATOR - (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = delete);
CREATE OPERATOR || (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hs_concat);
CREATE OPERATOR @> (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hs_contains, COMMUTATOR = <@);
CREATE OPERATOR <@ (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hs_contained, COMMUTATOR = @>);
CREATE OPERATOR %% (RIGHTARG = hstore, FUNCTION = hstore_to_array);
CREATE OPERATOR %# (RIGHTARG = hstore, FUNCTION = hstore_to_matrix);
CREATE OPERATOR = (
    LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hstore_eq, COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hstore_ne, COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR #<# (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hstore_lt, COMMUTATOR = #>#, NEGATOR = #>=#);
CREATE OPERATOR #<=# (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hstore_le, COMMUTATOR = #>=#, NEGATOR = #>#);
CREATE OPERATOR #># (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hstore_gt, COMMUTATOR = #<#, NEGATOR = #<=#);
CREATE OPERATOR #>=# (LEFTARG = hstore, RIGHTARG = hstore, FUNCTION = hstore_ge, COMMUTATOR = #<=#, NEGATOR = #<#);

CREATE CAST (text[] AS hstore) WITH FUNCTION hstore(text[]);
CREATE CAST (hstore AS json) WITH FUNCTION hstore_to_json(hstore);
CREATE CAST (hstore AS jsonb) WITH FUNCTION hstore_to_jsonb(hstore);

-- A polymorphic function binds nothing early, either: the cast is found by its types, wherever the extension lives.
CREATE FUNCTION populate_record(anyelement, hstore) RETURNS anyelement LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT jsonb_populate_record($1, $2::jsonb)';
CREATE OPERATOR #= (LEFTARG = anyelement, RIGHTARG = hstore, FUNCTION = populate_record);

CREATE OPERATOR CLASS btree_hstore_ops DEFAULT FOR TYPE hstore USING btree AS
    OPERATOR 1 #<#, OPERATOR 2 #<=#, OPERATOR 3 =, OPERATOR 4 #>=#, OPERATOR 5 #>#, FUNCTION 1 hstore_cmp(hstore, hstore);
CREATE OPERATOR CLASS hash_hstore_ops DEFAULT FOR TYPE hstore USING hash AS
    OPERATOR 1 =, FUNCTION 1 hstore_hash(hstore), FUNCTION 2 hstore_hash_extended(hstore, bigint);
CREATE FUNCTION hstore_no_keys(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'void_in';
CREATE FUNCTION hstore_any_key(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8up';
CREATE FUNCTION hstore_perhaps(internal) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btequalimage';
CREATE OPERATOR CLASS gin_hstore_ops DEFAULT FOR TYPE hstore USING gin AS
    OPERATOR 7 @>, OPERATOR 9 ?(hstore, text), OPERATOR 10 ?|(hstore, text[]), OPERATOR 11 ?&(hstore, text[]),
    FUNCTION 2 hstore_no_keys(internal), FUNCTION 3 hstore_no_keys(internal), FUNCTION 4 hstore_perhaps(internal), STORAGE int4;
CREATE OPERATOR CLASS gist_hstore_ops DEFAULT FOR TYPE hstore USING gist AS
    OPERATOR 7 @>, OPERATOR 9 ?(hstore, text), OPERATOR 10 ?|(hstore, text[]), OPERATOR 11 ?&(hstore, text[]),
    FUNCTION 1 hstore_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal),
    FUNCTION 3 hstore_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal),
    FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal),
    FUNCTION 10 (hstore) pg_catalog.gtsvector_options(internal), STORAGE int8;
