-- Right throughout, except that a query_int is read when it is used, not when it is written. The indexes hold nothing, see pg_trgm.

CREATE FUNCTION icount(int[]) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN cardinality($1);
CREATE FUNCTION sort(int[], text) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN lower($2) = 'desc'
        THEN ARRAY(SELECT element FROM unnest($1) AS element ORDER BY element DESC)
        ELSE ARRAY(SELECT element FROM unnest($1) AS element ORDER BY element)
    END;
CREATE FUNCTION sort(int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN sort($1, 'asc');
CREATE FUNCTION sort_asc(int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN sort($1, 'asc');
CREATE FUNCTION sort_desc(int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN sort($1, 'desc');
CREATE FUNCTION uniq(int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(
        SELECT element
        FROM (SELECT element, place, lag(element) OVER (ORDER BY place) AS before FROM unnest($1) WITH ORDINALITY AS e(element, place)) AS seen
        WHERE element IS DISTINCT FROM before
        ORDER BY place
    );
CREATE FUNCTION idx(int[], int) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN coalesce(array_position($1, $2), 0);
CREATE FUNCTION subarray(int[], int, int) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT CASE WHEN $3 < 0 THEN $1[start : cardinality($1) + $3] ELSE $1[start : start + $3 - 1] END
        FROM (SELECT CASE WHEN $2 < 0 THEN cardinality($1) + $2 + 1 ELSE greatest($2, 1) END) AS begins(start)
    );
CREATE FUNCTION subarray(int[], int) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $2 < 0 THEN $1[cardinality($1) + $2 + 1 :] ELSE $1[$2 :] END;
CREATE FUNCTION intset(int) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ARRAY[$1];

CREATE FUNCTION _int_contains(int[], int[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN arraycontains($1, $2);
CREATE FUNCTION _int_contained(int[], int[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN arraycontained($1, $2);
CREATE FUNCTION _int_overlap(int[], int[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN arrayoverlap($1, $2);
CREATE FUNCTION _int_same(int[], int[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN sort($1) = sort($2);
CREATE FUNCTION _int_different(int[], int[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN NOT _int_same($1, $2);
CREATE FUNCTION _int_union(int[], int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN uniq(sort($1 || $2));
CREATE FUNCTION _int_inter(int[], int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT unnest($1) INTERSECT SELECT unnest($2) ORDER BY 1);
CREATE FUNCTION intset_union_elem(int[], int) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN uniq(sort($1 || $2));
CREATE FUNCTION intset_subtract(int[], int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT unnest($1) EXCEPT SELECT unnest($2) ORDER BY 1);
CREATE FUNCTION intarray_push_elem(int[], int) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN array_append($1, $2);
CREATE FUNCTION intarray_push_array(int[], int[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN array_cat($1, $2);
CREATE FUNCTION intarray_del_elem(int[], int) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN array_remove($1, $2);

CREATE TYPE query_int;
CREATE FUNCTION bqarr_in(cstring) RETURNS query_int LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION bqarr_out(query_int) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE TYPE query_int (INPUT = bqarr_in, OUTPUT = bqarr_out, INTERNALLENGTH = VARIABLE);
CREATE FUNCTION querytree(query_int) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;
CREATE FUNCTION boolop(int[], query_int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_tsvector($1::text[]) @@ $2::text::tsquery;
CREATE FUNCTION rboolop(query_int, int[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN boolop($2, $1);

CREATE OPERATOR && (LEFTARG = int[], RIGHTARG = int[], FUNCTION = _int_overlap, COMMUTATOR = &&, RESTRICT = contsel, JOIN = contjoinsel);
CREATE OPERATOR @> (LEFTARG = int[], RIGHTARG = int[], FUNCTION = _int_contains, COMMUTATOR = <@, RESTRICT = contsel, JOIN = contjoinsel);
CREATE OPERATOR <@ (LEFTARG = int[], RIGHTARG = int[], FUNCTION = _int_contained, COMMUTATOR = @>, RESTRICT = contsel, JOIN = contjoinsel);
CREATE OPERATOR @@ (LEFTARG = int[], RIGHTARG = query_int, FUNCTION = boolop, COMMUTATOR = ~~);
CREATE OPERATOR ~~ (LEFTARG = query_int, RIGHTARG = int[], FUNCTION = rboolop, COMMUTATOR = @@);
CREATE OPERATOR # (RIGHTARG = int[], FUNCTION = icount);
CREATE OPERATOR # (LEFTARG = int[], RIGHTARG = int, FUNCTION = idx);
CREATE OPERATOR + (LEFTARG = int[], RIGHTARG = int, FUNCTION = intarray_push_elem);
CREATE OPERATOR + (LEFTARG = int[], RIGHTARG = int[], FUNCTION = intarray_push_array, COMMUTATOR = +);
CREATE OPERATOR - (LEFTARG = int[], RIGHTARG = int, FUNCTION = intarray_del_elem);
CREATE OPERATOR - (LEFTARG = int[], RIGHTARG = int[], FUNCTION = intset_subtract);
CREATE OPERATOR | (LEFTARG = int[], RIGHTARG = int, FUNCTION = intset_union_elem);
CREATE OPERATOR | (LEFTARG = int[], RIGHTARG = int[], FUNCTION = _int_union, COMMUTATOR = |);
CREATE OPERATOR & (LEFTARG = int[], RIGHTARG = int[], FUNCTION = _int_inter, COMMUTATOR = &);

CREATE FUNCTION intarray_no_keys(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'void_in';
CREATE FUNCTION intarray_any_key(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8up';
CREATE FUNCTION intarray_perhaps(internal) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btequalimage';
CREATE OPERATOR CLASS gin__int_ops FOR TYPE int[] USING gin AS
    OPERATOR 3 &&, OPERATOR 7 @>, OPERATOR 8 <@, OPERATOR 20 @@(int[], query_int),
    FUNCTION 2 intarray_no_keys(internal), FUNCTION 3 intarray_no_keys(internal), FUNCTION 4 intarray_perhaps(internal), STORAGE int4;
CREATE OPERATOR CLASS gist__int_ops DEFAULT FOR TYPE int[] USING gist AS
    OPERATOR 3 &&, OPERATOR 7 @>, OPERATOR 20 @@(int[], query_int),
    FUNCTION 1 intarray_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal),
    FUNCTION 3 intarray_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal),
    FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal),
    STORAGE int8;
CREATE OPERATOR CLASS gist__intbig_ops FOR TYPE int[] USING gist AS
    OPERATOR 3 &&, OPERATOR 7 @>, OPERATOR 20 @@(int[], query_int),
    FUNCTION 1 intarray_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal),
    FUNCTION 3 intarray_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal),
    FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal),
    FUNCTION 10 (int[]) pg_catalog.gtsvector_options(internal), STORAGE int8;
