-- Right: exclusion constraints and WITHOUT OVERLAPS, since every entry of an index is "perhaps" and PostgreSQL looks at the row; see pg_trgm
-- for how. Distances (<->) are computed, not searched.

CREATE FUNCTION btree_gist_any_key(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8up';
CREATE FUNCTION btree_gist_perhaps(internal) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btequalimage';

DO $$
DECLARE
    class record;
BEGIN
    FOR class IN
        SELECT * FROM (VALUES
            ('gist_int2_ops', 'int2', 'int2'), ('gist_int4_ops', 'int4', 'int4'), ('gist_int8_ops', 'int8', 'int8'),
            ('gist_float4_ops', 'float4', 'float4'), ('gist_float8_ops', 'float8', 'float8'), ('gist_oid_ops', 'oid', 'oid'),
            ('gist_cash_ops', 'money', 'money'), ('gist_timestamp_ops', 'timestamp', 'timestamp'),
            ('gist_timestamptz_ops', 'timestamptz', 'timestamptz'), ('gist_time_ops', 'time', 'time'),
            ('gist_date_ops', 'date', 'date'), ('gist_bool_ops', 'bool', 'bool'), ('gist_enum_ops', 'anyenum', 'anyenum'),
            ('gist_timetz_ops', 'timetz', 'timetz'), ('gist_interval_ops', 'interval', 'interval'),
            ('gist_macaddr_ops', 'macaddr', 'macaddr'), ('gist_macaddr8_ops', 'macaddr8', 'macaddr8'),
            ('gist_text_ops', 'text', 'text'), ('gist_bpchar_ops', 'bpchar', 'bpchar'), ('gist_bytea_ops', 'bytea', 'bytea'),
            ('gist_numeric_ops', 'numeric', 'numeric'), ('gist_bit_ops', 'bit', 'bit'), ('gist_vbit_ops', 'varbit', 'varbit'),
            ('gist_inet_ops', 'inet', 'inet'), ('gist_cidr_ops', 'cidr', 'inet'), ('gist_uuid_ops', 'uuid', 'uuid')
        ) AS classes(name, type, compared)
    LOOP
        EXECUTE pg_catalog.format(
            'CREATE OPERATOR CLASS %1$s DEFAULT FOR TYPE pg_catalog.%2$s USING gist AS '
            'OPERATOR 1 pg_catalog.< (pg_catalog.%3$s, pg_catalog.%3$s), OPERATOR 2 pg_catalog.<= (pg_catalog.%3$s, pg_catalog.%3$s), '
            'OPERATOR 18 pg_catalog.= (pg_catalog.%3$s, pg_catalog.%3$s), OPERATOR 4 pg_catalog.>= (pg_catalog.%3$s, pg_catalog.%3$s), '
            'OPERATOR 5 pg_catalog.> (pg_catalog.%3$s, pg_catalog.%3$s), OPERATOR 6 pg_catalog.<> (pg_catalog.%3$s, pg_catalog.%3$s), '
            -- 18 and function 12: by them WITHOUT OVERLAPS finds the operator that means equality.
            'FUNCTION 1 btree_gist_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal), '
            'FUNCTION 3 btree_gist_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal), '
            'FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal), '
            'FUNCTION 12 ("any", "any") pg_catalog.gist_translate_cmptype_common(int), STORAGE int8',
            class.name, class.type, class.compared
        );
    END LOOP;
END
$$;

CREATE FUNCTION int2_dist(int2, int2) RETURNS int2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1 - $2);
CREATE FUNCTION int4_dist(int4, int4) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1 - $2);
CREATE FUNCTION int8_dist(int8, int8) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1 - $2);
CREATE FUNCTION float4_dist(float4, float4) RETURNS float4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1 - $2);
CREATE FUNCTION float8_dist(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1 - $2);
CREATE FUNCTION oid_dist(oid, oid) RETURNS oid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1::int8 - $2::int8)::oid;
CREATE FUNCTION cash_dist(money, money) RETURNS money LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN greatest($1 - $2, $2 - $1);
CREATE FUNCTION date_dist(date, date) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN abs($1 - $2);
CREATE FUNCTION time_dist(time, time) RETURNS interval LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN greatest($1 - $2, $2 - $1);
CREATE FUNCTION ts_dist(timestamp, timestamp) RETURNS interval LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN greatest($1 - $2, $2 - $1);
CREATE FUNCTION tstz_dist(timestamptz, timestamptz) RETURNS interval LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN greatest($1 - $2, $2 - $1);
CREATE FUNCTION interval_dist(interval, interval) RETURNS interval LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN greatest($1 - $2, $2 - $1);

CREATE OPERATOR <-> (LEFTARG = int2, RIGHTARG = int2, FUNCTION = int2_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = int4, RIGHTARG = int4, FUNCTION = int4_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = int8, RIGHTARG = int8, FUNCTION = int8_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = float4, RIGHTARG = float4, FUNCTION = float4_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = float8, RIGHTARG = float8, FUNCTION = float8_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = oid, RIGHTARG = oid, FUNCTION = oid_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = money, RIGHTARG = money, FUNCTION = cash_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = date, RIGHTARG = date, FUNCTION = date_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = time, RIGHTARG = time, FUNCTION = time_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = timestamp, RIGHTARG = timestamp, FUNCTION = ts_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = tstz_dist, COMMUTATOR = <->);
CREATE OPERATOR <-> (LEFTARG = interval, RIGHTARG = interval, FUNCTION = interval_dist, COMMUTATOR = <->);
